import { type Database, LEDGER, type Param, type Statement, type Tx } from "./database.ts";

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

/** What the rollups add up by, besides columns. */
export type EventGroup = EventColumns & { readonly team: string; readonly feature: string };

/** Hashes are lower-case hex. */
export type EventRow = {
  readonly columns: EventGroup;
  readonly seq: number;
  readonly eventHash: string;
  readonly chainHash: string;
  readonly suspect: boolean;
  readonly body: string;
};

/** The end of a tenant's chain. */
export type AuditHead = { readonly tenantId: string; readonly seq: number; readonly chainHash: string; readonly mac: string };

/** How far a journal is in the ledger. */
export type Mark = { readonly file: number; readonly offset: number };

type HeadRow = { tenant: string; seq: number; chain: string; mac: string };

const READ_HEADS = `SELECT tenant_id AS tenant, seq, encode(chain_hash, 'hex') AS chain, encode(mac, 'hex') AS mac
  FROM audit_heads WHERE tenant_id = ANY ($1::text[]) ORDER BY tenant_id`;
const LOCK_HEADS = `${READ_HEADS} FOR UPDATE`;

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

/** As they are now, without a lock. Nothing for chains without entries. */
export async function readHeads(db: Database, tenantIds: readonly string[]): Promise<AuditHead[]> {
  const rows = await db.query<HeadRow>(LEDGER, READ_HEADS, [tenantIds]);
  return rows.map(toHead);
}

const toHead = ({ tenant, seq, chain, mac }: HeadRow): AuditHead => ({ tenantId: tenant, seq, chainHash: chain, mac });

/** Locks these chains like `lockHeads`, and fails where the end of one is not what the caller believes it to be. */
export function lockKnownHeads(heads: readonly AuditHead[]): Statement {
  const known = heads.toSorted((a, b) => (a.tenantId < b.tenantId ? -1 : 1));
  const names = known.map((head) => head.tenantId);
  const chains = known.map((head) => head.chainHash);
  const macs = known.map((head) => head.mac);
  return { text: LOCK_KNOWN_HEADS, params: [names, known.map((head) => head.seq), chains, macs, known.length] };
}

/** A statement fails by dividing by zero: the caller then does it step by step, and sees what is wrong. */
const LOCK_KNOWN_HEADS = `
WITH held AS MATERIALIZED (
  SELECT tenant_id, seq, chain_hash, mac FROM audit_heads WHERE tenant_id = ANY ($1::text[]) ORDER BY tenant_id FOR UPDATE
)
SELECT 1 / (count(*) = $5::bigint)::int AS held
FROM held JOIN unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) AS known (tenant_id, seq, chain, mac) ON held.tenant_id = known.tenant_id
  AND held.seq = known.seq AND held.chain_hash = decode(known.chain, 'hex') AND held.mac = decode(known.mac, 'hex')`;

/**
 * Rows, sums of their hours, heads and the journal's mark in one statement. Events are columns here: what many of them share (tenant, key,
 * model, …) is sent once a group with its sums, as JSON; bodies, which never hold a line's end, are one text of lines, so that neither
 * side escapes them. The mark moves only from where the caller believes it to be.
 */
const appendText = (onConflict: string, result: string): string => `
WITH kinds AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS k (n int, "tenantId" text, "keyId" text, outcome text, model text, provider text, team text,
    feature text, "hourMs" bigint, calls bigint, refused bigint, "inputTokens" bigint, "outputTokens" bigint, "cachedTokens" bigint,
    "costMicroUsd" bigint)
), inserted AS (
  INSERT INTO events (tenant_id, created_at, request_id, seq, key_id, outcome, model, provider, input_tokens, output_tokens, cached_tokens,
    cost_micro_usd, count, event_hash, chain_hash, suspect, body)
  SELECT "tenantId", to_timestamp(at / 1000.0), id, seq, "keyId", outcome, model, provider, input, output, cached, cost, count,
    decode(event_hash, 'hex'), decode(chain_hash, 'hex'), suspect, body
  FROM unnest($2::int[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
    string_to_array($11::text, E'\n'), string_to_array($12::text, E'\n'), $13::boolean[], string_to_array($14::text, E'\n'))
    AS e (n, at, id, input, output, cached, cost, count, seq, event_hash, chain_hash, suspect, body) JOIN kinds USING (n)${onConflict} RETURNING 1
), summed AS (
  INSERT INTO usage_hours AS u (tenant_id, hour_at, key_id, outcome, model, provider, team, feature, calls, refused, input_tokens,
    output_tokens, cached_tokens, cost_micro_usd)
  SELECT "tenantId", to_timestamp("hourMs" / 1000.0), "keyId", outcome, coalesce(model, ''), coalesce(provider, ''), team, feature,
    sum(calls), sum(refused), sum("inputTokens"), sum("outputTokens"), sum("cachedTokens"), sum("costMicroUsd")
  FROM kinds GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (tenant_id, hour_at, key_id, outcome, model, provider, team, feature) DO UPDATE SET calls = u.calls + excluded.calls,
    refused = u.refused + excluded.refused, input_tokens = u.input_tokens + excluded.input_tokens,
    output_tokens = u.output_tokens + excluded.output_tokens, cached_tokens = u.cached_tokens + excluded.cached_tokens,
    cost_micro_usd = u.cost_micro_usd + excluded.cost_micro_usd RETURNING 1
), opened AS (
  INSERT INTO usage_open_days (tenant_id, day_at)
  SELECT DISTINCT "tenantId", date_trunc('day', to_timestamp("hourMs" / 1000.0), 'UTC') FROM kinds ORDER BY 1, 2 ON CONFLICT DO NOTHING
), headed AS (
  UPDATE audit_heads a SET seq = h.seq, chain_hash = decode(h."chainHash", 'hex'), mac = decode(h.mac, 'hex')
  FROM json_to_recordset($15::json) AS h ("tenantId" text, seq bigint, "chainHash" text, mac text) WHERE a.tenant_id = h."tenantId" RETURNING 1
), marked AS (
  UPDATE journal_marks SET file = $19::bigint, position = $20::bigint, updated_at = now()
  WHERE process_id = $16 AND file = $17::bigint AND position = $18::bigint RETURNING 1
), done AS (
  SELECT (SELECT count(*) FROM inserted) AS inserted, (SELECT count(*) FROM summed) AS summed, (SELECT count(*) FROM headed) AS headed,
    (SELECT count(*) FROM marked) AS marked
)
SELECT ${result} FROM done`;

