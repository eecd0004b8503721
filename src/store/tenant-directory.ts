import type { TenantProfile } from "../domain/principal.ts";
import { type Database, OPERATOR, type Param } from "./database.ts";
import { PAGE_DEFAULT } from "../kernel/limits.ts";
import { sumsTable } from "./usage-sums.ts";
import { TENANT_COLUMNS, toTenantProfile, type TenantRow } from "./tenants.ts";

export const TENANT_ORDERS = ["created", "name", "slug", "cost", "calls"] as const;
export type TenantOrder = (typeof TENANT_ORDERS)[number];

/** What was used since a moment. */
export type UsedSums = { readonly calls: number; readonly refused: number; readonly costMicroUsd: number };
export type TenantListed = TenantProfile & { readonly createdAtMs: number; readonly used: UsedSums };

export type TenantsAsk = {
  /** Part of a name or slug, in whatever case. */
  readonly search?: string | undefined;
  readonly order: TenantOrder;
  readonly down: boolean;
  /** Usage between the two, epoch milliseconds. */
  readonly usedFromMs: number;
  readonly nowMs: number;
  /** Value and id of the last tenant of the page before. */
  readonly after?: readonly [value: string | number, id: string] | undefined;
  readonly limit?: number | undefined;
};

const VALUES = {
  created: "t.id",
  name: "lower(t.name)",
  slug: "t.slug",
  cost: "coalesce(u.cost, 0)",
  calls: "coalesce(u.calls, 0)",
} as const;

type Row = TenantRow & { created_at: Date; calls: number | null; refused: number | null; cost: number | null; value: string | number };
type Listed = { readonly data: readonly TenantListed[]; readonly next: readonly [string | number, string] | undefined };

/** One page of tenants with what they used, from the sums of days and hours. */
export async function listTenantsUsed(db: Database, ask: TenantsAsk): Promise<Listed> {
  const { order, after, limit = PAGE_DEFAULT } = ask;
  const spans = [{ fromMs: ask.usedFromMs, toMs: ask.nowMs, recent: true }];
  const sums = sumsTable({ tenantId: undefined, spans, words: {}, group: undefined, byHour: false });
  const params: Param[] = [...sums.params];
  const put = (value: Param): string => `$${String(params.push(value))}`;
  const where = ["t.deleted_at IS NULL"];
  if (ask.search !== undefined && ask.search !== "") {
    const part = put(ask.search.toLowerCase());
    where.push(`(strpos(lower(t.name), ${part}) > 0 OR strpos(t.slug, ${part}) > 0)`);
  }
  const value = VALUES[order];
  const direction = ask.down ? "DESC" : "ASC";
  const type = order === "cost" || order === "calls" ? "bigint" : "text";
  if (after !== undefined) where.push(`(${value}, t.id) ${ask.down ? "<" : ">"} (${put(after[0])}::${type}, ${put(after[1])})`);
  const columns = TENANT_COLUMNS.split(", ")
    .map((name) => `t.${name}`)
    .join(", ");
  const rows = await db.query<Row>(
    OPERATOR,
    `SELECT ${columns}, t.created_at, ${value} AS value, u.calls, u.refused, u.cost FROM tenants t LEFT JOIN (
       SELECT tenant_id, sum(calls)::bigint AS calls, sum(refused)::bigint AS refused, sum(cost)::bigint AS cost FROM (${sums.text}) s GROUP BY tenant_id
     ) u ON u.tenant_id = t.id
     WHERE ${where.join(" AND ")} ORDER BY ${value} ${direction}, t.id ${direction} LIMIT ${put(limit + 1)}::int`,
    params,
  );
  const read = rows.slice(0, limit);
  const last = rows.length > limit ? read.at(-1) : undefined;
  return { data: read.map(toListed), next: last === undefined ? undefined : [last.value, last.id] };
}

const toListed = ({ created_at, calls, refused, cost, ...row }: Row): TenantListed => ({
  ...toTenantProfile(row),
  createdAtMs: created_at.getTime(),
  used: { calls: calls ?? 0, refused: refused ?? 0, costMicroUsd: cost ?? 0 },
});
