import type { FindingType } from "../domain/finding.ts";
import type { GuardOutcome } from "../domain/guard-event.ts";
import type { Database, Scope } from "./database.ts";

/** Half open: from `fromMs` on, before `toMs`. Without a tenant, all of them. */
export type GuardEventsFilter = { readonly tenantId: string | undefined; readonly fromMs: number; readonly toMs: number };
export type GuardEventsCursor = { readonly createdAtMs: number; readonly requestId: string; readonly rule: string };

/** What one rule found or did in one call; of refusals, those of one key, rule and minute. `tenant` is the slug, or the id of a tenant that is gone. */
export type GuardEventRow = {
  readonly tenant: string;
  readonly createdAtMs: number;
  readonly requestId: string;
  readonly rule: string;
  readonly keyId: string;
  readonly outcome: GuardOutcome;
  readonly count: number;
  readonly types: Readonly<Partial<Record<FindingType, number>>> | null;
  readonly score: number | null;
};

export type GuardEventsPage = { readonly rule: string | undefined; readonly before: GuardEventsCursor | undefined; readonly limit: number };

const COLUMNS = "tenant_id, created_at, request_id, rule, key_id, outcome, count, types, score";
/** Two texts: with the rule the index by rule has all that is asked, and a rule that is rare is found as fast as any. */
const listText = (ofRule: string): string => `
  SELECT coalesce(t.slug, e.tenant_id) AS tenant, extract(epoch FROM e.created_at) * 1000 AS "createdAtMs", e.request_id AS "requestId", e.rule,
    e.key_id AS "keyId", e.outcome, e.count, e.types, e.score
  FROM audit_heads h
  CROSS JOIN LATERAL (
    SELECT ${COLUMNS} FROM guard_events WHERE tenant_id = h.tenant_id ${ofRule}
      AND created_at >= $2::timestamptz AND created_at < $3::timestamptz
      AND ($4::timestamptz IS NULL OR (created_at, request_id, rule) < ($4::timestamptz, $5::text, $6::text))
    ORDER BY created_at DESC, request_id DESC, rule DESC LIMIT $7::int) e
  LEFT JOIN tenants t ON t.id = e.tenant_id
  WHERE $1::text IS NULL OR h.tenant_id = $1
  ORDER BY e.created_at DESC, e.request_id DESC, e.rule DESC LIMIT $7::int`;
const LIST = listText("");
const LIST_OF_RULE = listText("AND rule = $8::text");

/** Newest first. */
export async function listGuardEvents(
  db: Database,
  scope: Scope,
  filter: GuardEventsFilter,
  { rule, before, limit }: GuardEventsPage,
): Promise<readonly GuardEventRow[]> {
  const toMs = Math.min(filter.toMs, (before?.createdAtMs ?? filter.toMs) + 1);
  const after = before === undefined ? [null, null, null] : [new Date(before.createdAtMs), before.requestId, before.rule];
  const params = [filter.tenantId ?? null, new Date(filter.fromMs), new Date(toMs), ...after, limit];
  if (rule === undefined) return await db.query<GuardEventRow>(scope, LIST, params);
  return await db.query<GuardEventRow>(scope, LIST_OF_RULE, [...params, rule]);
}

export type GuardDay = { readonly day: string; readonly rule: string; readonly outcome: GuardOutcome; readonly calls: number };

/** By day (UTC), rule and outcome, from the sums of hours: the bounds count by whole hours. */
export async function sumGuardDays(db: Database, scope: Scope, filter: GuardEventsFilter): Promise<readonly GuardDay[]> {
  return await db.query<GuardDay>(
    scope,
    // Days are written out once a group, not once an hour.
    `SELECT to_char(day, 'YYYY-MM-DD') AS day, rule, outcome, calls FROM (
       SELECT (hour_at AT TIME ZONE 'UTC')::date AS day, rule, outcome, sum(calls)::bigint AS calls FROM guard_hours
       WHERE hour_at >= $2::timestamptz AND hour_at < $3::timestamptz AND ($1::text IS NULL OR tenant_id = $1)
       GROUP BY 1, 2, 3) d
     ORDER BY 1, 2, 3`,
    [filter.tenantId ?? null, new Date(filter.fromMs), new Date(filter.toMs)],
  );
}
