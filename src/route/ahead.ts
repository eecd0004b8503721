import type { Preference } from "../domain/chat.ts";
import type { Ahead } from "../domain/rollout.ts";
import { isChat, type Candidate, type Plan, type Target } from "../domain/target.ts";
import { ATTEMPTS_MAX } from "../kernel/limits.ts";
import { wishedFirst } from "./preference.ts";

export type WithAhead = {
  /** Those that stand before the rule's own, and these. */
  readonly listed: readonly Target[];
  /** Of them, those that stand before. */
  readonly first: readonly Target[];
  /** Only to be told whether they may serve the call. */
  readonly aside: readonly Target[];
};

/**
 * What a rollout or a lower level of service puts before a rule's own models. It widens nothing: each must pass the rule's own eligibility, and
 * where a rule has no model, or no rule takes the call, it has none after this either.
 */
export function withAhead(own: readonly Target[], ahead: readonly Ahead[] | undefined, targets: ReadonlyMap<string, Target>): WithAhead {
  if (ahead === undefined || ahead.length === 0 || own.length === 0) return { listed: own, first: [], aside: [] };
  const staysIn = own.every(({ trust }) => trust === "private");
  const known = (use: boolean): Target[] => {
    const named = ahead.flatMap((each) => {
      const target = each.use === use ? targets.get(each.model) : undefined;
      return target === undefined || (each.keepsIn === true && staysIn && target.trust !== "private") ? [] : [target];
    });
    return [...new Set(named)].filter(({ capabilities }) => isChat(capabilities));
  };
  const first = known(true);
  const listed = [...first, ...own.filter((target) => !first.includes(target))];
  return { listed, first, aside: known(false).filter((target) => !listed.includes(target)) };
}

/**
 * The same plan with these asked first, where they are eligible. The others stay in case they fail, unless there is no fallback; the last resort
 * stays the last, and whom the caller names first stays the first.
 */
export function putFirst(
  plan: Pick<Plan, "targets" | "chance" | "gate">,
  first: readonly Target[],
  candidates: readonly Candidate[],
  { fallback: allowed, prefer }: { readonly fallback: boolean; readonly prefer?: Preference | undefined },
): Pick<Plan, "targets" | "chance" | "gate"> {
  const { targets } = plan;
  const eligible = first.filter((target) => candidates.some((each) => each.target === target && each.fell === undefined));
  if (eligible.length === 0) return plan;
  const last = targets.filter((target) => target.kind === "extractive");
  const inOrder = [...eligible, ...targets.filter((target) => target.kind !== "extractive" && !eligible.includes(target))];
  const models = prefer === undefined ? inOrder : wishedFirst(inOrder, prefer);
  const fallback = allowed && prefer?.fallback !== false;
  return { ...plan, targets: [...models.slice(0, fallback ? ATTEMPTS_MAX - last.length : 1), ...last], chance: 1 };
}
