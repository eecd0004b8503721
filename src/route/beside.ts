import type { HealthView } from "../domain/target-health.ts";
import type { Plan, Target } from "../domain/target.ts";
import type { Facts } from "./about.ts";
import { whyKeptIn } from "./choose.ts";
import { whyFell, type Wanted } from "./eligible.ts";

type Asked = Omit<Wanted, "trust" | "keptIn"> & Pick<Facts, "content">;

/**
 * Whether content may go to a model that no rule chose it for: a judge, a copy. It is the same check, under all that the rule of the
 * call's own plan asks for, and it fails closed.
 */
export function createBeside(targets: ReadonlyMap<string, Target>, health: HealthView) {
  return (model: string, wanted: Asked, { trust, pii }: Pick<Plan, "trust" | "pii">): Target | undefined => {
    const target = targets.get(model);
    if (target === undefined) return undefined;
    const { state, out } = health.of(target);
    if (state === "open" || out !== undefined) return undefined;
    try {
      const keptIn = whyKeptIn(wanted.content, pii);
      return whyFell(target, { ...wanted, trust, keptIn }) === undefined ? target : undefined;
    } catch {
      // What may go nowhere goes nowhere.
      return undefined;
    }
  };
}
