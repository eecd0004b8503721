import type { Tx } from "./database.ts";

/** A row of `events`, but for its JSON body: what it can be found and summed by. Each value stands in the body too. */
export type EventColumns = {
  readonly tenantId: string;
  readonly createdAtMs: number;
  readonly requestId: string;
  readonly keyId: string;
  readonly outcome: string;
  readonly model: string | null;
  readonly provider: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costMicroUsd: number;
  readonly count: number;
};

/** Hashes are lower-case hex. */
export type EventRow = EventColumns & {
  readonly seq: number;
  readonly eventHash: string;
  readonly chainHash: string;
  readonly suspect: boolean;
  readonly body: string;
  /** For the rollups only. */
  readonly team: string;
  readonly feature: string;
};

/** The end of a tenant's chain. */
export type AuditHead = { readonly tenantId: string; readonly seq: number; readonly chainHash: string; readonly mac: string };

/** How far a journal is in the ledger. */
export type Mark = { readonly file: number; readonly offset: number };

type HeadRow = { tenant: string; seq: number; chain: string; mac: string };

const LOCK_HEADS = `SELECT tenant_id AS tenant, seq, encode(chain_hash, 'hex') AS chain, encode(mac, 'hex') AS mac
  FROM audit_heads WHERE tenant_id = ANY ($1::text[]) ORDER BY tenant_id FOR UPDATE`;

/**
 * Locks the chains of these tenants until the transaction ends, in the order of their ids, so that shippers do not deadlock. `toFirst`
 * makes the head of a chain without entries.
 */
export async function lockHeads(tx: Tx, tenantIds: readonly string[], toFirst: (tenantId: string) => AuditHead): Promise<AuditHead[]> {
  const wanted = tenantIds.toSorted();
  const heads = (await tx.query<HeadRow>(LOCK_HEADS, [wanted])).map(toHead);
  if (heads.length === wanted.length) return heads;
  const known = new Set(heads.map((head) => head.tenantId));
  const firsts = wanted.filter((id) => !known.has(id)).map(toFirst);
  await tx.query(
    `INSERT INTO audit_heads (tenant_id, seq, chain_hash, mac)
     SELECT "tenantId", seq, decode("chainHash", 'hex'), decode(mac, 'hex')
     FROM json_to_recordset($1::json) AS h ("tenantId" text, seq bigint, "chainHash" text, mac text) ORDER BY 1 ON CONFLICT DO NOTHING`,
    [JSON.stringify(firsts)],
  );
  return (await tx.query<HeadRow>(LOCK_HEADS, [wanted])).map(toHead);
}

const toHead = ({ tenant, seq, chain, mac }: HeadRow): AuditHead => ({ tenantId: tenant, seq, chainHash: chain, mac });

/**
 * Rows, sums of their hours, heads and the journal's mark in one statement, with the rows as one JSON text that the database takes
 * apart. The mark moves only from where the caller believes it to be.
 */
const APPEND = `
WITH given AS MATERIALIZED (
  SELECT e.*, to_timestamp("createdAtMs" / 1000.0) AS at
  FROM json_to_recordset($1::json) AS e ("tenantId" text, "createdAtMs" bigint, "requestId" text, "keyId" text, outcome text, model text,
    provider text, "inputTokens" bigint, "outputTokens" bigint, "cachedTokens" bigint, "costMicroUsd" bigint, count bigint, seq bigint,
    "eventHash" text, "chainHash" text, suspect boolean, body text, team text, feature text)
), inserted AS (
  INSERT INTO events (tenant_id, created_at, request_id, seq, key_id, outcome, model, provider, input_tokens, output_tokens, cached_tokens,
    cost_micro_usd, count, event_hash, chain_hash, suspect, body)
  SELECT "tenantId", at, "requestId", seq, "keyId", outcome, model, provider, "inputTokens", "outputTokens", "cachedTokens", "costMicroUsd",
    count, decode("eventHash", 'hex'), decode("chainHash", 'hex'), suspect, body
  FROM given ON CONFLICT DO NOTHING RETURNING 1
), summed AS (
  INSERT INTO usage_hours AS u (tenant_id, hour_at, key_id, outcome, model, provider, team, feature, calls, refused, input_tokens,
    output_tokens, cached_tokens, cost_micro_usd)
  SELECT "tenantId", date_trunc('hour', at, 'UTC'), "keyId", outcome, coalesce(model, ''), coalesce(provider, ''), team, feature,
    coalesce(sum(count) FILTER (WHERE outcome <> 'refused'), 0), coalesce(sum(count) FILTER (WHERE outcome = 'refused'), 0),
    sum("inputTokens"), sum("outputTokens"), sum("cachedTokens"), sum("costMicroUsd")
  FROM given GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (tenant_id, hour_at, key_id, outcome, model, provider, team, feature) DO UPDATE SET calls = u.calls + excluded.calls,
    refused = u.refused + excluded.refused, input_tokens = u.input_tokens + excluded.input_tokens,
    output_tokens = u.output_tokens + excluded.output_tokens, cached_tokens = u.cached_tokens + excluded.cached_tokens,
    cost_micro_usd = u.cost_micro_usd + excluded.cost_micro_usd
), headed AS (
  UPDATE audit_heads a SET seq = h.seq, chain_hash = decode(h."chainHash", 'hex'), mac = decode(h.mac, 'hex')
  FROM json_to_recordset($2::json) AS h ("tenantId" text, seq bigint, "chainHash" text, mac text) WHERE a.tenant_id = h."tenantId"
), marked AS (
  UPDATE journal_marks SET file = $6::bigint, position = $7::bigint, updated_at = now()
  WHERE process_id = $3 AND file = $4::bigint AND position = $5::bigint RETURNING 1
)
SELECT (SELECT count(*) FROM inserted) AS inserted, (SELECT count(*) FROM marked) AS marked`;

export type Append = {
  readonly rows: readonly EventRow[];
  /** Of every tenant that has a row here; locked by `lockHeads`. */
  readonly heads: readonly AuditHead[];
  readonly processId: string;
  readonly from: Mark;
  readonly to: Mark;
};

/**
 * `inserted` below the number of rows: some of them were in the ledger before. `marked` false: another process has shipped this part of
 * the journal. In both cases the caller must roll back.
 */
export async function appendEvents(tx: Tx, append: Append): Promise<{ readonly inserted: number; readonly marked: boolean }> {
  const { rows, heads, processId, from, to } = append;
  const marks = [processId, from.file, from.offset, to.file, to.offset];
  const [result] = await tx.query<{ inserted: number; marked: number }>(APPEND, [JSON.stringify(rows), JSON.stringify(heads), ...marks]);
  if (result === undefined) throw new Error("the ledger gave no answer");
  return { inserted: result.inserted, marked: result.marked === 1 };
}

/** Of these events, the request ids of those that the ledger holds already. */
export async function findShipped(tx: Tx, events: readonly EventColumns[]): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>(
    `SELECT e.request_id AS id FROM json_to_recordset($1::json) AS k ("tenantId" text, "createdAtMs" bigint, "requestId" text)
     CROSS JOIN LATERAL (SELECT request_id FROM events WHERE tenant_id = k."tenantId"
       AND created_at = to_timestamp(k."createdAtMs" / 1000.0) AND request_id = k."requestId" ORDER BY created_at LIMIT 1) e`,
    [JSON.stringify(events.map(({ tenantId, createdAtMs, requestId }) => ({ tenantId, createdAtMs, requestId })))],
  );
  return new Set(rows.map((row) => row.id));
}
