import { idTimeMs, requestIds, type TenantId } from "../kernel/ids.ts";
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

/** Numbers in the order of the asking, of calls asked for by time in that order. `scannedTo`: the look ended there, and what lies beyond it is unknown. */
export type FoundSeqs = { readonly seqs: readonly number[]; readonly scannedTo: number | undefined };

/** Entries that one look reads: some 50 ms of the embedded database, which answers nobody else meanwhile. */
export const SCAN_MAX = 10_000;
/** A call is entered with the time that its id carries, a refusal with the start of its minute; clocks are set. */
const AROUND_MS = 600_000;

/**
 * Which entries of a chain fit. What stands in a body is found as text (`"actor":"key_…"`), because a body that somebody changed may
 * not be JSON any more; within a string of JSON the quotes would be escaped, so nothing else looks like it.
 */
export async function findSeqs(db: Database, tenantId: TenantId, chain: ChainName, filter: AuditFilter, ask: SeqAsk): Promise<FoundSeqs> {
  const span = spanOf(chain, filter);
  const place = span === undefined || ask.bound === undefined ? undefined : await findPlace(db, tenantId, ask.bound);
  // The entry that the page before ended with is gone, and all before it.
  if (span !== undefined && ask.bound !== undefined && place === undefined) return { seqs: [], scannedTo: undefined };
  const toScan = () => createScan({ tenantId, chain, filter, ask, span, place });
  const scan = toScan();
  const { params, put } = scan;
  const inside = listInside(chain, filter, put);
  const isPlain = inside.length === 0;
  const rows = await db.query<{ seq: number }>(
    tenantScope(tenantId),
    isPlain
      ? `SELECT seq FROM ${scan.from} LIMIT ${put(ask.limit)}::int`
      : `SELECT seq FROM (SELECT seq, (${inside.join(" AND ")}) AS hit FROM ${scan.from} LIMIT ${put(SCAN_MAX)}::int) scanned
         WHERE hit LIMIT ${put(ask.limit)}::int`,
    params,
  );
  const seqs = [...new Set(rows.map(({ seq }) => seq))];
  if (isPlain || rows.length >= ask.limit) return { seqs, scannedTo: undefined };
  const end = toScan();
  const [last] = await db.query<{ seq: number | null }>(
    tenantScope(tenantId),
    `SELECT seq FROM ${end.from} OFFSET ${end.put(SCAN_MAX - 1)}::int LIMIT 1`,
    end.params,
  );
  return { seqs, scannedTo: last?.seq ?? undefined };
}

type Span = { readonly fromMs: number; readonly toMs: number };
type Place = { readonly at: Date; readonly id: string };
const LAST_MS = Date.UTC(9999, 0, 1);

/** Of calls that are asked for by time: these come in the order of time, which an index has. undefined: in the chain's own order. */
function spanOf(chain: ChainName, { fromMs, toMs, requestId }: AuditFilter): Span | undefined {
  const at = requestId !== undefined && requestIds.is(requestId) ? idTimeMs(requestId) : undefined;
  if (chain !== "calls" || (fromMs === undefined && toMs === undefined && at === undefined)) return undefined;
  const around = at === undefined ? { fromMs: 0, toMs: LAST_MS } : { fromMs: at - AROUND_MS, toMs: at + AROUND_MS };
  return { fromMs: Math.max(around.fromMs, fromMs ?? 0), toMs: Math.min(around.toMs, toMs ?? LAST_MS) };
}

async function findPlace(db: Database, tenantId: TenantId, seq: number): Promise<Place | undefined> {
  const [row] = await db.query<Place>(
    tenantScope(tenantId),
    "SELECT created_at AS at, request_id AS id FROM events WHERE tenant_id = $1 AND seq = $2::bigint ORDER BY request_id LIMIT 1",
    [tenantId, seq],
  );
  return row;
}

type ScanOf = {
  readonly tenantId: TenantId;
  readonly chain: ChainName;
  readonly filter: AuditFilter;
  readonly ask: SeqAsk;
  readonly span: Span | undefined;
  readonly place: Place | undefined;
};

/** What is read, in its order. */
function createScan({ tenantId, chain, filter: { category }, ask, span, place }: ScanOf) {
  const params: Param[] = [tenantId];
  const put = (value: Param): string => `$${String(params.push(value))}`;
  const [beyond, direction] = ask.up ? [">", "ASC"] : ["<", "DESC"];
  const where = ["tenant_id = $1"];
  if (chain === "decisions" && category !== undefined) where.push(`category = ${put(category)}`);
  if (span === undefined) {
    if (ask.bound !== undefined) where.push(`seq ${beyond} ${put(ask.bound)}::bigint`);
    return { params, put, from: `${tableOf(chain)} WHERE ${where.join(" AND ")} ORDER BY seq ${direction}` };
  }
  where.push(`created_at >= ${put(new Date(span.fromMs))}::timestamptz`, `created_at < ${put(new Date(span.toMs))}::timestamptz`);
  if (place !== undefined) where.push(`(created_at, request_id) ${beyond} (${put(place.at)}::timestamptz, ${put(place.id)})`);
  return { params, put, from: `events WHERE ${where.join(" AND ")} ORDER BY created_at ${direction}, request_id ${direction}` };
}

const tableOf = (chain: ChainName): string => (chain === "calls" ? "events" : "decisions");

/** What each row that is read is asked. */
function listInside(chain: ChainName, filter: AuditFilter, put: (value: Param) => string): string[] {
  const { actor, action, outcome, requestId, fromMs, toMs } = filter;
  const says = (name: string, value: string): string => `strpos(body, ${put(`${JSON.stringify(name)}:${JSON.stringify(value)}`)}) > 0`;
  const about = (column: string, name: string, value: string | undefined): string[] => {
    if (value === undefined) return [];
    return [chain === "calls" ? `${column} = ${put(value)}` : says(name, value)];
  };
  return [
    ...(chain === "calls" || fromMs === undefined ? [] : [`created_at >= ${put(new Date(fromMs))}::timestamptz`]),
    ...(chain === "calls" || toMs === undefined ? [] : [`created_at < ${put(new Date(toMs))}::timestamptz`]),
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
