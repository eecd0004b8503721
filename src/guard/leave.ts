import type { Call, Passage } from "../domain/chat.ts";
import type { Finding } from "../domain/finding.ts";
import { atLeast, stricter, type ContentField, type Guarded, type GuardPolicy, type PiiMode } from "../domain/guard-policy.ts";
import type { Leaving, Outgoing } from "../domain/guard.ts";
import type { Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { hmacKey } from "../kernel/hash.ts";
import { mapTexts } from "./content/map-texts.ts";
import type { CallLook } from "./call-look.ts";
import type { AnswerRules } from "./answer-rules.ts";
import { maskText } from "./mask/mask-text.ts";
import type { PseudonymBook } from "./mask/pseudonym-book.ts";
import { createPseudonyms, type Pseudonyms } from "./mask/pseudonyms.ts";
import { createUnmasking } from "./mask/unmask-stream.ts";
import type { Places } from "./places.ts";
import { modeOf } from "./policy.ts";

type Looks = Pick<CallLook, "chat" | "shown" | "finish" | "looked"> & {
  readonly call: Call;
  readonly policy: GuardPolicy;
  readonly inChat: Pick<Places, "findings" | "spread">;
  readonly inPrompt: Pick<Places, "findings" | "spread">;
  readonly inPassages: ReadonlyMap<Passage, Pick<Places, "findings" | "spread">>;
  readonly pseudonymKey: Uint8Array;
  /** Digest of the conversation. */
  conversation(): string;
  readonly rules: AnswerRules;
  /** undefined: pseudonyms end with their call. */
  readonly remember: PseudonymBook["remember"] | undefined;
};

export type Leave = {
  leave(target: Pick<Target, "trust">, mode: PiiMode, passages: readonly Passage[]): Leaving;
  outgoing(): Outgoing | undefined;
  /** Pseudonyms that earlier turns gave out. */
  learn(known: ReadonlyMap<string, string>): void;
  readonly masked: boolean;
  readonly answer: Guarded["answer"];
};

/** How a call leaves: own hardware gets it as it is, others get pseudonyms where the policy masks. Masked once, however many targets are tried. */
export function createLeave(looks: Looks): Leave {
  const { call, chat, shown, policy, looked, rules, inChat, inPrompt, inPassages } = looks;
  const { systemPrompt } = call.who.tenant;
  let masked: Leaving | undefined;
  let made: Pseudonyms | undefined;
  const ofConversation = (): Pseudonyms => (made ??= createPseudonyms(hmacKey(looks.pseudonymKey, looks.conversation())));

  const mask = (route: PiiMode, passages: readonly Passage[]): Leaving => {
    const pseudonyms = ofConversation();
    for (const places of [inPrompt, inChat, ...inPassages.values()]) places.spread(looked.values);
    const masks = (field: ContentField): boolean => atLeast(stricter(modeOf(policy, field), route), "mask");
    const write = (text: string, field: ContentField, findings: readonly Finding[]): string =>
      masks(field) ? maskText(text, findings, pseudonyms) : text;
    let at = 0;
    const leaving: Leaving = {
      chat: looks.finish(mapTexts(chat, (text, field) => write(text, field, inChat.findings[at++] ?? []))),
      systemPrompt: systemPrompt === undefined ? undefined : write(systemPrompt, "system", inPrompt.findings[0] ?? []),
      passages: passages.map((passage) =>
        maskPassage(passage, inPassages.get(passage)?.findings ?? [], (text, found) => write(text, "documents", found)),
      ),
    };
    looks.remember?.(call.who.tenant.id, looks.conversation(), pseudonyms.entries());
    return leaving;
  };

  return {
    leave(target, route, passages) {
      const mode = stricter(looked.mode, looked.personal ? route : "off");
      const masks = target.trust !== "private" && looked.personal && atLeast(mode, "mask");
      if (!masks) return { chat: shown, systemPrompt, passages };
      // Routing has dropped such a target already; it must not come this far whatever routing does.
      if (atLeast(mode, "private-only")) throw new Fault("guard_failed");
      return (masked ??= mask(route, passages));
    },
    outgoing() {
      if (made === undefined) return rules.outgoing(undefined);
      const unmasking = createUnmasking(made, {
        jsonText: chat.responseFormat !== undefined && chat.responseFormat.type !== "text",
      });
      return rules.outgoing(unmasking);
    },
    learn(known) {
      for (const [name, original] of known) ofConversation().learn(name, original);
    },
    get masked() {
      return masked !== undefined;
    },
    get answer() {
      return rules.answer;
    },
  };
}

function maskPassage(
  passage: Passage,
  found: readonly (readonly Finding[])[],
  write: (text: string, findings: readonly Finding[]) => string,
): Passage {
  const [inText = [], inTitle = [], inFilename = [], ...inHeadings] = found;
  return {
    ...passage,
    text: write(passage.text, inText),
    title: write(passage.title, inTitle),
    filename: write(passage.filename, inFilename),
    headings: passage.headings.map((heading, at) => write(heading, inHeadings[at] ?? [])),
  };
}
