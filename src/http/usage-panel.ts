import { z } from "zod";
import { usagePanelQuery } from "../contract/usage-panel.ts";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";
import { momentOf } from "./usage-filter.ts";

export type PanelRow = {
  readonly day: string;
  readonly tenant: string;
  readonly model: string;
  readonly provider: string;
  readonly calls: number;
  readonly refused: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costMicroUsd: number;
};
export type PanelRead = (ask: {
  readonly tenant: string | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}) => Promise<readonly PanelRow[]>;

const count = z.int().min(0);
const sums = { calls: count, refused: count, inputTokens: count, outputTokens: count, cachedTokens: count, costMicroUsd: count };
const panel = z.object({
  from: z.string(),
  to: z.string(),
  tenants: z.array(z.object({ tenant: z.string(), ...sums })),
  days: z.array(z.object({ day: z.string(), tenant: z.string(), model: z.string(), provider: z.string(), ...sums })),
});

const DAY_MS = 86_400_000;
/** As long as a budget's month. */
const DAYS_DEFAULT = 31;

/**
 * Tokens and cost of each tenant by day and model, from the ledger's hourly sums: what `/metrics` does not tell, because a tenant is no label there.
 * Bounds count by whole hours.
 */
export function usagePanel(read: PanelRead): Endpoint {
  const endpoint = platformEndpoint("GET", "/admin/v1/usage/panel", "usage.read", async ({ query, who, startedAtMs }) => {
    const { tenant, from, to } = readQuery(query, usagePanelQuery);
    const toMs = momentOf("to", to) ?? startedAtMs;
    const fromMs = momentOf("from", from) ?? toMs - DAYS_DEFAULT * DAY_MS;
    const days = await read({ tenant: who.kind === "tenant" ? who.tenant.slug : tenant, fromMs, toMs });
    return Response.json({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), tenants: byTenant(days), days });
  });
  return noted(endpoint, {
    summary: "Tokens and cost by tenant, day and model",
    description: "Of the last 31 days unless told; `tenants` has the sums, most tokens first. A tenant's own key sees its own tenant.",
    query: usagePanelQuery,
    answer: panel,
  });
}

type TenantSums = Omit<PanelRow, "day" | "model" | "provider">;

function byTenant(rows: readonly PanelRow[]): TenantSums[] {
  const found = new Map<string, TenantSums>();
  for (const { day: _day, model: _model, provider: _provider, ...row } of rows) {
    const sum = found.get(row.tenant);
    found.set(row.tenant, sum === undefined ? row : add(sum, row));
  }
  return [...found.values()].toSorted((a, b) => b.inputTokens + b.outputTokens - (a.inputTokens + a.outputTokens));
}

const add = (a: TenantSums, b: TenantSums): TenantSums => ({
  tenant: a.tenant,
  calls: a.calls + b.calls,
  refused: a.refused + b.refused,
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cachedTokens: a.cachedTokens + b.cachedTokens,
  costMicroUsd: a.costMicroUsd + b.costMicroUsd,
});
