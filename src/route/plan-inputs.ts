import type { HealthView } from "../domain/target-health.ts";
import type { Plan, Trust } from "../domain/target.ts";
import { aboutInputs, type Facts } from "./about.ts";
import { whyKeptIn } from "./choose.ts";
import type { WantedOrder, WantedVectors } from "./eligible.ts";
import { planRerank } from "./plan-rerank.ts";
import { planVectors } from "./plan-vectors.ts";
import type { Rule } from "./rules.ts";
import type { About } from "./signals.ts";

type Asking<Full> = Omit<Full, "trust" | "keptIn"> & Facts;
type Wanted = Asking<WantedVectors | WantedOrder>;

type Options = { readonly fallback: boolean; readonly health?: HealthView | undefined };
/** The rule that takes a call, and what of the plan follows from it. */
type Decide = (
  name: string,
  wanted: Wanted,
  about: () => About,
) => { readonly chosen: Rule; readonly decided: Omit<Plan, "targets" | "candidates"> };

/** Plans for calls over texts that are read and not answered. */
export function createInputPlans(options: Options, decide: Decide) {
  const narrow = <Full extends Wanted>(wanted: Full, narrower?: Trust) => {
    const { chosen, decided } = decide(wanted.wish.model, wanted, () => aboutInputs(wanted));
    const full = { ...wanted, trust: narrower ?? chosen.trust, keptIn: whyKeptIn(wanted.content, chosen.pii) };
    return { targets: chosen.targets, full, decided };
  };
  return {
    planEmbedding(wanted: Asking<WantedVectors>): Plan {
      const { targets, full, decided } = narrow(wanted);
      return { ...planVectors(targets, full, options), ...decided };
    },
    planRerank(wanted: Asking<WantedOrder> & { readonly trust?: Trust | undefined }): Plan {
      const { targets, full, decided } = narrow(wanted, wanted.trust);
      return { ...planRerank(targets, full, options), ...decided };
    },
  };
}
