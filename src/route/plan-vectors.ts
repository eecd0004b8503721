import type { HealthView } from "../domain/target-health.ts";
import type { Candidate, Plan, Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { ATTEMPTS_MAX } from "../kernel/limits.ts";
import { whyFellEmbedding, type WantedVectors } from "./eligible.ts";
import { isFirstOpen, whyAllOpen, withoutOpen } from "./open-breakers.ts";

/**
 * Targets for a call that wants vectors. Those of two models lie in different spaces, and an index that mixes them finds nothing, without
 * a word: so a call moves on only to where the same upstream model is served.
 */
export function planVectors(
  targets: readonly Target[],
  wanted: WantedVectors,
  { fallback, health }: { readonly fallback: boolean; readonly health?: HealthView | undefined },
): Omit<Plan, "policyHash"> {
  const barred = targets.map((target): Candidate => ({ target, fell: whyFellEmbedding(target, wanted) }));
  const first = barred.find((each) => each.fell === undefined)?.target;
  // An outage changes nothing about whose vectors they are, so health comes after.
  const same = barred.map((each): Candidate => {
    const other = each.fell === undefined && each.target.upstream !== first?.upstream;
    return other ? { ...each, fell: "other-vectors" } : each;
  });
  const candidates = withoutOpen(same, health);
  const eligible = candidates.filter((each) => each.fell === undefined).map((each) => each.target);
  const inOrder = eligible.slice(0, fallback ? ATTEMPTS_MAX : isFirstOpen(candidates) ? 0 : 1);
  if (inOrder.length === 0) throw whyAllOpen(candidates, health) ?? noTarget(candidates);
  return { targets: inOrder, candidates };
}

function noTarget(candidates: readonly Candidate[]): Fault {
  const able = candidates.filter((each) => each.fell !== "capability-embeddings");
  if (able.length === 0)
    return new Fault("body_invalid", { param: "model", say: "model: this one makes no embeddings. Name a model of kind embedding." });
  const say = `No model is eligible for this call: ${able.map((each) => `${each.target.model} (${each.fell})`).join(", ")}.`;
  if (able.every((each) => each.fell === "context")) return new Fault("context_too_long", { say, param: "input" });
  return new Fault("no_target", { say });
}
