import type { Call, ChatCall, Passage } from "../domain/chat.ts";
import { stricter, type GuardPolicy, type PiiMode } from "../domain/guard-policy.ts";
import { mapTexts } from "./content/map-texts.ts";
import { unreadMode } from "./content/unread.ts";
import { fenceResults } from "./hierarchy.ts";
import { createLooked, type Find, type Known, type Looked } from "./look.ts";
import { createPlaces, lookElsewhere, type Places } from "./places.ts";
import { modeOf, strictestOf } from "./policy.ts";
import type { SecondDetector } from "./second-detector.ts";

/** What was found in one call: in its messages, its tenant's prompt, and the passages that come later. */
export type CallLook = {
  readonly looked: Looked;
  readonly inPrompt: Places;
  /** In the order of `mapTexts`. */
  readonly inChat: Places;
  readonly inPassages: ReadonlyMap<Passage, Places>;
  /** The chat that was looked at. */
  readonly chat: ChatCall;
  /** The same as own hardware gets it: `finish` is done. */
  readonly shown: ChatCall;
  /** Fences results of tools where the policy wants that: after the look, which reads results that are JSON as JSON. */
  finish(chat: ChatCall): ChatCall;
  readonly isGuarded: boolean;
  /** Results that were fenced. */
  readonly fenced: number;
  /** The mode of what could not be looked at. */
  readonly unread: PiiMode | undefined;
  /** Marks that masking would write. */
  marks(): number;
  /** Whether a value stands in what the model is told. */
  holds(value: string): boolean;
  /** Looks at passages. A promise: other detectors were asked. */
  take(passages: readonly Passage[]): Promise<void> | undefined;
  /** Asks the other detectors about messages and prompt; undefined where there is none to ask. */
  askSecond(): Promise<void> | undefined;
};

type Looking = {
  readonly call: Call;
  readonly chat: ChatCall;
  readonly policy: GuardPolicy;
  /** For personal data. */ readonly looks: boolean;
  /** undefined: it is a call of its own. */
  readonly known: Known | undefined;
};

const findNothing: Find = () => [];

export function createCallLook(
  { findIn, second }: { readonly findIn: Find; readonly second: readonly SecondDetector[] },
  { call, chat, policy, looks, known }: Looking,
): CallLook {
  const looked = createLooked(looks ? findIn : findNothing, (field) => modeOf(policy, field), known);
  const inPrompt = createPlaces(looked);
  const inChat = createPlaces(looked);
  const inPassages = new Map<Passage, Places>();
  // The answer's rule asks whether a value stood in the call, also where nothing was looked for.
  const gathers = looks || policy.outputPii !== "off";
  if (gathers) lookAtCall(call, chat, inPrompt, inChat);
  let unread = looks ? unreadMode(chat, policy, findIn) : undefined;
  const isGuarded = policy.instructions === "guarded";
  const finish = (done: ChatCall): ChatCall => (isGuarded ? fenceResults(done) : done);
  const ask = async (places: readonly Places[]): Promise<void> => {
    if (await lookElsewhere(second, places)) unread = stricter(unread ?? "off", strictestOf(policy));
  };
  const asks = looks && second.length > 0;
  const all = (): readonly Places[] => [inPrompt, inChat, ...inPassages.values()];
  return {
    looked,
    inPrompt,
    inChat,
    inPassages,
    chat,
    shown: finish(chat),
    finish,
    isGuarded,
    fenced: isGuarded ? chat.messages.filter(({ role }) => role === "tool").length : 0,
    get unread() {
      return unread;
    },
    marks: () => (looked.personal ? all().reduce((sum, places) => sum + places.spread(looked.values), 0) : 0),
    holds: (value) => all().some(({ texts }) => texts.some((text) => text.includes(value))),
    take(passages) {
      if (gathers) for (const passage of passages) inPassages.set(passage, lookAt(passage, looked));
      return asks ? ask([...inPassages.values()]) : undefined;
    },
    askSecond: () => (asks ? ask([inPrompt, inChat]) : undefined),
  };
}

function lookAtCall({ who }: Call, chat: ChatCall, inPrompt: Places, inChat: Places): void {
  const { systemPrompt } = who.tenant;
  if (systemPrompt !== undefined) inPrompt.look(systemPrompt, "system", undefined);
  mapTexts(chat, (text, field, name) => {
    inChat.look(text, field, name);
    return text;
  });
}

/** Text, title, name of the file, then each heading. What ingestion found in the text is not looked for again; the rest is short. */
function lookAt({ text, title, headings, filename, findings }: Passage, looked: Looked): Places {
  const places = createPlaces(looked);
  if (findings === undefined) places.look(text, "documents", undefined);
  else places.know(text, "documents", findings);
  for (const each of [title, filename, ...headings]) places.look(each, "documents", undefined);
  return places;
}
