import type { TenantId } from "../kernel/ids.ts";
import { PAGE_DEFAULT } from "../kernel/limits.ts";
import { SCAN_MAX } from "./audit-search.ts";
import { type Database, type Param, tenantScope } from "./database.ts";

/** Somebody who signed in: a digest that stands for a person, or the admin key. */
export type PersonSeen = {
  readonly id: string;
  /** Of the latest sign-in. */
  readonly role: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly signIns: number;
};
export type PeopleAsk = {
  /** By what: a token of an issuer, or a key. */
  readonly means: "token" | "key";
  readonly search?: string | undefined;
  readonly after?: readonly [lastAtMs: number, id: string] | undefined;
  readonly limit?: number | undefined;
};
export type PeopleSeen = {
  readonly data: readonly PersonSeen[];
  readonly next: readonly [number, string] | undefined;
  /** Sign-ins before it are not looked at; undefined: all are. */
  readonly lookedFromMs: number | undefined;
};

/** Latest first, from the newest sign-ins of the chain; the bodies are read as text because one that was changed may not be JSON. */
export async function listPeople(db: Database, tenantId: TenantId, ask: PeopleAsk): Promise<PeopleSeen> {
  const { limit = PAGE_DEFAULT, after, means, search } = ask;
  const params: Param[] = [tenantId, SCAN_MAX, `"reason":"${means}"`];
  const put = (value: Param): string => `$${String(params.push(value))}`;
  const rest = [
    ...(search === undefined || search === "" ? [] : [`strpos(id, ${put(search.toLowerCase())}) > 0`]),
    ...(after === undefined ? [] : [`(last, id) < (${put(after[0])}::bigint, ${put(after[1])})`]),
  ];
  const rows = await db.query<{ id: string | null; role: string; first: number; last: number; count: number; from: number | null }>(
    tenantScope(tenantId),
    `WITH looked AS MATERIALIZED (
       SELECT seq, (extract(epoch FROM created_at) * 1000)::bigint AS at, body FROM decisions
       WHERE tenant_id = $1 AND category = 'sign-ins' ORDER BY seq DESC LIMIT $2::int),
     people AS (
       SELECT substring(body from '"actor":"([^"]+)"') AS id, (array_agg(substring(body from '"role":"([^"]+)"') ORDER BY seq DESC))[1] AS role,
         min(at) AS first, max(at) AS last, sum(coalesce(substring(body from '"count":([0-9]{1,12})')::bigint, 1))::bigint AS count
       FROM looked WHERE strpos(body, '"action":"sign-in","outcome":"granted"') > 0 AND strpos(body, $3) > 0 GROUP BY 1)
     (SELECT id, role, first, last, count, NULL::bigint AS "from" FROM people WHERE id IS NOT NULL${rest.map((one) => ` AND ${one}`).join("")}
      ORDER BY last DESC, id DESC LIMIT ${put(limit + 1)}::int)
     UNION ALL SELECT NULL, '', 0, 0, 0, min(at) FROM looked HAVING count(*) >= $2::int`,
    params,
  );
  const found = rows.flatMap(({ id, role, first, last, count }) =>
    id === null ? [] : [{ id, role, firstAtMs: first, lastAtMs: last, signIns: count }],
  );
  const data = found.slice(0, limit);
  const end = found.length > limit ? data.at(-1) : undefined;
  const lookedFromMs = rows.find(({ id }) => id === null)?.from ?? undefined;
  return { data, next: end === undefined ? undefined : [end.lastAtMs, end.id], lookedFromMs };
}
