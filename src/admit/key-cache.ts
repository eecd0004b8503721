import type { TenantPrincipal, TenantProfile } from "../domain/principal.ts";
import type { KeyId, TenantId } from "../kernel/ids.ts";

/** Keys kept in memory, by digest: about 1 kB each, and more than one process serves within minutes. */
export const CACHED_KEYS_MAX = 20_000;

export type KeyCache = {
  readonly size: number;
  find(digest: string): TenantPrincipal | undefined;
  keep(digest: string, principal: TenantPrincipal): void;
  forgetKey(tenantId: TenantId, keyId: KeyId): void;
  forgetTenant(tenantId: TenantId): void;
  clear(): void;
};

type Entry = { readonly principal: TenantPrincipal; used: boolean };
/** One profile for all keys of a tenant: a system prompt may be long. */
type Family = { readonly tenant: TenantProfile; readonly digests: Map<KeyId, string> };

export function createKeyCache(max: number = CACHED_KEYS_MAX): KeyCache {
  const entries = new Map<string, Entry>();
  const families = new Map<TenantId, Family>();

  const forget = (digest: string): void => {
    const entry = entries.get(digest);
    if (entry === undefined) return;
    entries.delete(digest);
    const { tenant, key } = entry.principal;
    const family = families.get(tenant.id);
    family?.digests.delete(key.id);
    if (family?.digests.size === 0) families.delete(tenant.id);
  };

  /** Second chance: the oldest goes unless it was used since it was last looked at. A list by last use would cost every hit. */
  const evictOne = (): void => {
    for (const [digest, entry] of entries) {
      if (!entry.used) {
        forget(digest);
        return;
      }
      entry.used = false;
      entries.delete(digest);
      entries.set(digest, entry);
    }
  };

  return {
    get size() {
      return entries.size;
    },
    find(digest) {
      const entry = entries.get(digest);
      if (entry === undefined) return undefined;
      entry.used = true;
      return entry.principal;
    },
    keep(digest, principal) {
      forget(digest);
      if (entries.size >= max) evictOne();
      const { tenant, key } = principal;
      let family = families.get(tenant.id);
      if (family === undefined) {
        family = { tenant, digests: new Map() };
        families.set(tenant.id, family);
      }
      family.digests.set(key.id, digest);
      entries.set(digest, { principal: { ...principal, tenant: family.tenant }, used: false });
    },
    forgetKey(tenantId, keyId) {
      const digest = families.get(tenantId)?.digests.get(keyId);
      if (digest !== undefined) forget(digest);
    },
    forgetTenant(tenantId) {
      for (const digest of families.get(tenantId)?.digests.values() ?? []) forget(digest);
    },
    clear() {
      entries.clear();
      families.clear();
    },
  };
}
