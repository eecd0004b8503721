import type { TenantId } from "../kernel/ids.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import type { Database } from "./database.ts";

/** The last entry that was deleted from a chain of decisions. Hashes are lower-case hex. */
export type DecisionAnchor = { readonly seq: number; readonly chainHash: string; readonly mac: string };

/** undefined: nothing was ever deleted. */
export async function findDecisionAnchor(db: Database, tenantId: TenantId): Promise<DecisionAnchor | undefined> {
  const [row] = await db.query<DecisionAnchor>(
    tenantScope(tenantId),
    `SELECT seq, encode(chain_hash, 'hex') AS "chainHash", encode(mac, 'hex') AS mac FROM decision_anchors WHERE tenant_id = $1`,
    [tenantId],
  );
  return row;
}

/** Deletes the entries up to the anchor and sets it, in one transaction. */
export async function cutDecisions(db: Database, tenantId: TenantId, { seq, chainHash, mac }: DecisionAnchor): Promise<void> {
  await db.transaction(OPERATOR, async (tx) => {
    await tx.query(
      `INSERT INTO decision_anchors (tenant_id, seq, chain_hash, mac) VALUES ($1, $2, decode($3, 'hex'), decode($4, 'hex'))
       ON CONFLICT (tenant_id) DO UPDATE SET seq = excluded.seq, chain_hash = excluded.chain_hash, mac = excluded.mac`,
      [tenantId, seq, chainHash, mac],
    );
    await tx.query("DELETE FROM decisions WHERE tenant_id = $1 AND seq <= $2::bigint", [tenantId, seq]);
  });
}
