import type { Call, ChatCall, Passage } from "../domain/chat.ts";
import type { Checked } from "../domain/guard.ts";
import type { Shorten } from "../domain/shorten.ts";
import { createShorten } from "./shorten.ts";
import type { Stages } from "./stages.ts";

/** A call's prompt as a plan wants to know it. */
export type WholePrompt = {
  /** As own hardware gets it. */
  readonly chat: ChatCall;
  readonly inputBytes: number;
  readonly passages: number;
  readonly shorten: Shorten;
};

/** The caller's messages with the tenant's prompt and the passages, and what makes that shorter where no model has room for it. */
export function putTogether(
  ground: Stages["ground"],
  { who }: Pick<Call, "who">,
  checked: Pick<Checked, "chat" | "closing" | "bytesAdded">,
  passages: readonly Passage[] | undefined,
): WholePrompt {
  const { systemPrompt } = who.tenant;
  const { chat, inputBytes: grounded } = ground(checked.chat, systemPrompt, passages, checked.closing);
  const inputBytes = grounded + checked.bytesAdded;
  return {
    chat,
    inputBytes,
    passages: passages?.length ?? 0,
    shorten: createShorten(ground, { checked, systemPrompt, passages, inputBytes }),
  };
}
