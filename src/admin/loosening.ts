import type { PolicyBody } from "../contract/policy.ts";
import type { GuardPolicy } from "../domain/guard-policy.ts";
import type { ContentPolicy } from "../domain/principal.ts";
import { isGuardLoosened } from "./guard-loosening.ts";
import type { TenantView } from "./tenant-fields.ts";

type Policy = PolicyBody<"tenant">;
type Setting = keyof Policy;
type Settings = Pick<TenantView, Setting>;

/** From keeping nothing to keeping everything. */
const KEPT: readonly ContentPolicy[] = ["none", "scrubbed-sample", "scrubbed", "full"];

/** From refusing what is too long to answering it by a part. Between them: as a rule says. */
const TRIMS: readonly Settings["context"][] = ["refuse", undefined, "trim"];

const isRaised = (before: number | undefined, after: number | undefined): boolean =>
  before !== undefined && (after === undefined || after > before);

/** A limit of the tenant's own goes before its tier's, which may be lower: under a tier, having one where there was none may loosen. */
const isRaisedUnderTier = ({ tier }: Settings, before: number | undefined, after: number | undefined): boolean =>
  isRaised(before, after) || (tier !== undefined && before === undefined && after !== undefined);

/** By setting: whether calls may do more after than before. Where that cannot be told, they may. A new setting does not compile without its row. */
const LOOSENS: Readonly<Record<Setting, (before: Settings, after: Settings, guard: GuardPolicy) => boolean>> = {
  // A tier only adds limits to a tenant without one; of two tiers, neither is known to be the stricter.
  tier: (before, after) => before.tier !== undefined && before.tier !== after.tier,
  region: (before, after) => before.region !== undefined && before.region !== after.region,
  contentPolicy: (before, after) => KEPT.indexOf(after.contentPolicy) > KEPT.indexOf(before.contentPolicy),
  models: ({ models: before }, { models: after }) =>
    before !== undefined && (after === undefined || after.some((name) => !before.includes(name))),
  rpm: (before, after) => isRaisedUnderTier(before, before.rpm, after.rpm),
  tpm: (before, after) => isRaisedUnderTier(before, before.tpm, after.tpm),
  budgetUsd: (before, after) => isRaised(before.budgetUsd, after.budgetUsd),
  context: (before, after) => TRIMS.indexOf(after.context) > TRIMS.indexOf(before.context),
  guard: (before, after, guard) => isGuardLoosened(guard, before.guard, after.guard),
};

/** The settings by which a change lets a tenant do more than before. `guard` is what weir.yaml has of it, for everybody. */
export function listLoosened(before: Settings, after: Settings, guard: GuardPolicy): readonly Setting[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table has no other keys
  return (Object.keys(LOOSENS) as Setting[]).filter((setting) => LOOSENS[setting](before, after, guard));
}
