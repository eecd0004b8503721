import type { TenantId } from "../kernel/ids.ts";
import { deleteAged, type AgedTable } from "./aged-rows.ts";
import { tenantScope, type Database } from "./database.ts";

/** `conversation`: a digest; `sealed`: what the name stands for, encrypted. */
export type PseudonymRow = { readonly conversation: string; readonly name: string; readonly sealed: Uint8Array };

/** Rows in one statement: some milliseconds of the embedded database. */
export const PSEUDONYMS_A_STEP = 200;

/** One that is there already only lives longer. Of a tenant that is being erased none is kept. */
export async function keepPseudonyms(db: Database, tenantId: TenantId, rows: readonly PseudonymRow[], expiresAt: Date): Promise<void> {
  for (let at = 0; at < rows.length; at += PSEUDONYMS_A_STEP) {
    const some = rows.slice(at, at + PSEUDONYMS_A_STEP);
    await db.query(
      tenantScope(tenantId),
      `INSERT INTO pseudonyms (tenant_id, conversation, name, sealed, expires_at)
       SELECT $1, c, n, decode(s, 'hex'), $5 FROM unnest($2::text[], $3::text[], $4::text[]) AS t (c, n, s)
       WHERE EXISTS (SELECT FROM tenants WHERE id = $1 AND deleted_at IS NULL)
       ON CONFLICT (tenant_id, conversation, name) DO UPDATE SET expires_at = greatest(pseudonyms.expires_at, excluded.expires_at)`,
      [
        tenantId,
        some.map((row) => row.conversation),
        some.map((row) => row.name),
        some.map((row) => Buffer.from(row.sealed).toString("hex")),
        expiresAt,
      ],
    );
  }
}

/** Of one conversation, those of these names that have not expired. */
export async function findPseudonyms(
  db: Database,
  tenantId: TenantId,
  ask: { readonly conversation: string; readonly names: readonly string[]; readonly now: Date },
): Promise<readonly Omit<PseudonymRow, "conversation">[]> {
  return await db.query<{ name: string; sealed: Uint8Array }>(
    tenantScope(tenantId),
    "SELECT name, sealed FROM pseudonyms WHERE tenant_id = $1 AND conversation = $2 AND name = ANY($3::text[]) AND expires_at > $4",
    [tenantId, ask.conversation, ask.names, ask.now],
  );
}

const AGED: AgedTable = { name: "pseudonyms", key: ["tenant_id", "conversation", "name"], date: "expires_at" };

/** Those of tenants that are held stay, and stand for nothing any more. Returns how many. */
export const deleteOldPseudonyms = (db: Database, before: Date, held: ReadonlySet<string>): Promise<number> =>
  deleteAged(db, AGED, { before, held });
