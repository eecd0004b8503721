import type { Target } from "./target.ts";

/** A system message of their own, and the lines between them and what follows, generously. */
const AROUND_BYTES = 64;

/** What a target's own instructions add to a prompt, at most. */
export const instructionBytes = ({ instructions }: Pick<Target, "instructions">): number =>
  instructions === undefined ? 0 : instructions.bytes + AROUND_BYTES;

/** A target's own instructions stand first, so that what its provider keeps of prompts begins alike for every call. */
export function withInstructions({ instructions }: Pick<Target, "instructions">, systemPrompt: string | undefined): string | undefined {
  if (instructions === undefined) return systemPrompt;
  return systemPrompt === undefined ? instructions.text : `${instructions.text}\n\n${systemPrompt}`;
}
