import type { BenchLedger } from "./ledger.ts";

export type Ask = {
  readonly name: string;
  readonly path: string;
  readonly as: "admin" | "tenant";
  readonly method?: "POST";
  readonly body?: unknown;
};

const DAY_MS = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const series = (query: string): string => `/admin/v1/usage/series?${query}`;
const admin = (name: string, path: string): Ask => ({ name, path, as: "admin" });
const own = (name: string, path: string): Ask => ({ name: `${name}, a tenant's admin`, path, as: "tenant" });

/** What the console's pages ask for, each as its page does. */
export function asksOf(ledger: BenchLedger): readonly Ask[] {
  return [...usageAsks(ledger), ...otherAsks(ledger)];
}

const listOf = (query: Readonly<Record<string, string>>): string => new URLSearchParams(query).toString();

/** Of the other pages, those that read what grows with calls, tenants, keys and decisions. */
function otherAsks({ endMs, keyId, requestId, tenants }: BenchLedger): Ask[] {
  const tenant = tenants[0]?.slug ?? "";
  const audit = (query: Readonly<Record<string, string>>): string => `/admin/v1/audit?${listOf({ tenant, limit: "50", ...query })}`;
  const keys = (query: Readonly<Record<string, string>>): string => `/admin/v1/tenants/${tenant}/keys?${listOf({ limit: "50", ...query })}`;
  const monthMs = endMs - 40 * DAY_MS;
  return [
    admin("audit: calls, newest first", audit({ category: "calls", order: "desc" })),
    admin("audit: calls, oldest first", audit({ category: "calls" })),
    admin(
      "audit: calls of a key in a month",
      audit({ category: "calls", order: "desc", actor: keyId, from: iso(monthMs - 30 * DAY_MS), to: iso(monthMs) }),
    ),
    admin("audit: calls that failed", audit({ category: "calls", order: "desc", outcome: "failed" })),
    admin("audit: one request", audit({ category: "calls", order: "desc", requestId })),
    admin("audit: decisions, newest first", audit({ category: "decisions", order: "desc" })),
    admin("audit: access to data in a month", audit({ category: "data-access", from: iso(monthMs - 30 * DAY_MS), to: iso(monthMs) })),
    admin("audit: decisions that were denied (none)", audit({ category: "decisions", outcome: "denied" })),
    admin(
      "audit: a page of the chain to verify",
      `/admin/v1/audit/chain?${listOf({ tenant, chain: "calls", after: "50000", limit: "1000" })}`,
    ),
    admin("audit: an entry", `/admin/v1/audit/50000?${listOf({ tenant, chain: "calls" })}`),
    admin("audit: checkpoints", `/admin/v1/audit/checkpoints?tenant=${tenant}`),
    own("audit: calls, newest first", audit({ category: "calls", order: "desc" })),
    admin("calls: the path of one", `/admin/v1/explain/${requestId}`),
    own("calls: the receipt of one", `/v1/receipts/${requestId}`),
    admin("tenants: by cost", "/admin/v1/tenants?limit=50&sort=cost&order=desc"),
    admin("tenants: by name, searched", "/admin/v1/tenants?limit=50&sort=name&search=tenant-0"),
    admin("tenants: keys by cost", keys({ sort: "cost", order: "desc" })),
    admin("tenants: keys by last use", keys({ sort: "last-used", order: "desc" })),
    admin("tenants: one key", `/admin/v1/tenants/${tenant}/keys/${keyId}`),
    admin("tenants: people", `/admin/v1/people?tenant=${tenant}&limit=50`),
    admin("tenants: this month's totals", `/admin/v1/usage?tenant=${tenant}&from=${iso(endMs).slice(0, 7)}-01T00:00:00Z&limit=1`),
    admin("tenants: erasures", "/admin/v1/erasures?limit=10"),
    admin("guard: days of a month", `/admin/v1/guard/days?from=${iso(endMs - 30 * DAY_MS)}&to=${iso(endMs)}`),
    admin("guard: events", `/admin/v1/guard/events?limit=50&from=${iso(endMs - 30 * DAY_MS)}&to=${iso(endMs)}`),
    admin("routing: routes", "/admin/v1/routes"),
    admin("routing: policies", "/admin/v1/policies?limit=50"),
    admin("routing: rollouts", "/admin/v1/rollouts?limit=50"),
    admin("models", "/admin/v1/models"),
    admin("providers", "/admin/v1/providers"),
    admin("operations", "/admin/v1/operations"),
    own("collections", "/v1/vector_stores?limit=50"),
    admin("shell: who am I", "/v1/me"),
  ];
}

