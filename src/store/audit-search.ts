import type { TenantId } from "../kernel/ids.ts";
import { type Database, type Param, tenantScope } from "./database.ts";
import type { DecisionCategory } from "./decisions.ts";

/** The two chains of a tenant: its calls, and all that was decided beside them. */
export type ChainName = "calls" | "decisions";

/** Entries that fit all of what is named. Times are epoch milliseconds, `fromMs` inclusive, `toMs` exclusive. */
export type AuditFilter = {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** A key's id, a token holder's digest, `admin-key`, `server`. */
  readonly actor?: string | undefined;
  /** Of a decision its word; of a call its operation. */
  readonly action?: string | undefined;
  readonly outcome?: string | undefined;
  readonly requestId?: string | undefined;
  /** Of decisions. */
  readonly category?: DecisionCategory | undefined;
};

/** Where to look from: `up` finds numbers above `bound`, the lowest first; otherwise numbers below it, the highest first. */
export type SeqAsk = { readonly up: boolean; readonly bound: number | undefined; readonly limit: number };

/** Numbers in the order of the asking. `scannedTo`: the look ended there, and what lies beyond it is unknown. */
export type FoundSeqs = { readonly seqs: readonly number[]; readonly scannedTo: number | undefined };

/** Entries that one statement looks at: some 50 ms of the embedded database, which answers nobody else meanwhile. */
export const SCAN_MAX = 20_000;

/**
 * Which entries of a chain fit. What stands in a body is found as text (`"actor":"key_…"`), because a body that somebody changed may
 * not be JSON any more; within a string of JSON the quotes would be escaped, so nothing else looks like it.
 */
export async function findSeqs(db: Database, tenantId: TenantId, chain: ChainName, filter: AuditFilter, ask: SeqAsk): Promise<FoundSeqs> {
  const params: Param[] = [tenantId];
  const put = (value: Param): string => `$${String(params.push(value))}`;
  const inside = listInside(chain, filter, put);
  const where = [
    ...listColumns(chain, filter, put),
    ...(ask.bound === undefined ? [] : [`seq ${ask.up ? ">" : "<"} ${put(ask.bound)}::bigint`]),
  ];
  const direction = ask.up ? "ASC" : "DESC";
  const scan = inside.length === 0 ? ask.limit : SCAN_MAX;
  const rows = await db.query<{ seq: number; hit: boolean }>(
    tenantScope(tenantId),
    `WITH scanned AS MATERIALIZED (
       SELECT seq, (${inside.length === 0 ? "true" : inside.join(" AND ")}) AS hit FROM ${tableOf(chain)}
       WHERE tenant_id = $1${where.map((one) => ` AND ${one}`).join("")} ORDER BY seq ${direction} LIMIT ${put(scan)}::int)
     (SELECT seq, true AS hit FROM scanned WHERE hit ORDER BY seq ${direction} LIMIT ${put(ask.limit)}::int)
     UNION ALL SELECT ${ask.up ? "max" : "min"}(seq), false FROM scanned HAVING count(*) >= ${put(scan)}::int`,
    params,
  );
  const seqs = rows.filter(({ hit }) => hit).map(({ seq }) => seq);
  return { seqs: [...new Set(seqs)], scannedTo: rows.find(({ hit }) => !hit)?.seq };
}

const tableOf = (chain: ChainName): string => (chain === "calls" ? "events" : "decisions");

/** A request's event is written around the time that its id carries; a refusal's at the start of its minute. */
function listColumns(chain: ChainName, { fromMs, toMs, category }: AuditFilter, put: (value: Param) => string): string[] {
  return [
    ...(fromMs === undefined ? [] : [`created_at >= ${put(new Date(fromMs))}::timestamptz`]),
    ...(toMs === undefined ? [] : [`created_at < ${put(new Date(toMs))}::timestamptz`]),
    ...(chain === "calls" || category === undefined ? [] : [`category = ${put(category)}`]),
  ];
}

function listInside(chain: ChainName, { actor, action, outcome, requestId }: AuditFilter, put: (value: Param) => string): string[] {
  const says = (name: string, value: string): string => `strpos(body, ${put(`${JSON.stringify(name)}:${JSON.stringify(value)}`)}) > 0`;
  const about = (column: string, name: string, value: string | undefined): string[] => {
    if (value === undefined) return [];
    return [chain === "calls" ? `${column} = ${put(value)}` : says(name, value)];
  };
  return [
    ...about("key_id", "actor", actor),
    ...about("outcome", "outcome", outcome),
    ...about("request_id", "requestId", requestId),
    ...(action === undefined
      ? []
      : [chain === "calls" && action === "chat" ? IS_CHAT : says(chain === "calls" ? "operation" : "action", action)]),
  ];
}

/** The body of a chat names no operation. */
const IS_CHAT = `(strpos(body, '"operation":') = 0 AND strpos(body, '"type":"call"') > 0)`;

/** Hashes of entries by their number: what stands before others. */
export async function findChainHashes(
  db: Database,
  tenantId: TenantId,
  chain: ChainName,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (seqs.length === 0) return new Map();
  const rows = await db.query<{ seq: number; hash: string }>(
    tenantScope(tenantId),
    `SELECT seq, encode(chain_hash, 'hex') AS hash FROM ${tableOf(chain)} WHERE tenant_id = $1 AND seq = ANY($2::bigint[])`,
    [tenantId, seqs],
  );
  return new Map(rows.map(({ seq, hash }) => [seq, hash]));
}

/** Where a chain ends, as the database says; undefined: nothing was entered yet. */
export async function findChainHead(
  db: Database,
  tenantId: TenantId,
  chain: ChainName,
): Promise<{ readonly seq: number; readonly hash: string } | undefined> {
  const [row] = await db.query<{ seq: number; hash: string }>(
    tenantScope(tenantId),
    `SELECT seq, encode(chain_hash, 'hex') AS hash FROM ${chain === "calls" ? "audit_heads" : "decision_heads"} WHERE tenant_id = $1`,
    [tenantId],
  );
  return row;
}
