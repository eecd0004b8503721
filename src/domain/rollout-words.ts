/**
 * What stays with one variant. `end-user`: whom the call names, else its key; `principal`: the key or token; `conversation`: the caller's
 * conversation, by its beginning.
 */
export const ROLLOUT_UNITS = ["end-user", "principal", "conversation"] as const;
export type RolloutUnit = (typeof ROLLOUT_UNITS)[number];

/** `finished`: everybody has it. `rolled-back`: nobody has. In both, nothing is compared any more. */
export const ROLLOUT_STATES = ["running", "paused", "finished", "rolled-back"] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];
