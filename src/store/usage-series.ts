import type { Database, Scope } from "./database.ts";
import { SUMMED, sumsTable, toTotals, type SumRow, type SumsAsk, type UsageTotals } from "./usage-sums.ts";

export type UsageBucket = "hour" | "day";
export type UsageOrder = "cost" | "calls" | "tokens";

/** One value in one bucket, or in the span before. `value` is null for all that are not at the top, together. */
export type SeriesRow = UsageTotals & {
  readonly place: number;
  readonly value: string | null;
  /** Start of its hour or day, epoch milliseconds; undefined: the whole span before. */
  readonly atMs: number | undefined;
  /** How many values there are in all. */
  readonly values: number;
};

export type SeriesAsk = Omit<SumsAsk, "group"> & {
  readonly group: SumsAsk["group"] | "tenant" | "none";
  readonly bucket: UsageBucket;
  /** The values that are told each for itself. */
  readonly top: number;
  readonly order: UsageOrder;
};

const ORDERS: Readonly<Record<UsageOrder, string>> = {
  cost: "sum(cost)",
  calls: "sum(calls)",
  tokens: "sum(input) + sum(output)",
};

/** In the order of their places, then of time. What was only in the span before is among the others. */
export async function listSeries(db: Database, scope: Scope, ask: SeriesAsk): Promise<readonly SeriesRow[]> {
  const { group, bucket, top, order } = ask;
  const table = sumsTable({ ...ask, group: group === "tenant" || group === "none" ? undefined : group });
  const value = group === "tenant" ? "u.tenant_id" : "u.value";
  const at = bucket === "hour" ? "u.at" : "date_trunc('day', u.at, 'UTC')";
  const rows = await db.query<SumRow & { place: number; value: string | null; at: number | null; count: number }>(
    scope,
    `WITH cells AS MATERIALIZED (
       SELECT ${value} AS value, CASE WHEN u.recent THEN ${at} END AS at, ${SUMMED} FROM (${table.text}) u GROUP BY 1, 2
     ), ranked AS MATERIALIZED (
       SELECT value, row_number() OVER (ORDER BY ${ORDERS[order]} DESC, sum(calls) + sum(refused) DESC, value) AS place FROM cells WHERE at IS NOT NULL GROUP BY value
     )
     SELECT p.place, min(coalesce(t.slug, p.value)) AS value, extract(epoch FROM p.at) * 1000 AS at, ${SUMMED},
       (SELECT count(*) FROM ranked) AS count
     FROM (SELECT CASE WHEN r.place <= ${String(top)} THEN r.place ELSE ${String(top + 1)} END AS place,
         CASE WHEN r.place <= ${String(top)} THEN c.value END AS value, c.at, c.calls, c.refused, c.input, c.output, c.cached, c.cost
       FROM cells c LEFT JOIN ranked r USING (value)) p
     LEFT JOIN tenants t ON ${group === "tenant" ? "t.id = p.value" : "false"}
     GROUP BY p.place, p.at ORDER BY p.place, p.at`,
    table.params,
  );
  return rows.map((row) => ({ place: row.place, value: row.value, atMs: row.at ?? undefined, values: row.count, ...toTotals(row) }));
}

/** Every value of every bucket of the spans, oldest first: for a span short enough that all of them are held at once. */
export async function listCells(
  db: Database,
  scope: Scope,
  ask: Omit<SeriesAsk, "top" | "order">,
): Promise<readonly (UsageTotals & { readonly atMs: number; readonly value: string })[]> {
  const { group, bucket } = ask;
  const table = sumsTable({ ...ask, group: group === "tenant" || group === "none" ? undefined : group });
  const at = bucket === "hour" ? "u.at" : "date_trunc('day', u.at, 'UTC')";
  const rows = await db.query<SumRow & { value: string; at: number }>(
    scope,
    `SELECT ${group === "tenant" ? "coalesce(min(t.slug), u.tenant_id)" : "u.value"} AS value, extract(epoch FROM ${at}) * 1000 AS at, ${SUMMED}
     FROM (${table.text}) u LEFT JOIN tenants t ON ${group === "tenant" ? "t.id = u.tenant_id" : "false"}
     GROUP BY ${group === "tenant" ? "u.tenant_id" : "u.value"}, ${at} ORDER BY ${at}, 1`,
    table.params,
  );
  return rows.map((row) => ({ atMs: row.at, value: row.value, ...toTotals(row) }));
}
