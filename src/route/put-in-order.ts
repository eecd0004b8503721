import type { RuleOrder } from "../config/index.ts";
import type { Gate } from "../domain/cascade.ts";
import type { Ranking } from "../domain/ranking.ts";
import type { HealthView } from "../domain/target-health.ts";
import type { Candidate, Plan } from "../domain/target.ts";
import { ATTEMPTS_MAX } from "../kernel/limits.ts";
import type { Facts } from "./about.ts";
import type { Wanted } from "./eligible.ts";
import { isFirstOpen, whyAllOpen } from "./open-breakers.ts";
import { rankingWished, wishedFirst } from "./preference.ts";
import { noTarget } from "./refusals.ts";
import { stickyKeyOf } from "./sticky-key.ts";
import { rank } from "./strategy/rank.ts";

export type Ordering = {
  readonly order: RuleOrder;
  readonly wanted: Pick<Wanted, "chat" | "who"> & Facts;
  readonly health: HealthView;
  readonly dice: () => number;
  readonly fallback: boolean;
};

/**
 * Eligible targets as they will be tried. Without fallback only the first model is. The extractive answer stays the last resort, and the
 * room it needs is kept. Throws `no_target` or its like where nothing is left.
 */
export function putInOrder(candidates: readonly Candidate[], ordering: Ordering): Pick<Plan, "targets" | "chance" | "gate"> {
  const { health, dice } = ordering;
  const { prefer } = ordering.wanted.chat;
  const fallback = ordering.fallback && prefer?.fallback !== false;
  const eligible = candidates.filter((each) => each.fell === undefined).map((each) => each.target);
  const last = eligible.filter((target) => target.kind === "extractive");
  const ranking = toRanking(ordering);
  const onlyFirst = !fallback && ranking.strategy === "priority" && isFirstOpen(candidates);
  const models = onlyFirst ? [] : eligible.filter((target) => target.kind !== "extractive");
  if (models.length + last.length === 0) throw whyAllOpen(candidates, health) ?? noTarget(candidates);
  const gate = gateOf(ordering);
  const ranked = gate === undefined ? rank(models, ranking, health, dice) : { targets: models, chance: 1 };
  const ordered = prefer === undefined ? ranked.targets : wishedFirst(ranked.targets, prefer);
  const most = fallback ? ATTEMPTS_MAX - last.length : 1;
  const targets = [...ordered.slice(0, most), ...last];
  return { targets, chance: ordered === ranked.targets ? ranked.chance : 1, ...(gate === undefined ? {} : { gate }) };
}

/** A cascade goes up as its rule is written: health and chance do not turn it round, and a caller who wants another order has no cascade. */
function gateOf({ order, wanted }: Ordering): Gate | undefined {
  const { prefer } = wanted.chat;
  if (order.strategy !== "cascade" || prefer?.sort !== undefined || (prefer?.order.length ?? 0) > 0) return undefined;
  return order.gate;
}

function toRanking({ order, wanted }: Ordering): Ranking {
  const wished = wanted.chat.prefer === undefined ? undefined : rankingWished(wanted.chat.prefer);
  if (wished !== undefined) return wished;
  const { strategy = "priority", weights, explore, warm, sticky = "conversation" } = order;
  const stickyKey = strategy === "sticky" ? stickyKeyOf(sticky, wanted.said ?? wanted.chat, wanted.who) : undefined;
  return { strategy: strategy === "cascade" ? "priority" : strategy, weights, explore, warm, stickyKey };
}
