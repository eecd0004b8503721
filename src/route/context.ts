import type { ChatCall } from "../domain/chat.ts";
import { instructionBytes } from "../domain/instructions.ts";
import type { Room } from "../domain/shorten.ts";
import type { Target } from "../domain/target.ts";

/** Bytes of prompt for each token, as English and code average over current tokenizers: an estimate, never a bound. */
const BYTES_PER_TOKEN = 4;
/** An answer shorter than this is of no use, so a context with less room does not fit. */
const OUTPUT_TOKENS_MIN = 16;

export function estimateInputTokens(inputBytes: number): number {
  return Math.ceil(inputBytes / BYTES_PER_TOKEN);
}

/** Output tokens that this target can be asked for, or undefined where the prompt does not fit. */
export function fitOutput(chat: ChatCall, inputBytes: number, target: Target): number | undefined {
  if (target.contextTokens === undefined) return chat.maxOutputTokens;
  const room = target.contextTokens - estimateInputTokens(inputBytes + instructionBytes(target));
  if (room < OUTPUT_TOKENS_MIN) return undefined;
  if (room >= chat.maxOutputTokens) return chat.maxOutputTokens;
  return chat.maxOutputAsked ? undefined : room;
}

/** Of a context, what a prompt that is made shorter leaves to an answer whose length the caller did not name. */
const ANSWER_SHARE = 0.25;

/** Bytes of prompt that a target has room for: `bytesMax` is where `fitOutput` ends. undefined: it takes any. */
export function roomOf(chat: ChatCall, target: Target): Room | undefined {
  const { contextTokens } = target;
  if (contextTokens === undefined) return undefined;
  const least = chat.maxOutputAsked ? Math.max(OUTPUT_TOKENS_MIN, chat.maxOutputTokens) : OUTPUT_TOKENS_MIN;
  const good = Math.max(least, Math.min(chat.maxOutputTokens, Math.floor(contextTokens * ANSWER_SHARE)));
  const bytes = (answer: number): number => (contextTokens - answer) * BYTES_PER_TOKEN - instructionBytes(target);
  return { bytesMax: bytes(least), bytesAimed: bytes(good) };
}
