import { createBudgetList, getBySlug } from "../admin/index.ts";
import type { Config } from "../config/index.ts";
import type { BudgetsRead, PanelRead, SeriesRead, UsageAsk, UsageExportDeps } from "../http/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { tenantIds, type TenantId } from "../kernel/ids.ts";
import type { Database } from "../store/index.ts";
import type { Parts } from "./parts.ts";

export type UsageEndpointDeps = {
  readonly readUsage: (ask: UsageAsk) => Promise<unknown>;
  readonly readPanel: PanelRead;
  readonly readSeries: SeriesRead;
  readonly exportUsage: UsageExportDeps;
  readonly readBudgets: BudgetsRead;
};

type Deps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly record: Parts["record"];
  readonly config: Pick<Config, "spendLimitMicroUsd">;
};

/** Who reads what calls cost: tenants go by their slugs outside, and by their ids inside, where one that has no slug (any more) is named by its id. */
export function composeUsage({ db, clock, record, config }: Deps): UsageEndpointDeps {
  const idOf = async (named: string | undefined): Promise<TenantId | undefined> =>
    named === undefined || tenantIds.is(named) ? named : (await getBySlug(db, named)).id;
  const budgets = createBudgetList({
    db,
    clock,
    platformLimitMicroUsd: config.spendLimitMicroUsd,
    readCosts: async (ask) => (await Array.fromAsync(record.eachCell({ ...ask, bucket: "day", words: {}, atOnce: true }))).flat(),
  });
  return {
    async readUsage({ tenant, costMinMicroUsd, ...ask }) {
      const asked = { ...ask, tenantId: await idOf(tenant) };
      if (costMinMicroUsd === undefined) return await record.readUsage(asked);
      return { ...(await record.listUsageCalls({ ...asked, costMinMicroUsd })), totals: null };
    },
    readPanel: async ({ tenant, ...ask }) => await record.readUsageByDay({ ...ask, tenantId: await idOf(tenant) }),
    readSeries: async ({ tenant, ...ask }) => await record.readSeries({ ...ask, tenantId: await idOf(tenant) }),
    exportUsage: {
      async *eachCell({ tenant, ...ask }) {
        yield* record.eachCell({ ...ask, tenantId: await idOf(tenant) });
      },
      async *eachCall({ tenant, ...ask }) {
        yield* record.eachUsageCall({ ...ask, tenantId: await idOf(tenant) });
      },
      checkTenant: idOf,
    },
    readBudgets: budgets.list,
  };
}
