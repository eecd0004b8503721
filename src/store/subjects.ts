import type { TenantId } from "../kernel/ids.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import type { Database, Tx } from "./database.ts";

const FIND = "SELECT salt FROM subjects WHERE tenant_id = $1 AND id = $2";

/** The salt of an end user's digests, made of `fresh` where there is none. undefined: the tenant is gone. */
export async function takeSubjectSalt(
  db: Database,
  tenantId: TenantId,
  id: string,
  fresh: { readonly salt: Uint8Array; readonly nowMs: number },
): Promise<Uint8Array | undefined> {
  const scope = tenantScope(tenantId);
  const [found] = await db.query<{ salt: Uint8Array }>(scope, FIND, [tenantId, id]);
  if (found !== undefined) return found.salt;
  await db.query(
    scope,
    `INSERT INTO subjects (tenant_id, id, salt, created_at) SELECT id, $2, $3, $4 FROM tenants WHERE id = $1 AND deleted_at IS NULL
     ON CONFLICT DO NOTHING`,
    [tenantId, id, fresh.salt, new Date(fresh.nowMs)],
  );
  // Another process may have been first: whoever was, both go on with the same one.
  const [made] = await db.query<{ salt: Uint8Array }>(scope, FIND, [tenantId, id]);
  return made?.salt;
}

export async function findSubjectSalt(db: Database, tenantId: TenantId, id: string): Promise<Uint8Array | undefined> {
  const [found] = await db.query<{ salt: Uint8Array }>(tenantScope(tenantId), FIND, [tenantId, id]);
  return found?.salt;
}

/** From the commit on nobody can tie the end user's digests to anybody, and every process hears of it. */
export async function forgetSubject(db: Database, tenantId: TenantId, id: string): Promise<void> {
  await db.transaction(OPERATOR, async (tx) => {
    await tellSubjectChange(tx, tenantId, id);
    await tx.query("DELETE FROM subjects WHERE tenant_id = $1 AND id = $2", [tenantId, id]);
  });
}

/** As weir_tell_change does: the lock is held until the commit, so numbers become visible in order. */
async function tellSubjectChange(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtext('weir.changes'))");
  await tx.query("INSERT INTO changes (tenant_id, kind, id) VALUES ($1, 'subject', $2)", [tenantId, id]);
}
