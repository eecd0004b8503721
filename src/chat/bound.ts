import type { Call, ChatCall } from "../domain/chat.ts";
import { instructionBytes } from "../domain/instructions.ts";
import type { Plan, Target } from "../domain/target.ts";
import { boundMicroUsd } from "../kernel/money.ts";

/** Most that the dearest target of a plan can cost. */
export function mostOf(plan: Plan, inputBytes: number, call: Call): number {
  return plan.targets.reduce((most, target) => Math.max(most, boundFor(target, inputBytes, call)), 0);
}

/** Input tokens are at most the prompt's bytes, and the output limit is always sent, so this is a bound. */
export function boundFor(target: Target, inputBytes: number, call: Call): number {
  return target.price === undefined ? 0 : boundMicroUsd(target.price, inputBytes + instructionBytes(target), outputMax(call.chat));
}

export const outputMax = (chat: ChatCall): number => chat.maxOutputTokens * (chat.sampling.n ?? 1);

/** Most bytes of a prompt that any target of a plan is sent. */
export const inputMax = ({ targets }: Plan, inputBytes: number): number =>
  targets.reduce((most, target) => Math.max(most, inputBytes + instructionBytes(target)), inputBytes);