function usageAsks({ endMs, keyId, tenants }: BenchLedger): Ask[] {
  const all = `from=${iso(endMs - 90 * DAY_MS)}&to=${iso(endMs)}`;
  const month = `from=${iso(endMs - 30 * DAY_MS)}&to=${iso(endMs)}`;
  const odd = `from=${iso(endMs - 63 * DAY_MS + 1_234_567)}&to=${iso(endMs - 7_654_321)}`;
  const tenant = tenants[3]?.slug ?? "";
  return [
    ...["none", "tenant", "team", "key", "feature", "model", "provider", "outcome"].map((group) =>
      admin(`usage: 90 days by ${group}`, series(`group=${group}&${all}&top=8`)),
    ),
    admin("usage: 30 days by key, a table of 200", series(`group=key&${month}&top=200`)),
    admin("usage: 90 days by feature of one model", series(`group=feature&model=model-03&${all}`)),
    admin("usage: 90 days by key of one feature and provider", series(`group=key&feature=feature-07&provider=claude&${all}`)),
    admin(
      "usage: 90 days by model of one outcome, team, provider",
      series(`group=model&outcome=finished&team=team-2&provider=local&${all}`),
    ),
    admin(
      "usage: 90 days by tenant, five filters",
      series(`group=tenant&outcome=finished&team=team-2&provider=local&model=model-04&feature=feature-07&${all}`),
    ),
    admin("usage: 90 days of one tenant by key", series(`group=key&tenant=${tenant}&${all}`)),
    admin("usage: 90 days of one tenant by feature of a model", series(`group=feature&model=model-03&tenant=${tenant}&${all}`)),
    admin("usage: bounds inside of hours, by team", series(`group=team&${odd}`)),
    admin("usage: 8 days by hour and model", series(`group=model&by=hour&from=${iso(endMs - 8 * DAY_MS)}&to=${iso(endMs)}`)),
    own("usage: 90 days by key", series(`group=key&${all}`)),
    own("usage: 30 days by model, as its page asks", series(`group=model&top=25&order=cost&${month}`)),
    own("usage: 90 days by feature of a model", series(`group=feature&model=model-03&${all}`)),
    admin("usage: calls, all", `/admin/v1/usage?limit=50&${all}`),
    admin("usage: calls of a model", `/admin/v1/usage?limit=50&model=model-03&${all}`),
    admin("usage: calls of a feature", `/admin/v1/usage?limit=50&feature=feature-07&${all}`),
    admin("usage: calls of a key and feature", `/admin/v1/usage?limit=50&key=${keyId}&feature=feature-07&${all}`),
    admin("usage: calls of a feature that is none's", `/admin/v1/usage?limit=50&feature=nobody&${all}`),
    admin("usage: calls that failed", `/admin/v1/usage?limit=50&outcome=failed&${all}`),
    admin("usage: calls of 5 cents and more", `/admin/v1/usage?limit=50&costMinUsd=0.05&${all}`),
    admin("usage: calls of a dollar and more (none)", `/admin/v1/usage?limit=50&costMinUsd=1&${all}`),
    admin("usage: calls of a team, failed, bounds inside of hours", `/admin/v1/usage?limit=50&team=team-3&outcome=failed&${odd}`),
    own("usage: calls of a model", `/admin/v1/usage?limit=50&model=model-03&${all}`),
    admin("usage: budgets, platform", "/admin/v1/budgets"),
    admin("usage: budgets of a tenant", `/admin/v1/budgets?tenant=${tenant}`),
    own("usage: budgets", "/admin/v1/budgets"),
    admin("usage: panel, 31 days", "/admin/v1/usage/panel"),
  ];
}
