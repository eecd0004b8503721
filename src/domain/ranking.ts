/** How eligible targets are put in order. */
export const STRATEGIES = ["priority", "weighted", "least-busy", "latency", "cheapest", "sticky"] as const;
export type Strategy = (typeof STRATEGIES)[number];
/** What a rule may ask for: a cascade keeps the order as written, and asks the next only where an answer does not pass its gate. */
export const RULE_STRATEGIES = [...STRATEGIES, "cascade"] as const;
export type RuleStrategy = (typeof RULE_STRATEGIES)[number];

export type Ranking = {
  readonly strategy: Strategy;
  /** By model name, for `weighted` and `sticky`; a model without one has 1, and one with 0 comes last. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  /** Share of calls, 0 to 1, whose first target is any of the eligible ones, so that other policies can be judged later. */
  readonly explore?: number | undefined;
  /** Share of calls, 0 to 1, whose first target is one of those that would only be fallbacks: a secondary that serves now and then is warm. */
  readonly warm?: number | undefined;
  /** What calls with the same first target have in common: a conversation, or the beginning of a prompt. Absent: the order written. */
  readonly stickyKey?: string | undefined;
};
