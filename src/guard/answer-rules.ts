import type { Guarded, GuardPolicy } from "../domain/guard-policy.ts";
import type { Outgoing } from "../domain/guard.ts";
import { Fault } from "../kernel/fault.ts";
import { canaryRule } from "./output/canary-rule.ts";
import { linkRule } from "./output/link-rule.ts";
import { personalDataRule } from "./output/personal-data-rule.ts";
import { toxicityRule } from "./output/toxicity-rule.ts";
import type { Find } from "./look.ts";
import type { ScoreToxicity } from "./toxicity/score-toxicity.ts";
import { createOutputGuard, type OutputGuard } from "./output/output-guard.ts";
import type { OutputRule } from "./output/output-rule.ts";

/** What comes back for one attempt: originals are put back first, then the rules of the policy look at what the caller would read. */
export type AnswerRules = {
  /** undefined: the answer passes as it comes. */
  outgoing(unmasking: Outgoing | undefined): Outgoing | undefined;
  /** What the rules saw in all attempts, by rule. Read when nothing more comes. */
  readonly answer: Guarded["answer"];
};

export type AnswerRulesDeps = {
  readonly policy: GuardPolicy;
  readonly canary: string | undefined;
  readonly find: Find;
  readonly scoreToxicity: ScoreToxicity;
  /** The value stands in what the model was told. */
  known(value: string): boolean;
  /** A rule ended an answer. */
  stopped(fault: Fault): void;
};

export function createAnswerRules(deps: AnswerRulesDeps): AnswerRules {
  const { stopped } = deps;
  const rules = toRules(deps);
  const guards: OutputGuard[] = [];
  return {
    outgoing(unmasking) {
      if (rules.length === 0) return unmasking;
      const guard = createOutputGuard(rules);
      guards.push(guard);
      return {
        push(parts) {
          try {
            return guard.push(unmasking === undefined ? parts : unmasking.push(parts));
          } catch (error) {
            if (error instanceof Fault) stopped(error);
            throw error;
          }
        },
      };
    },
    get answer() {
      for (const guard of guards) settle(guard);
      const counts: Record<string, number> = {};
      for (const { events } of guards) for (const { rule } of events) counts[rule] = (counts[rule] ?? 0) + 1;
      return Object.keys(counts).length === 0 ? undefined : counts;
    },
  };
}

/** Of an answer that was broken off, what came last has not been looked at yet; what is held of it goes nowhere. */
function settle(guard: OutputGuard): void {
  try {
    guard.end();
  } catch {
    // A rule ended the answer, or would have.
  }
}

export function toRules({ policy, canary, find, known, scoreToxicity }: AnswerRulesDeps): readonly OutputRule[] {
  const rules: OutputRule[] = [];
  if (canary !== undefined) rules.push(canaryRule(canary));
  if (policy.outputLinks !== "off") rules.push(linkRule({ mode: policy.outputLinks, hosts: policy.linkHosts }));
  if (policy.outputPii !== "off") rules.push(personalDataRule({ mode: policy.outputPii, find, known }));
  if (policy.outputToxicity !== "off") rules.push(toxicityRule({ mode: policy.outputToxicity, score: scoreToxicity }));
  return rules;
}
