/**
 * What became of a call in which a rule for content found something. `found`: it went on, and was counted. `masked`: a copy with pseudonyms left.
 * `withheld`: a passage or a tool's result was kept from the model. `stopped`: the answer was ended. `refused`: the call was.
 */
export const GUARD_OUTCOMES = ["found", "masked", "withheld", "stopped", "refused"] as const;
export type GuardOutcome = (typeof GUARD_OUTCOMES)[number];

/** Rules as events name them; those on answers begin with `answer-`. */
export const GUARD_RULES = [
  "personal-data",
  "injection",
  "answer-personal-data",
  "answer-link",
  "answer-toxicity",
  "answer-canary",
] as const;
export type GuardRule = (typeof GUARD_RULES)[number];
