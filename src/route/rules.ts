import type { Condition, ReadCondition, RuleConfig, RuleOrder } from "../config/index.ts";
import type { ShadowRule } from "../domain/cascade.ts";
import type { ContextPolicy } from "../domain/context-policy.ts";
import { atLeast, type PiiMode } from "../domain/guard-policy.ts";
import type { Signals } from "../domain/signals.ts";
import type { Target, Trust } from "../domain/target.ts";

/** One rule of a route with its targets, ready for calls. */
export type Rule = {
  /** Its place in the route. */
  readonly at: number;
  readonly when: string | undefined;
  readonly holds: Condition | undefined;
  readonly targets: readonly Target[];
  readonly trust: Trust | undefined;
  readonly pii: PiiMode | undefined;
  readonly context?: ContextPolicy | undefined;
  readonly order: RuleOrder;
  /** A share of the calls goes to this model, too. */
  readonly shadow?: ShadowRule | undefined;
};

/** What a rule's condition came to for a call. `failed`: it could not be told. */
export type Outcome = "always" | "holds" | "fails" | "failed";

const NO_ORDER: RuleOrder = {};

export const always = (targets: readonly Target[]): readonly Rule[] => [
  { at: 0, when: undefined, holds: undefined, targets, trust: undefined, pii: undefined, order: NO_ORDER },
];

/** A condition that cannot be read, as an approved one of another version may be, can never be told. */
const untold: Condition = () => {
  throw new TypeError("the condition cannot be read");
};

export function toRules(
  rules: readonly RuleConfig[],
  targetOf: (model: string) => Target,
  read: (when: string) => ReadCondition,
): readonly Rule[] {
  return rules.map(({ when, use, trust, pii, context, shadow, strategy, gate, weights, sticky, explore, warm }, at) => {
    const condition = when === undefined ? undefined : read(when);
    const holds = condition === undefined ? undefined : condition.ok ? condition.holds : untold;
    return {
      at,
      when,
      holds,
      targets: use.map(targetOf),
      trust,
      pii,
      context,
      ...(shadow === undefined ? {} : { shadow }),
      order: { strategy, gate, weights, sticky, explore, warm },
    };
  });
}

/** Whether a rule keeps calls in that others would let out: then it applies whenever that cannot be told. */
const narrows = ({ trust, pii }: Pick<Rule, "trust" | "pii">): boolean =>
  trust === "private" || (pii !== undefined && atLeast(pii, "mask"));

export const applies = (rule: Rule, outcome: Outcome): boolean =>
  outcome === "always" || outcome === "holds" || (outcome === "failed" && narrows(rule));

export function outcomeOf({ holds }: Rule, signals: Signals | undefined): Outcome {
  if (holds === undefined) return "always";
  if (signals === undefined) return "failed";
  try {
    return holds(signals) ? "holds" : "fails";
  } catch {
    return "failed";
  }
}
