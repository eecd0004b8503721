import type { TenantProfile } from "../domain/principal.ts";
import { LOOKUP } from "./database.ts";
import type { Database } from "./database.ts";
import { TENANT_COLUMNS, toTenantProfile } from "./tenants.ts";
import type { TenantRow } from "./tenants.ts";

/** The tenant that a token names, and the salt under which its holder becomes a digest. Deleted tenants are not found. */
export async function findTokenTenant(
  db: Database,
  slug: string,
): Promise<{ readonly tenant: TenantProfile; readonly salt: Uint8Array } | undefined> {
  const [row] = await db.query<TenantRow & { readonly salt: Uint8Array }>(
    LOOKUP,
    `SELECT ${TENANT_COLUMNS}, digest_salt AS salt FROM tenants WHERE slug = $1 AND deleted_at IS NULL`,
    [slug],
  );
  return row === undefined ? undefined : { tenant: toTenantProfile(row), salt: row.salt };
}
