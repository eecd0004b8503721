import type { TenantId } from "../kernel/ids.ts";
import { PAGE_DEFAULT } from "../kernel/limits.ts";
import { type Database, type Param, tenantScope } from "./database.ts";
import { KEY_COLUMNS, type KeyRecord, type KeyRow, toKeyRecord } from "./keys.ts";
import type { UsedSums } from "./tenant-directory.ts";
import { sumsTable } from "./usage-sums.ts";

/** What a key is at a moment; of several that hold, the first. `expiring`: within a week. */
export const KEY_STATES = ["revoked", "expired", "suspended", "expiring", "active"] as const;
export type KeyState = (typeof KEY_STATES)[number];
export const KEY_ORDERS = ["created", "name", "cost", "last-used"] as const;
export type KeyOrder = (typeof KEY_ORDERS)[number];

export type KeyListed = KeyRecord & {
  readonly state: KeyState;
  readonly used: UsedSums;
  /** Start of the hour of its last call, or of the day where the day is summed up, within the time that is looked through. */
  readonly lastUsedAtMs: number | undefined;
};
export type KeysAsk = {
  readonly nowMs: number;
  /** Of the sums. */
  readonly usedFromMs: number;
  /** Calls before it do not count as the last one. */
  readonly lookFromMs: number;
  readonly id?: string | undefined;
  /** Part of a name, an id, a team or the key's first characters, in whatever case. */
  readonly search?: string | undefined;
  readonly state?: KeyState | undefined;
  readonly order: KeyOrder;
  readonly down: boolean;
  readonly after?: readonly [value: string | number, id: string] | undefined;
  readonly limit?: number | undefined;
};

const VALUES = { created: "k.id", name: "lower(k.name)", cost: "coalesce(u.cost, 0)", "last-used": "coalesce(u.last, 0)" } as const;

type Row = KeyRow & {
  state: KeyState;
  calls: number | null;
  refused: number | null;
  cost: number | null;
  last: number | null;
  value: string | number;
};
type Listed = { readonly data: readonly KeyListed[]; readonly next: readonly [string | number, string] | undefined };

const stateAt = (now: string): string =>
  `CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= ${now}::timestamptz THEN 'expired'
     WHEN k.suspended_at IS NOT NULL THEN 'suspended' WHEN k.expires_at <= ${now}::timestamptz + interval '7 days' THEN 'expiring' ELSE 'active' END`;

/** One page of a tenant's keys with what they used, from the sums of days and hours. */
export async function listKeysUsed(db: Database, tenantId: TenantId, ask: KeysAsk): Promise<Listed> {
  const { after, limit = PAGE_DEFAULT } = ask;
  const spans = [
    { fromMs: ask.lookFromMs, toMs: ask.usedFromMs, recent: false },
    { fromMs: ask.usedFromMs, toMs: ask.nowMs, recent: true },
  ];
  const sums = sumsTable({ tenantId, spans, words: {}, group: "key", byHour: false });
  const params: Param[] = [...sums.params];
  const put = (value: Param): string => `$${String(params.push(value))}`;
  const state = stateAt(put(new Date(ask.nowMs)));
  const where = ["k.tenant_id = $1"];
  if (ask.id !== undefined) where.push(`k.id = ${put(ask.id)}`);
  if (ask.search !== undefined && ask.search !== "") {
    const part = put(ask.search.toLowerCase());
    where.push(`strpos(lower(concat_ws(' ', k.name, k.id, k.prefix, k.team)), ${part}) > 0`);
  }
  if (ask.state !== undefined) where.push(`${state} = ${put(ask.state)}`);
  const value = VALUES[ask.order];
  const type = ask.order === "cost" || ask.order === "last-used" ? "bigint" : "text";
  const direction = ask.down ? "DESC" : "ASC";
  if (after !== undefined) where.push(`(${value}, k.id) ${ask.down ? "<" : ">"} (${put(after[0])}::${type}, ${put(after[1])})`);
  const rows = await db.query<Row>(
    tenantScope(tenantId),
    `SELECT k.${KEY_COLUMNS.replaceAll(", ", ", k.")}, ${state} AS state, ${value} AS value, u.calls, u.refused, u.cost, u.last
     FROM api_keys k LEFT JOIN (
       SELECT value AS key_id, (extract(epoch FROM max(at)) * 1000)::bigint AS last, sum(calls) FILTER (WHERE recent)::bigint AS calls,
         sum(refused) FILTER (WHERE recent)::bigint AS refused, sum(cost) FILTER (WHERE recent)::bigint AS cost
       FROM (${sums.text}) s GROUP BY value) u ON u.key_id = k.id
     WHERE ${where.join(" AND ")} ORDER BY ${value} ${direction}, k.id ${direction} LIMIT ${put(limit + 1)}::int`,
    params,
  );
  const read = rows.slice(0, limit);
  const last = rows.length > limit ? read.at(-1) : undefined;
  return { data: read.map(toListed), next: last === undefined ? undefined : [last.value, last.id] };
}

const toListed = (row: Row): KeyListed => ({
  ...toKeyRecord(row),
  state: row.state,
  used: { calls: row.calls ?? 0, refused: row.refused ?? 0, costMicroUsd: row.cost ?? 0 },
  lastUsedAtMs: row.last ?? undefined,
});