const APPEND = appendText(" ON CONFLICT DO NOTHING", "inserted, marked");
/** Without looking for what is there: the primary key refuses it. `took` is in milliseconds, from the transaction's start. */
const APPEND_NEW = appendText(
  "",
  `inserted / (marked = 1 AND headed = $21::bigint AND inserted = $22::bigint)::int AS inserted,
  (extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000)::float8 AS took`,
);

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
  const [result] = await tx.query<{ inserted: number; marked: number }>(APPEND, toParams(append));
  if (result === undefined) throw new Error("the ledger gave no answer");
  return { inserted: result.inserted, marked: result.marked === 1 };
}

/** The same as a statement that fails where one of the events is there already, or the mark is elsewhere. Its row is `{ took }`. */
export const appendNewEvents = (append: Append): Statement => ({
  text: APPEND_NEW,
  params: [...toParams(append), append.heads.length, append.rows.length],
});

function toParams({ rows, heads, processId, from, to }: Append): Param[] {
  const { kinds, places } = groupRows(rows);
  const numbers = (pick: (row: EventRow) => number): string => `{${rows.map(pick).join()}}`;
  return [
    JSON.stringify(kinds),
    `{${places.join()}}`,
    numbers((row) => row.columns.createdAtMs),
    rows.map((row) => row.columns.requestId),
    numbers((row) => row.columns.inputTokens),
    numbers((row) => row.columns.outputTokens),
    numbers((row) => row.columns.cachedTokens),
    numbers((row) => row.columns.costMicroUsd),
    numbers((row) => row.columns.count),
    numbers((row) => row.seq),
    rows.map((row) => row.eventHash).join("\n"),
    rows.map((row) => row.chainHash).join("\n"),
    `{${rows.map((row) => row.suspect).join()}}`,
    rows.map((row) => row.body).join("\n"),
    JSON.stringify(heads),
    processId,
    from.file,
    from.offset,
    to.file,
    to.offset,
  ];
}

type Kind = Omit<EventGroup, "createdAtMs" | "requestId" | "count" | Sum> & { readonly n: number; readonly hourMs: number } & {
  -readonly [Name in Sum]: number;
} & { calls: number; refused: number };
type Sum = "inputTokens" | "outputTokens" | "cachedTokens" | "costMicroUsd";

const HOUR_MS = 3_600_000;

/** Events of one kind and hour, and which event is of which. A key's events are mostly of one or two kinds, so its kinds are tried in turn. */
function groupRows(rows: readonly EventRow[]): { readonly kinds: readonly Kind[]; readonly places: readonly number[] } {
  const kinds: Kind[] = [];
  const byKey = new Map<string, Kind[]>();
  const places = rows.map(({ columns }) => {
    const hourMs = columns.createdAtMs - (columns.createdAtMs % HOUR_MS);
    let own = byKey.get(columns.keyId);
    if (own === undefined) byKey.set(columns.keyId, (own = []));
    let kind = own.find((known) => isOfKind(columns, hourMs, known));
    if (kind === undefined) {
      kind = startKind(columns, hourMs, kinds.length);
      kinds.push(kind);
      own.push(kind);
    }
    if (columns.outcome === "refused") kind.refused += columns.count;
    else kind.calls += columns.count;
    kind.inputTokens += columns.inputTokens;
    kind.outputTokens += columns.outputTokens;
    kind.cachedTokens += columns.cachedTokens;
    kind.costMicroUsd += columns.costMicroUsd;
    return kind.n;
  });
  return { kinds, places };
}

const isOfKind = (columns: EventGroup, hourMs: number, kind: Kind): boolean =>
  kind.hourMs === hourMs &&
  kind.tenantId === columns.tenantId &&
  kind.outcome === columns.outcome &&
  kind.model === columns.model &&
  kind.provider === columns.provider &&
  kind.team === columns.team &&
  kind.feature === columns.feature;

function startKind({ tenantId, keyId, outcome, model, provider, team, feature }: EventGroup, hourMs: number, n: number): Kind {
  const sums = { calls: 0, refused: 0, inputTokens: 0, outputTokens: 0, cachedTokens: 0, costMicroUsd: 0 };
  return { n, tenantId, keyId, outcome, model, provider, team, feature, hourMs, ...sums };
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
