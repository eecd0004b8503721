import type { Rollout, RolloutVariant } from "../../domain/rollout.ts";
import { murmur3 } from "./murmur3.ts";

const encoder = new TextEncoder();
const HASHES = 2 ** 32;

/** From 0 to 100, 100 excluded: where a unit stands in this rollout. It moves never, so a growing share only ever takes more units in. */
const placeOf = (id: string, unit: string): number => (murmur3(encoder.encode(`${id}\n${unit}`)) / HASHES) * 100;

/** Percent of units that have the candidate now. A step whose moment has not come does not count, and before the first nobody has it. */
export function shareOf({ state, steps, step, stepAtMs }: Rollout, nowMs: number): number {
  if (state === "rolled-back") return 0;
  if (state === "finished") return 100;
  return steps[nowMs >= stepAtMs ? step : step - 1] ?? 0;
}

/** The variant of a unit, under the share that counts now. */
export const variantOf = (rollout: Rollout, unit: string, nowMs: number): RolloutVariant =>
  placeOf(rollout.id, unit) < shareOf(rollout, nowMs) ? "candidate" : "baseline";
