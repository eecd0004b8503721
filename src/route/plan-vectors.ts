import type { Candidate, Plan, Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { ATTEMPTS_MAX } from "../kernel/limits.ts";
import { whyFellEmbedding, type WantedVectors } from "./eligible.ts";

/**
 * Targets for a call that wants vectors. Those of two models lie in different spaces, and an index that mixes them finds nothing, without
 * a word: so a call moves on only to where the same upstream model is served.
 */
export function planVectors(targets: readonly Target[], wanted: WantedVectors, fallback: boolean): Omit<Plan, "policyHash"> {
  const barred = targets.map((target): Candidate => ({ target, fell: whyFellEmbedding(target, wanted) }));
  const first = barred.find((each) => each.fell === undefined)?.target;
  const candidates = barred.map((each): Candidate => {
    const other = each.fell === undefined && each.target.upstream !== first?.upstream;
    return other ? { ...each, fell: "other-vectors" } : each;
  });
  const eligible = candidates.filter((each) => each.fell === undefined).map((each) => each.target);
  if (eligible.length === 0) throw noTarget(candidates);
  return { targets: eligible.slice(0, fallback ? ATTEMPTS_MAX : 1), candidates };
}

function noTarget(candidates: readonly Candidate[]): Fault {
  const able = candidates.filter((each) => each.fell !== "capability-embeddings");
  if (able.length === 0)
    return new Fault("body_invalid", { param: "model", say: "model: this one makes no embeddings. Name a model of kind embedding." });
  const say = `No model is eligible for this call: ${able.map((each) => `${each.target.model} (${each.fell})`).join(", ")}.`;
  if (able.every((each) => each.fell === "context")) return new Fault("context_too_long", { say, param: "input" });
  return new Fault("no_target", { say });
}
