import { ROLE_PERMISSIONS } from "../admit/index.ts";
import type { TenantId } from "../kernel/ids.ts";
import { keyIds } from "../kernel/ids.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { microToDollars } from "../kernel/money.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { type KeyListed, type KeyOrder, type KeyState, listKeysUsed } from "../store/key-directory.ts";
import { sumUsage } from "../store/ledger-usage.ts";
import { listTenantsUsed, type TenantListed, type TenantOrder, type UsedSums } from "../store/tenant-directory.ts";
import { effectOf, type KeyEffect } from "./key-effect.ts";
import { type KeyView, toKeyView } from "./key-view.ts";
import { getBySlug } from "./tenants.ts";
import { type TenantView, toView } from "./tenant-fields.ts";
import { parseKnownId } from "./known-id.ts";
import { parseCursor, toCursor } from "./sorted-cursor.ts";

type Page<T> = { readonly data: readonly T[]; readonly nextCursor: string | undefined };
type Listing<O> = {
  readonly search?: string | undefined;
  readonly sort: O;
  readonly order: "asc" | "desc";
  readonly cursor?: string | undefined;
  readonly limit: number;
};
type Used = { readonly calls: number; readonly refused: number; readonly costUsd: number };
export type TenantEntry = TenantView & { readonly createdAt: string; readonly month?: Used };
export type KeyEntry = KeyView & { readonly state: KeyState; readonly lastUsedAt: string | undefined; readonly month: Used };
export type KeyDetail = KeyEntry & { readonly effect: KeyEffect };

/** Listings for people: searched, sorted, with what was used this month. */
export type Directory = {
  /** Usage only where the caller may see it. */
  listTenants(ask: Listing<TenantOrder>, withUsage: boolean): Promise<Page<TenantEntry>>;
  listKeys(slug: string, ask: Listing<KeyOrder> & { readonly state?: KeyState | undefined }): Promise<Page<KeyEntry>>;
  /** Throws `not_found`. */
  getKey(slug: string, id: string): Promise<KeyDetail>;
};

type Deps = {
  readonly db: Database;
  nowMs(): number;
  /** Everything answered so far is in the ledger when it resolves. */
  flush(): Promise<void>;
};

/** How far back a key's last call is looked for. */
const LOOK_MS = 90 * 86_400_000;

export function createDirectory({ db, nowMs, flush }: Deps): Directory {
  const months = () => ({ usedFromMs: monthStart(nowMs()), lookFromMs: nowMs() - LOOK_MS, nowMs: nowMs() });
  return {
    async listTenants({ sort, order, cursor, ...ask }, withUsage) {
      if (!withUsage && (sort === "cost" || sort === "calls"))
        throw new Fault("forbidden", {
          param: "sort",
          say: "sort: what tenants used is not for this role. Sort by name, slug or created.",
        });
      await flush();
      const listing = { ...months(), ...ask, order: sort, down: order === "desc", after: parseCursor(cursor, sort) };
      const { data, next } = await listTenantsUsed(db, listing);
      return { data: data.map((tenant) => toTenantEntry(tenant, withUsage)), nextCursor: toCursor(next, sort) };
    },
    async listKeys(slug, { sort, order, cursor, ...ask }) {
      const { id } = await getBySlug(db, slug);
      await flush();
      const listing = { ...months(), ...ask, order: sort, down: order === "desc", after: parseCursor(cursor, sort) };
      const { data, next } = await listKeysUsed(db, id, listing);
      return { data: data.map(toKeyEntry), nextCursor: toCursor(next, sort) };
    },
    async getKey(slug, id) {
      const keyId = parseKnownId(keyIds, id, "key");
      const tenant = await getBySlug(db, slug);
      await flush();
      const key = await findKey(db, tenant.id, keyId, months());
      const spent = await sumUsage(db, tenantScope(tenant.id), { tenantId: tenant.id, fromMs: months().usedFromMs, toMs: undefined });
      const permissions = [...ROLE_PERMISSIONS[key.role]];
      return { ...toKeyEntry(key), effect: effectOf(tenant, key, { tenant: spent.costMicroUsd, key: key.used.costMicroUsd }, permissions) };
    },
  };
}

async function findKey(db: Database, tenantId: TenantId, id: string, months: { nowMs: number; usedFromMs: number; lookFromMs: number }) {
  const { data } = await listKeysUsed(db, tenantId, { ...months, id, order: "created", down: false, limit: 1 });
  const [key] = data;
  if (key === undefined) throw new Fault("not_found", { say: "The key does not exist." });
  return key;
}

/** Of the calendar month, UTC. */
function monthStart(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
}

const toUsed = ({ calls, refused, costMicroUsd }: UsedSums): Used => ({ calls, refused, costUsd: microToDollars(costMicroUsd) });

function toTenantEntry({ createdAtMs, used, ...tenant }: TenantListed, withUsage: boolean): TenantEntry {
  return { ...toView(tenant), createdAt: toIso(createdAtMs), ...(withUsage ? { month: toUsed(used) } : {}) };
}

function toKeyEntry({ state, used, lastUsedAtMs, ...key }: KeyListed): KeyEntry {
  const lastUsedAt = lastUsedAtMs === undefined ? undefined : toIso(lastUsedAtMs);
  return { ...toKeyView(key), state, lastUsedAt, month: toUsed(used) };
}
