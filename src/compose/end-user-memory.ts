import type { TenantId } from "../kernel/ids.ts";

/** Tenants of which something is kept, and end users whose digest is, a hundred bytes each; read from the database otherwise. */
const TENANTS_MAX = 10_000;
const DIGESTS_MAX = 50_000;

/** What is known of a tenant's end users. Digests and the looking for them go by the end user's row. */
export type KnownUsers = {
  readonly salt: Uint8Array;
  readonly digests: ReadonlyMap<string, string>;
  readonly lookups: Map<string, Promise<string | undefined>>;
};

type Held = KnownUsers & { readonly digests: Map<string, string> };

/** What this process knows of end users, so much of it and no more. */
export type EndUserMemory = {
  find(tenantId: TenantId): KnownUsers | undefined;
  /** Of a tenant that was not known. Where another was first, what that one left. */
  begin(tenantId: TenantId, salt: Uint8Array): KnownUsers;
  /** Only into what is still known: a tenant that was forgotten meanwhile stays so. */
  keep(tenantId: TenantId, known: KnownUsers, id: string, digest: string): void;
  forgetTenant(tenantId: TenantId): void;
  forgetUser(tenantId: TenantId, id: string): void;
  forgetAll(): void;
};

export function createEndUserMemory(): EndUserMemory {
  const tenants = new Map<TenantId, Held>();
  let digests = 0;
  const forgetTenant = (tenantId: TenantId): void => {
    digests -= tenants.get(tenantId)?.digests.size ?? 0;
    tenants.delete(tenantId);
  };
  /** The tenant that has been known for longest goes first. */
  const makeRoom = (): void => {
    for (const tenantId of tenants.keys()) {
      if (tenants.size < TENANTS_MAX && digests < DIGESTS_MAX) return;
      forgetTenant(tenantId);
    }
  };
  return {
    find: (tenantId) => tenants.get(tenantId),
    begin(tenantId, salt) {
      const found = tenants.get(tenantId);
      if (found !== undefined) return found;
      makeRoom();
      const made: Held = { salt, digests: new Map(), lookups: new Map() };
      tenants.set(tenantId, made);
      return made;
    },
    keep(tenantId, known, id, digest) {
      const held = tenants.get(tenantId);
      if (held === undefined || held !== known) return;
      if (!held.digests.has(id)) digests++;
      held.digests.set(id, digest);
      makeRoom();
    },
    forgetTenant,
    forgetUser(tenantId, id) {
      const held = tenants.get(tenantId);
      if (held?.digests.delete(id) === true) digests--;
      held?.lookups.delete(id);
    },
    forgetAll() {
      tenants.clear();
      digests = 0;
    },
  };
}
