import { toldInjection, type Guarded } from "../domain/guard-policy.ts";
import type { InjectionWatch } from "./injection.ts";
import type { Looked } from "./look.ts";

/** What the record tells of the rules; undefined where there is nothing to tell. */
export function toGuarded(
  { counts }: Pick<Looked, "counts">,
  { highest, withheld }: Pick<InjectionWatch, "highest" | "withheld">,
  { masked, answer }: { readonly masked: boolean; readonly answer: Guarded["answer"] },
): Guarded | undefined {
  const injection = toldInjection(highest.score);
  const told: Guarded = {
    ...(counts === undefined ? {} : { found: counts }),
    ...(masked ? { masked: true as const } : {}),
    ...(injection === undefined ? {} : { injection }),
    ...(withheld > 0 ? { withheld } : {}),
    ...(answer === undefined ? {} : { answer }),
  };
  return Object.keys(told).length === 0 ? undefined : told;
}
