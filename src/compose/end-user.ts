import type { CallHead } from "../domain/chat.ts";
import type { TenantId } from "../kernel/ids.ts";

/** Tenants whose salt is kept: sixteen bytes each, read once from the database otherwise. */
const SALTS_MAX = 10_000;

export type EndUserDeps = {
  findSalt(tenantId: TenantId): Promise<Uint8Array | undefined>;
  digest(salt: Uint8Array, endUser: string): string;
};

/** Digests of callers' end users. Where the salt cannot be had, the record names no end user: the call matters more. */
export function createEndUserDigests(deps: EndUserDeps): (call: CallHead, endUser: string) => Promise<string | undefined> {
  const salts = new Map<TenantId, Uint8Array>();
  return async (call, endUser) => {
    const tenantId = call.who.tenant.id;
    let salt = salts.get(tenantId);
    if (salt === undefined) {
      salt = await deps.findSalt(tenantId).catch(() => undefined);
      if (salt === undefined) return undefined;
      if (salts.size >= SALTS_MAX) salts.clear();
      salts.set(tenantId, salt);
    }
    return deps.digest(salt, endUser);
  };
}
