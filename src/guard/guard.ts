import type { Call, CallHead, ChatCall, Passage } from "../domain/chat.ts";
import type { GuardPolicy } from "../domain/guard-policy.ts";
import type { Checked } from "../domain/guard.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import { mapTexts } from "./content/map-texts.ts";
import { createAnswerRules } from "./answer-rules.ts";
import { canaryInstruction, makeCanary } from "./output/canary.ts";
import { conversationOf } from "./conversation.ts";
import { holdsUnread } from "./content/unread.ts";
import { closed } from "./closed.ts";
import { createInjectionWatch, type InjectionWatch, type ScoreInjection } from "./injection.ts";
import { fenceResults, HIERARCHY } from "./hierarchy.ts";
import { createLeave } from "./leave.ts";
import { createLooked, type Find, type Looked } from "./look.ts";
import type { PseudonymBook } from "./mask/pseudonym-book.ts";
import { namesIn } from "./mask/unmask-text.ts";
import { hmacHex } from "../kernel/hash.ts";
import { MARK_BYTES_TYPICAL } from "./mask/mask-text.ts";
import type { ScoreToxicity } from "./toxicity/score-toxicity.ts";
import { once } from "./once.ts";
import { createPlaces, lookElsewhere, type Places } from "./places.ts";
import { keepsFromOthers, looksForNothing, modeOf, policyOf } from "./policy.ts";
import type { SecondDetector } from "./second-detector.ts";
import { toGuarded } from "./guarded.ts";

export type GuardDeps = {
  readonly find: Find;
  readonly scoreInjection: ScoreInjection;
  readonly scoreToxicity: ScoreToxicity;
  /** Asked for every call beside `find`. */
  readonly second: readonly SecondDetector[];
  /** 32 bytes, under which pseudonyms are made. */
  readonly pseudonymKey: Uint8Array;
  /** The same for canaries. */
  readonly canaryKey: Uint8Array;
  /** Where pseudonyms that outlive their call are. */
  readonly book: Pick<PseudonymBook, "remember" | "recall">;
  /** A rule refused the call; `saw` are the classifier's words, never the text. */
  refused(call: CallHead, code: FaultCode, saw: readonly string[]): void;
};
export type GuardOptions = {
  readonly policy: GuardPolicy;
  /** A route asks whether personal data was found, so it is looked for even where no mode asks. */
  readonly routesLook: boolean;
};

/**
 * The rules on what goes in. Looks at a call once; what was found decides where it may go, and how it leaves. Whatever a detector throws, the call
 * is refused: nothing that was not looked at is sent.
 */
export function createGuard(deps: GuardDeps, { policy: base, routesLook }: GuardOptions): (call: Call) => Checked | Promise<Checked> {
  const find = closed(deps.find);
  const safe: Detecting = { ...deps, find, findIn: once(find), scoreInjection: once(closed(deps.scoreInjection)) };
  return (call) => {
    const policy = policyOf(base, call.who.tenant.guard);
    return checkCall(safe, call, policy, routesLook || !looksForNothing(policy));
  };
}

/** `findIn` is for what comes in, which comes again with the next turn; `find` for pieces of answers, which do not. */
type Detecting = GuardDeps & { readonly findIn: Find };

/** One call under its rules. `looks`: personal data is looked for. */
function checkCall(deps: Detecting, call: Call, policy: GuardPolicy, looks: boolean): Checked | Promise<Checked> {
  const watch = createInjectionWatch(deps.scoreInjection, policy.injection);
  const refuse = (fault: Fault, saw: readonly string[]): Fault => {
    deps.refused(call, fault.code, saw);
    return fault;
  };
  const isGuarded = policy.instructions === "guarded";
  const shown = checkChat(watch, call, refuse);
  const chat = isGuarded ? fenceResults(shown) : shown;
  const looked = createLooked(looks ? deps.findIn : findNothing, (field) => modeOf(policy, field));
  const inPrompt = createPlaces(looked);
  const inChat = createPlaces(looked);
  const inPassages = new Map<Passage, Places>();
  // The answer's rule asks whether a value stood in the call, also where nothing was looked for.
  const gathers = looks || policy.outputPii !== "off";
  if (gathers) lookAtCall(call, chat, inPrompt, inChat);
  let unread = looks && holdsUnread(chat, policy, deps.findIn);

  const conversation = lazily(() => hmacHex(deps.pseudonymKey, `${call.who.tenant.id}\n${conversationOf(call)}`));
  const canary = policy.canary ? makeCanary(deps.canaryKey, conversation()) : undefined;
  const stopped = (fault: Fault): void => void refuse(fault, []);
  const rules = createAnswerRules({ ...deps, policy, canary, stopped, known: isIn([inPrompt, inChat], inPassages) });
  const keeps = looks && policy.pseudonyms === "kept";
  const remember = keeps ? deps.book.remember : undefined;
  const { pseudonymKey } = deps;
  const leave = createLeave({ call, chat, policy, looked, inChat, inPrompt, inPassages, pseudonymKey, conversation, rules, remember });

  /** Nothing that the policy refuses goes on. */
  const hold = <Result>(result: Result): Result => {
    if (looked.mode === "block") throw refuse(new Fault("personal_data_blocked"), []);
    return result;
  };
  const asksSecond = looks && deps.second.length > 0;
  const askSecond = async (places: readonly Places[]): Promise<void> => {
    if ((await lookElsewhere(deps.second, places)) && keepsFromOthers(policy)) unread = true;
  };
  const named = keeps ? inChat.texts.flatMap(namesIn) : [];
  const recall = async (): Promise<void> => {
    if (named.length > 0) leave.learn(await deps.book.recall(call.who.tenant.id, conversation(), named));
  };

  const checked: Checked = {
    chat,
    closing: closingOf(isGuarded, canary),
    get standing() {
      return { personal: looked.personal, mode: looked.mode, unread };
    },
    get bytesAdded() {
      return looked.findings * MARK_BYTES_TYPICAL;
    },
    sift(passages) {
      const kept = watch.sift(passages);
      if (gathers) for (const passage of kept) inPassages.set(passage, lookAt(passage, looked));
      return asksSecond ? askSecond([...inPassages.values()]).then(() => hold(kept)) : hold(kept);
    },
    leave: leave.leave,
    outgoing: leave.outgoing,
    get guarded() {
      return toGuarded(looked, watch, leave);
    },
  };
  if (!asksSecond && named.length === 0) return hold(checked);
  return Promise.all([asksSecond ? askSecond([inPrompt, inChat]) : undefined, recall()]).then(() => hold(checked));
}

/** The canary comes last: anything behind it would end what a provider can reuse of the prompt. */
function closingOf(isGuarded: boolean, canary: string | undefined): string | undefined {
  const said = [...(isGuarded ? [HIERARCHY] : []), ...(canary === undefined ? [] : [canaryInstruction(canary)])];
  return said.length === 0 ? undefined : said.join("\n");
}

const findNothing: Find = () => [];

function checkChat(watch: InjectionWatch, call: Call, refuse: (fault: Fault, saw: readonly string[]) => Fault): ChatCall {
  try {
    return watch.checkChat(call.chat);
  } catch (error) {
    throw error instanceof Fault ? refuse(error, watch.highest.saw) : error;
  }
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

/** Whether a value stands in what the model is told. */
const isIn =
  (places: readonly Places[], passages: ReadonlyMap<Passage, Places>) =>
  (value: string): boolean =>
    [...places, ...passages.values()].some(({ texts }) => texts.some((text) => text.includes(value)));

function lazily<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}
