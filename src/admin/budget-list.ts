import type { Budget, BudgetPage } from "../contract/budgets.ts";
import type { TenantProfile } from "../domain/principal.ts";
import { type Clock, monthOf, nextMonthMs, toIso } from "../kernel/clock.ts";
import type { TenantId } from "../kernel/ids.ts";
import { listBudgetStates, listRefusals, type BudgetState, type KeyRefusals } from "../store/budget-states.ts";
import { type Database, OPERATOR, type Scope, tenantScope } from "../store/database.ts";
import { listKeys } from "../store/keys.ts";
import { listTenants } from "../store/tenants.ts";
import { forecastMonth, FORECAST_DAYS_MAX, type Forecast } from "./forecast.ts";
import { getBySlug } from "./tenants.ts";

/** Cost of each value and day (UTC), of all tenants' where no tenant is named. */
export type ReadCosts = (ask: {
  readonly tenantId: TenantId | undefined;
  readonly group: "none" | "tenant" | "key";
  readonly fromMs: number;
  readonly toMs: number;
}) => Promise<readonly { readonly value: string; readonly atMs: number; readonly costMicroUsd: number }[]>;

export type BudgetList = {
  list(ask: { readonly tenant: string | undefined; readonly after: string | undefined; readonly limit: number }): Promise<BudgetPage>;
};

type Deps = {
  readonly db: Database;
  readonly clock: Pick<Clock, "nowMs">;
  readonly readCosts: ReadCosts;
  readonly platformLimitMicroUsd: number | undefined;
};

const DAY_MS = 86_400_000;
/** Keys that are told as refused because of one tenant's budget. */
const REFUSED_KEYS_MAX = 20;
const BUDGET_CODES = ["budget_spent", "budget_reserved"];

/** What one budget is made of; `costs` by the start of their days. */
type Found = Pick<Budget, "scope" | "tenant" | "key" | "name" | "limitMicroUsd"> & {
  readonly costs: ReadonlyMap<number, number>;
  readonly leasedMicroUsd: number;
  readonly refused: readonly KeyRefusals[];
};

export function createBudgetList({ db, clock, readCosts, platformLimitMicroUsd }: Deps): BudgetList {
  const costsOf = async (tenantId: TenantId | undefined, group: "none" | "tenant" | "key", nowMs: number): Promise<CostsByValue> => {
    const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
    const fromMs = Math.min(monthStartMs(nowMs), today - FORECAST_DAYS_MAX * DAY_MS);
    return byValue(await readCosts({ tenantId, group, fromMs, toMs: nowMs + 1 }));
  };
  const listPlatform = async (after: string | undefined, limit: number): Promise<BudgetPage> => {
    const nowMs = clock.nowMs();
    const page = await listTenants(db, { after, limit });
    const limited = page.data.filter((tenant) => tenant.budgetMicroUsd !== undefined);
    const states = await listBudgetStates(db, monthOf(nowMs), ["", ...limited.map(({ id }) => id)]);
    const costs = await costsOf(undefined, "tenant", nowMs);
    const ids = limited.map(({ id }) => id);
    const refused = await refusalsOf(db, OPERATOR, { tenantIds: ids, nowMs });
    const found: Found[] = [];
    if (after === undefined && platformLimitMicroUsd !== undefined)
      found.push({
        scope: "platform",
        tenant: null,
        key: null,
        name: null,
        limitMicroUsd: platformLimitMicroUsd,
        refused: [],
        costs: sumOf([...costs.values()]),
        leasedMicroUsd: leasedOf(states, "", ""),
      });
    for (const tenant of limited) {
      const own = { costs: costs.get(tenant.slug) ?? NOTHING, leasedMicroUsd: leasedOf(states, tenant.id, "") };
      found.push({ ...ofTenant(tenant), ...own, refused: refused.filter(({ tenantId }) => tenantId === tenant.id) });
    }
    return { data: found.map((one) => toBudget(one, nowMs)), nextCursor: page.nextCursor };
  };

  const listOne = async (tenant: TenantProfile, after: string | undefined, limit: number): Promise<BudgetPage> => {
    const nowMs = clock.nowMs();
    const keys = await listKeys(db, tenant.id, { after, limit });
    const states = await listBudgetStates(db, monthOf(nowMs), [tenant.id]);
    const costs = await costsOf(tenant.id, "key", nowMs);
    const refused = await refusalsOf(db, tenantScope(tenant.id), { tenantIds: [tenant.id], nowMs });
    const found: Found[] = [];
    if (after === undefined && tenant.budgetMicroUsd !== undefined)
      found.push({ ...ofTenant(tenant), costs: sumOf([...costs.values()]), leasedMicroUsd: leasedOf(states, tenant.id, ""), refused });
    for (const key of keys.data)
      if (key.budgetMicroUsd !== undefined && key.revokedAtMs === undefined)
        found.push({
          scope: "key",
          tenant: tenant.slug,
          key: key.id,
          name: key.name,
          limitMicroUsd: key.budgetMicroUsd,
          costs: costs.get(key.id) ?? NOTHING,
          leasedMicroUsd: leasedOf(states, tenant.id, key.id),
          refused: refused.filter(({ keyId }) => keyId === key.id),
        });
    return { data: found.map((one) => toBudget(one, nowMs)), nextCursor: keys.nextCursor };
  };

  return {
    async list({ tenant, after, limit }) {
      return tenant === undefined ? await listPlatform(after, limit) : await listOne(await getBySlug(db, tenant), after, limit);
    },
  };
}

