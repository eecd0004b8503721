import type { Preference } from "../domain/chat.ts";
import type { Ranking } from "../domain/ranking.ts";
import type { Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";

const names = (list: readonly string[], target: Target): boolean => list.includes(target.provider) || list.includes(target.model);

/** Whether the caller itself lets this target have the call. */
export function isWished(target: Target, prefer: Preference): boolean {
  if (prefer.only !== undefined && !names(prefer.only, target)) return false;
  if (names(prefer.ignore, target) || (prefer.externalOnly && target.trust !== "external")) return false;
  return keepsEnoughToItself(target, prefer.keeps) && isCheapEnough(target, prefer);
}

/** Own hardware keeps what its owner decides. Of others only what they promise counts, and silence is no promise. */
function keepsEnoughToItself({ trust, dataCollection }: Target, keeps: Preference["keeps"]): boolean {
  if (keeps === "anything" || trust === "private") return true;
  return keeps === "nothing" ? dataCollection === "zero-retention" : dataCollection !== undefined;
}

function isCheapEnough({ price }: Target, { inputPerMTokMax, outputPerMTokMax }: Preference): boolean {
  if (inputPerMTokMax === undefined && outputPerMTokMax === undefined) return true;
  if (price === undefined) return false;
  return price.inputPerMTok <= (inputPerMTokMax ?? Infinity) && price.outputPerMTok <= (outputPerMTokMax ?? Infinity);
}

const STRATEGIES = { price: "cheapest", latency: "latency", throughput: "least-busy" } as const;

/** The order that the caller asks for in place of the rule's. */
export const rankingWished = ({ sort }: Preference): Ranking | undefined =>
  sort === undefined ? undefined : { strategy: STRATEGIES[sort] };

/** Those that the caller names first, as it names them; then the others as they are. */
export function wishedFirst(targets: readonly Target[], { order }: Preference): readonly Target[] {
  const first = order.flatMap((name) => targets.filter((target) => target.provider === name || target.model === name));
  return first.length === 0 ? targets : [...new Set([...first, ...targets])];
}

const LISTS = ["order", "only", "ignore"] as const;

/**
 * Throws `body_invalid` where the caller names what is neither a provider nor a model: with a slip in `ignore` a call would go where its
 * caller does not want it. `isKnown` says the same of what the caller may not use and of what does not exist.
 */
export function checkNames(prefer: Preference, isKnown: (name: string) => boolean): void {
  for (const list of LISTS) {
    const at = prefer[list]?.findIndex((name) => !isKnown(name)) ?? -1;
    if (at < 0) continue;
    const param = `provider.${list}[${at}]`;
    throw new Fault("body_invalid", {
      param,
      say: `${param}: no provider or model has this name. The answers' weir.provider and weir.model have them.`,
    });
  }
}
