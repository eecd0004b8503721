import { OPERATOR } from "./database.ts";
import type { Database, Scope } from "./database.ts";

/** The last entry that was deleted from a tenant's chain, and the sums of all that were. Hashes are lower-case hex. */
export type AuditAnchor = {
  readonly tenantId: string;
  readonly seq: number;
  readonly chainHash: string;
  readonly entries: number;
  readonly suspect: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
  readonly mac: string;
};

/** undefined: nothing was ever deleted. */
export async function findAnchor(db: Database, scope: Scope, tenantId: string): Promise<AuditAnchor | undefined> {
  const [row] = await db.query<AuditAnchor>(
    scope,
    `SELECT tenant_id AS "tenantId", seq, encode(chain_hash, 'hex') AS "chainHash", entries, suspect, input_tokens AS "inputTokens",
       output_tokens AS "outputTokens", cost_micro_usd AS "costMicroUsd", encode(mac, 'hex') AS mac
     FROM audit_anchors WHERE tenant_id = $1`,
    [tenantId],
  );
  return row;
}

/** Deletes the entries up to the anchor and sets it, in one transaction. */
export async function cutChain(db: Database, anchor: AuditAnchor, fromSeq: number): Promise<void> {
  const { tenantId, seq, chainHash, entries, suspect, inputTokens, outputTokens, costMicroUsd, mac } = anchor;
  await db.transaction(OPERATOR, async (tx) => {
    await tx.query(
      `INSERT INTO audit_anchors VALUES ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8, decode($9, 'hex')) ON CONFLICT (tenant_id) DO UPDATE SET
         seq = excluded.seq, chain_hash = excluded.chain_hash, entries = excluded.entries, suspect = excluded.suspect,
         input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, cost_micro_usd = excluded.cost_micro_usd, mac = excluded.mac`,
      [tenantId, seq, chainHash, entries, suspect, inputTokens, outputTokens, costMicroUsd, mac],
    );
    await tx.query("DELETE FROM events WHERE tenant_id = $1 AND seq > $2::bigint AND seq <= $3::bigint", [tenantId, fromSeq, seq]);
  });
}

/** Tenants that have a chain, deleted ones included. */
export async function listChained(db: Database): Promise<readonly string[]> {
  const rows = await db.query<{ id: string }>(OPERATOR, "SELECT tenant_id AS id FROM audit_heads ORDER BY tenant_id");
  return rows.map(({ id }) => id);
}
