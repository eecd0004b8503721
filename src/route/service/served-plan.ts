import type { ServiceLevel } from "../../domain/service-level.ts";
import type { Router } from "../plan.ts";

type Served = {
  level(): ServiceLevel;
  /** Models that answer first while the level is not full, where the call may go to them. */
  readonly reduced: readonly string[];
  /** A name that stands for rules. Who asks for a model by its name gets that one. */
  isRoute(name: string): boolean;
};

/**
 * Plans as the server's level allows: the smaller models first, and in an emergency the documents alone where they are asked. It widens
 * nothing: what is put first must be eligible like any other, and a rule whose models are all private keeps calls in.
 */
export function createServedPlan({ level, reduced, isRoute }: Served, { plan }: Pick<Router, "plan">): Pick<Router, "plan"> {
  const first = reduced.map((model) => ({ model, use: true, keepsIn: true as const }));
  return {
    plan(wanted) {
      if (!isRoute(wanted.chat.model)) return plan(wanted);
      const service = level();
      if (service === "full") return plan(wanted);
      // Fewer attempts, not more: no answer is judged, and none is asked for twice.
      const { gate: _judged, shadow: _copied, ...planned } = plan({ ...wanted, ahead: [...first, ...(wanted.ahead ?? [])] });
      const last = planned.targets.filter(({ kind }) => kind === "extractive");
      return { ...planned, service, ...(service === "emergency" && last.length > 0 ? { targets: last } : {}) };
    },
  };
}
