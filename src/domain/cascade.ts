/**
 * Whether a model's answer is good enough to be given, or the next model up is asked. `logprobs`: the mean log probability of its tokens.
 * `judge`: another model is asked, and says how likely the answer is a good one, 0 to 1. `form`: it has the form that the call asks for.
 */
export type Gate =
  | { readonly kind: "logprobs"; readonly min: number }
  | { readonly kind: "judge"; readonly model: string; readonly min: number }
  | { readonly kind: "form" };

/** A copy of a share of a rule's calls, 0 to 1, goes to another model, whose answer nobody gets. */
export type ShadowRule = { readonly model: string; readonly share: number };

/** What became of a call under a cascade, as its event keeps it. */
export type CascadeMark = {
  readonly gate: Gate["kind"];
  /** Answers that were heard whole, or given as the last. */
  readonly asked: number;
  /** Answers after which the next model up was to be asked. */
  readonly escalated: number;
  /** Of those, the ones that could not be judged: the judge failed, may not see the call, or there was nothing to go by. */
  readonly unjudged?: number | undefined;
};
