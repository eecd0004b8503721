import type { Database, Scope } from "./database.ts";
import type { AuditHead, EventColumns } from "./events.ts";

/** A row of the ledger as it stands, for those who check it. Hashes are lower-case hex. */
export type LedgerRow = EventColumns & {
  readonly seq: number;
  readonly eventHash: string;
  readonly chainHash: string;
  readonly suspect: boolean;
  readonly body: string;
};

type RawRow = {
  tenant: string;
  /** With its microseconds, if somebody gave it any. */
  at: number;
  id: string;
  key: string;
  outcome: string;
  model: string | null;
  provider: string | null;
  input: number;
  output: number;
  cached: number;
  cost: number;
  count: number;
  seq: number;
  event: string;
  chain: string;
  suspect: boolean;
  body: string;
};

const COLUMNS = `tenant_id AS tenant, extract(epoch FROM created_at) * 1000 AS at, request_id AS id, key_id AS key, outcome, model, provider, input_tokens AS input,
  output_tokens AS output, cached_tokens AS cached, cost_micro_usd AS cost, count, seq, encode(event_hash, 'hex') AS event,
  encode(chain_hash, 'hex') AS chain, suspect, body`;

/** Entries of one tenant's chain after `afterSeq`, in order. Two entries of one number both come, also where the page is full with the first. */
export async function listChain(
  db: Database,
  scope: Scope,
  tenantId: string,
  page: { readonly afterSeq: number; readonly limit: number },
): Promise<readonly LedgerRow[]> {
  const rows = await db.query<RawRow>(
    scope,
    `SELECT ${COLUMNS} FROM events WHERE tenant_id = $1 AND seq > $2::bigint ORDER BY seq FETCH FIRST ($3::int) ROWS WITH TIES`,
    [tenantId, page.afterSeq, page.limit],
  );
  return rows.map(toRow);
}

/** Entries of these numbers, in order. */
export async function listEntries(db: Database, scope: Scope, tenantId: string, seqs: readonly number[]): Promise<readonly LedgerRow[]> {
  if (seqs.length === 0) return [];
  const rows = await db.query<RawRow>(
    scope,
    `SELECT ${COLUMNS} FROM events WHERE tenant_id = $1 AND seq = ANY($2::bigint[]) ORDER BY seq, request_id`,
    [tenantId, seqs],
  );
  return rows.map(toRow);
}

/** Sums over a tenant, by the rows or by the hours. */
export type LedgerSums = {
  readonly entries: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
};

/** The end of a chain and what its hours add up to, at one moment. `last` is the highest number that any row has. */
export type ChainEnd = { readonly head: AuditHead | undefined; readonly last: number; readonly hours: LedgerSums };

export async function readChainEnd(db: Database, scope: Scope, tenantId: string): Promise<ChainEnd> {
  const [row] = await db.query<{
    seq: number | null;
    chain: string | null;
    mac: string | null;
    last: number;
    entries: number;
    input: number;
    output: number;
    cost: number;
  }>(
    scope,
    `SELECT h.seq, encode(h.chain_hash, 'hex') AS chain, encode(h.mac, 'hex') AS mac,
       coalesce((SELECT seq FROM events WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1), 0) AS last,
       u.entries, u.input, u.output, u.cost
     FROM (SELECT coalesce(sum(calls + refused), 0)::bigint AS entries, coalesce(sum(input_tokens), 0)::bigint AS input,
             coalesce(sum(output_tokens), 0)::bigint AS output, coalesce(sum(cost_micro_usd), 0)::bigint AS cost
           FROM usage_hours WHERE tenant_id = $1) u
     LEFT JOIN audit_heads h ON h.tenant_id = $1`,
    [tenantId],
  );
  if (row === undefined) throw new Error("the ledger gave no answer");
  const { seq, chain, mac, last, entries, input, output, cost } = row;
  const head = seq === null || chain === null || mac === null ? undefined : { tenantId, seq, chainHash: chain, mac };
  return { head, last, hours: { entries, inputTokens: input, outputTokens: output, costMicroUsd: cost } };
}

/** The event of one request, looked for around the time that its id carries. */
export async function findEvent(
  db: Database,
  scope: Scope,
  tenantId: string,
  asked: { readonly requestId: string; readonly from: Date; readonly to: Date },
): Promise<LedgerRow | undefined> {
  const [row] = await db.query<RawRow>(
    scope,
    `SELECT ${COLUMNS} FROM events WHERE tenant_id = $1 AND created_at BETWEEN $2::timestamptz AND $3::timestamptz AND request_id = $4
     ORDER BY created_at LIMIT 1`,
    [tenantId, asked.from, asked.to, asked.requestId],
  );
  return row === undefined ? undefined : toRow(row);
}

function toRow(row: RawRow): LedgerRow {
  return {
    tenantId: row.tenant,
    createdAtMs: row.at,
    requestId: row.id,
    keyId: row.key,
    outcome: row.outcome,
    model: row.model,
    provider: row.provider,
    inputTokens: row.input,
    outputTokens: row.output,
    cachedTokens: row.cached,
    costMicroUsd: row.cost,
    count: row.count,
    seq: row.seq,
    eventHash: row.event,
    chainHash: row.chain,
    suspect: row.suspect,
    body: row.body,
  };
}
