import type { Target } from "../../domain/target.ts";

/** Targets in order, and with which probability each was to be the first. Those of all of them add up to 1. */
export type Order = { readonly targets: readonly Target[]; chanceOf(target: Target): number };

/** Lowest first; equal ones stay as they were. */
export function byLowest(targets: readonly Target[], valueOf: (target: Target) => number): Target[] {
  const known = targets.map((target) => ({ target, value: valueOf(target) }));
  return known.toSorted((a, b) => a.value - b.value).map(({ target }) => target);
}

/** An order in which the dice have no say. */
export const certain = (targets: readonly Target[]): Order => ({ targets, chanceOf: (target) => (target === targets[0] ? 1 : 0) });
