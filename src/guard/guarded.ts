import type { Guarded } from "../domain/guard-policy.ts";
import { WITHHOLD_ABOVE, type InjectionWatch } from "./injection.ts";
import type { Looked } from "./look.ts";

/** What the record tells of the rules; undefined where there is nothing to tell. */
export function toGuarded(
  { counts }: Pick<Looked, "counts">,
  { highest, withheld }: Pick<InjectionWatch, "highest" | "withheld">,
  { masked, answer }: { readonly masked: boolean; readonly answer: Guarded["answer"] },
): Guarded | undefined {
  const told: Guarded = {
    ...(counts === undefined ? {} : { found: counts }),
    ...(masked ? { masked: true as const } : {}),
    ...(highest.score > WITHHOLD_ABOVE ? { injection: Math.round(highest.score * 100) / 100 } : {}),
    ...(withheld > 0 ? { withheld } : {}),
    ...(answer === undefined ? {} : { answer }),
  };
  return Object.keys(told).length === 0 ? undefined : told;
}
