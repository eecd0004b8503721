import type { TenantId } from "../kernel/ids.ts";
import { tenantIds } from "../kernel/ids.ts";
import type { Database, Row, Scope, Tx } from "./database.ts";
import { tenantScope } from "./database.ts";
import type { AuditHead } from "./events.ts";

/** The chain of what belongs to no tenant. Ids of tenants carry their time, so none has this one. */
export const PLATFORM_CHAIN: TenantId = tenantIds.parse("ten_00000000000000000000000000");

export const DECISION_CATEGORIES = ["sign-ins", "authorisations", "data-access", "configuration", "security"] as const;
export type DecisionCategory = (typeof DECISION_CATEGORIES)[number];

/** A row of `decisions`. Hashes are lower-case hex. */
export type DecisionRow = {
  readonly seq: number;
  readonly createdAtMs: number;
  readonly category: DecisionCategory;
  readonly eventHash: string;
  readonly chainHash: string;
  readonly body: string;
};

const HEAD = "SELECT seq, encode(chain_hash, 'hex') AS chain, encode(mac, 'hex') AS mac FROM decision_heads WHERE tenant_id = $1";
type RawHead = { readonly seq: number; readonly chain: string; readonly mac: string };

/** Locks the chain until the transaction ends, with `first` as its head where it has none yet. */
export async function lockDecisionHead(tx: Tx, tenantId: TenantId, first: AuditHead): Promise<AuditHead> {
  const [found] = await tx.query<RawHead>(`${HEAD} FOR UPDATE`, [tenantId]);
  if (found !== undefined) return toHead(tenantId, found);
  await tx.query(
    "INSERT INTO decision_heads (tenant_id, seq, chain_hash, mac) VALUES ($1, $2, decode($3, 'hex'), decode($4, 'hex')) ON CONFLICT DO NOTHING",
    [tenantId, first.seq, first.chainHash, first.mac],
  );
  const [made] = await tx.query<RawHead>(`${HEAD} FOR UPDATE`, [tenantId]);
  if (made === undefined) throw new Error("a chain was not locked");
  return toHead(tenantId, made);
}

export async function findDecisionHead(db: Database, tenantId: TenantId): Promise<AuditHead | undefined> {
  const [found] = await db.query<RawHead>(tenantScope(tenantId), HEAD, [tenantId]);
  return found === undefined ? undefined : toHead(tenantId, found);
}

/** The rows, and the chain's new end. Its head is locked by the same transaction. */
export async function appendDecisions(tx: Tx, head: AuditHead, rows: readonly DecisionRow[]): Promise<void> {
  await tx.query(
    `INSERT INTO decisions (tenant_id, seq, created_at, category, event_hash, chain_hash, body)
     SELECT $1, seq, to_timestamp("createdAtMs" / 1000.0), category, decode("eventHash", 'hex'), decode("chainHash", 'hex'), body
     FROM json_to_recordset($2::json)
       AS d (seq bigint, "createdAtMs" bigint, category text, "eventHash" text, "chainHash" text, body text)`,
    [head.tenantId, JSON.stringify(rows)],
  );
  await tx.query("UPDATE decision_heads SET seq = $2, chain_hash = decode($3, 'hex'), mac = decode($4, 'hex') WHERE tenant_id = $1", [
    head.tenantId,
    head.seq,
    head.chainHash,
    head.mac,
  ]);
}

const COLUMNS = `seq, (extract(epoch FROM created_at) * 1000)::bigint AS "createdAtMs", category, encode(event_hash, 'hex') AS "eventHash",
  encode(chain_hash, 'hex') AS "chainHash", body`;

/** Oldest first, after `afterSeq`. */
export async function listDecisions(
  db: Database,
  tenantId: TenantId,
  ask: { readonly afterSeq: number; readonly limit: number; readonly category?: DecisionCategory | undefined },
): Promise<readonly DecisionRow[]> {
  const wanted = ask.category === undefined ? "" : "AND category = $4";
  return await db.query<DecisionRow>(
    tenantScope(tenantId),
    `SELECT ${COLUMNS} FROM decisions WHERE tenant_id = $1 AND seq > $2 ${wanted} ORDER BY seq LIMIT $3`,
    [tenantId, ask.afterSeq, ask.limit, ...(ask.category === undefined ? [] : [ask.category])],
  );
}

/** Entries of these numbers, in order. */
export async function listDecisionEntries(db: Database, tenantId: TenantId, seqs: readonly number[]): Promise<readonly DecisionRow[]> {
  if (seqs.length === 0) return [];
  return await db.query<DecisionRow>(
    tenantScope(tenantId),
    `SELECT ${COLUMNS} FROM decisions WHERE tenant_id = $1 AND seq = ANY($2::bigint[]) ORDER BY seq`,
    [tenantId, seqs],
  );
}

/** A database whose every statement belongs to a transaction that is open, for stores that take one. Another scope is refused. */
export function boundTo(db: Database, tx: Tx, scope: Scope): Database {
  const check = (asked: Scope): void => {
    const same = asked.kind === scope.kind && (asked.kind !== "tenant" || scope.kind !== "tenant" || asked.tenantId === scope.tenantId);
    if (!same) throw new TypeError("a statement of another scope in an open transaction");
  };
  return {
    engine: db.engine,
    query(asked, text, params) {
      check(asked);
      return tx.query(text, params);
    },
    transaction(asked, body) {
      check(asked);
      return body(tx);
    },
    async batch(asked, statements) {
      check(asked);
      const results: Row[][] = [];
      for (const { text, params } of statements) results.push(await tx.query(text, params));
      return results;
    },
    ping: () => db.ping(),
    close: () => Promise.resolve(),
  };
}

const toHead = (tenantId: TenantId, { seq, chain, mac }: RawHead): AuditHead => ({ tenantId, seq, chainHash: chain, mac });
