import type { HealthView } from "../domain/target-health.ts";
import type { Candidate, Plan, Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { ATTEMPTS_MAX } from "../kernel/limits.ts";
import { whyFellRerank, type WantedOrder } from "./eligible.ts";
import { isFirstOpen, whyAllOpen, withoutOpen } from "./open-breakers.ts";

/** Targets for a call that wants documents put in order. Scores of two models do not compare, but each answer holds those of one: any may be next. */
export function planRerank(
  targets: readonly Target[],
  wanted: WantedOrder,
  { fallback, health }: { readonly fallback: boolean; readonly health?: HealthView | undefined },
): Omit<Plan, "policyHash"> {
  const barred = targets.map((target): Candidate => ({ target, fell: whyFellRerank(target, wanted) }));
  const candidates = withoutOpen(barred, health);
  const eligible = candidates.filter((each) => each.fell === undefined).map((each) => each.target);
  const inOrder = eligible.slice(0, fallback ? ATTEMPTS_MAX : isFirstOpen(candidates) ? 0 : 1);
  if (inOrder.length === 0) throw whyAllOpen(candidates, health) ?? noTarget(candidates);
  return { targets: inOrder, candidates };
}

function noTarget(candidates: readonly Candidate[]): Fault {
  const able = candidates.filter((each) => each.fell !== "capability-rerank");
  if (able.length === 0)
    return new Fault("body_invalid", { param: "model", say: "model: this one ranks no documents. Name a model of kind rerank." });
  const say = `No model is eligible for this call: ${able.map((each) => `${each.target.model} (${each.fell})`).join(", ")}.`;
  if (able.every((each) => each.fell === "context")) return new Fault("context_too_long", { say, param: "query" });
  return new Fault("no_target", { say });
}
