import type { HealthView, TargetHealth } from "../domain/target-health.ts";
import type { Target } from "../domain/target.ts";

/**
 * Health as one plan sees it: each target is read once, when it is first asked for. A plan asks for each two or three times, and reading costs more
 * than all else in ranking; and what it decides by does not change while it decides.
 */
export function createHealthNow(view: HealthView): HealthView {
  const targets: Target[] = [];
  const read: TargetHealth[] = [];
  return {
    of(target) {
      // A route has a handful of targets: looking through them is faster than a map is made.
      const found = read[targets.indexOf(target)];
      if (found !== undefined) return found;
      const health = view.of(target);
      targets.push(target);
      read.push(health);
      return health;
    },
  };
}
