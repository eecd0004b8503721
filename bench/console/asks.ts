import type { BenchLedger } from "./ledger.ts";

export type Ask = {
  readonly name: string;
  readonly path: string;
  readonly as: "admin" | "tenant";
  readonly method?: "POST";
  readonly body?: unknown;
};

const DAY_MS = 86_400_000;

/** What the console's pages ask for, each as its page does. */
export function asksOf(ledger: BenchLedger): readonly Ask[] {
  return [...usageAsks(ledger)];
}

function usageAsks({ endMs, keyId, tenants }: BenchLedger): Ask[] {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const all = `from=${iso(endMs - 90 * DAY_MS)}&to=${iso(endMs)}`;
  const month = `from=${iso(endMs - 30 * DAY_MS)}&to=${iso(endMs)}`;
  const odd = `from=${iso(endMs - 63 * DAY_MS + 1_234_567)}&to=${iso(endMs - 7_654_321)}`;
  const tenant = tenants[3]?.slug ?? "";
  const series = (query: string): string => `/admin/v1/usage/series?${query}`;
  const admin = (name: string, path: string): Ask => ({ name: `usage: ${name}`, path, as: "admin" });
  const own = (name: string, path: string): Ask => ({ name: `usage: ${name}, a tenant's admin`, path, as: "tenant" });
  return [
    ...["none", "tenant", "team", "key", "feature", "model", "provider", "outcome"].map((group) =>
      admin(`90 days by ${group}`, series(`group=${group}&${all}&top=8`)),
    ),
    admin("30 days by model, a table of 200", series(`group=key&${month}&top=200`)),
    admin("90 days by feature of one model", series(`group=feature&model=model-03&${all}`)),
    admin("90 days by key of one feature and provider", series(`group=key&feature=feature-07&provider=claude&${all}`)),
    admin("90 days by model of one outcome, team, provider", series(`group=model&outcome=finished&team=team-2&provider=local&${all}`)),
    admin(
      "90 days by tenant, five filters",
      series(`group=tenant&outcome=finished&team=team-2&provider=local&model=model-04&feature=feature-07&${all}`),
    ),
    admin("90 days of one tenant by key", series(`group=key&tenant=${tenant}&${all}`)),
    admin("90 days of one tenant by feature of a model", series(`group=feature&model=model-03&tenant=${tenant}&${all}`)),
    admin("bounds inside of hours, by team", series(`group=team&${odd}`)),
    admin("8 days by hour and model", series(`group=model&by=hour&from=${iso(endMs - 8 * DAY_MS)}&to=${iso(endMs)}`)),
    own("90 days by key", series(`group=key&${all}`)),
    own("90 days by feature of a model", series(`group=feature&model=model-03&${all}`)),
    admin("calls, all", `/admin/v1/usage?limit=50&${all}`),
    admin("calls of a model", `/admin/v1/usage?limit=50&model=model-03&${all}`),
    admin("calls of a feature", `/admin/v1/usage?limit=50&feature=feature-07&${all}`),
    admin("calls of a key and feature", `/admin/v1/usage?limit=50&key=${keyId}&feature=feature-07&${all}`),
    admin("calls of a feature that is none's", `/admin/v1/usage?limit=50&feature=nobody&${all}`),
    admin("calls that failed", `/admin/v1/usage?limit=50&outcome=failed&${all}`),
    admin("calls of 5 cents and more", `/admin/v1/usage?limit=50&costMinUsd=0.05&${all}`),
    admin("calls of a dollar and more (none)", `/admin/v1/usage?limit=50&costMinUsd=1&${all}`),
    admin("calls of a team, failed, bounds inside of hours", `/admin/v1/usage?limit=50&team=team-3&outcome=failed&${odd}`),
    own("calls of a model", `/admin/v1/usage?limit=50&model=model-03&${all}`),
    admin("budgets, platform", "/admin/v1/budgets"),
    admin("budgets of a tenant", `/admin/v1/budgets?tenant=${tenant}`),
    own("budgets", "/admin/v1/budgets"),
    admin("panel, 31 days", "/admin/v1/usage/panel"),
  ];
}