const refusalsOf = async (
  db: Database,
  scope: Scope,
  { tenantIds, nowMs }: { readonly tenantIds: readonly TenantId[]; readonly nowMs: number },
): Promise<readonly KeyRefusals[]> =>
  await listRefusals(db, scope, { tenantIds, codes: BUDGET_CODES, fromMs: monthStartMs(nowMs), limit: REFUSED_KEYS_MAX });

type CostsByValue = ReadonlyMap<string, ReadonlyMap<number, number>>;
const NOTHING: ReadonlyMap<number, number> = new Map();

const monthStartMs = (nowMs: number): number => Date.parse(`${monthOf(nowMs)}-01T00:00:00Z`);
const ofTenant = ({ slug, name, budgetMicroUsd = 0 }: TenantProfile) =>
  ({ scope: "tenant", tenant: slug, key: null, name, limitMicroUsd: budgetMicroUsd }) as const;

function leasedOf(states: readonly BudgetState[], tenantId: string, keyId: string): number {
  return states.find((state) => state.tenantId === tenantId && state.keyId === keyId)?.leasedMicroUsd ?? 0;
}

function byValue(rows: Awaited<ReturnType<ReadCosts>>): CostsByValue {
  const found = new Map<string, Map<number, number>>();
  for (const { value, atMs, costMicroUsd } of rows) {
    const days = found.get(value) ?? new Map<number, number>();
    days.set(atMs, (days.get(atMs) ?? 0) + costMicroUsd);
    found.set(value, days);
  }
  return found;
}

function sumOf(all: readonly ReadonlyMap<number, number>[]): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const days of all) for (const [atMs, cost] of days) sums.set(atMs, (sums.get(atMs) ?? 0) + cost);
  return sums;
}

function toBudget({ costs, refused, ...about }: Found, nowMs: number): Budget {
  const renewsMs = nextMonthMs(nowMs);
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const startMs = monthStartMs(nowMs);
  const spentMicroUsd = [...costs].reduce((sum, [atMs, cost]) => (atMs >= startMs ? sum + cost : sum), 0);
  const forecast = forecastMonth({
    days: Array.from({ length: FORECAST_DAYS_MAX }, (_, at) => costs.get(todayMs - (FORECAST_DAYS_MAX - at) * DAY_MS) ?? 0),
    weekday: new Date(nowMs).getUTCDay(),
    dayShare: (nowMs - todayMs) / DAY_MS,
    daysLeft: (renewsMs - todayMs) / DAY_MS - 1,
    spentMicroUsd,
    limitMicroUsd: about.limitMicroUsd,
  });
  return {
    ...about,
    period: monthOf(nowMs),
    renewsAt: toIso(renewsMs),
    spentMicroUsd,
    forecast: toForecast(forecast, nowMs),
    refused: refused.map(({ keyId, count, firstMs, lastMs }) => ({ key: keyId, count, firstAt: toIso(firstMs), lastAt: toIso(lastMs) })),
  };
}

function toForecast(forecast: Forecast, nowMs: number): Budget["forecast"] {
  if (forecast.method === "none") return forecast;
  const { daysToLimit, ...told } = forecast;
  return { ...told, reachesLimitAt: daysToLimit === undefined ? null : toIso(Math.round(nowMs + daysToLimit * DAY_MS)) };
}
