import { randomBytes } from "node:crypto";
import type { Change } from "../admit/index.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import type { TenantId } from "../kernel/ids.ts";

/** Tenants whose salt is kept, sixteen bytes each, and end users whose digest is, a hundred; read from the database otherwise. */
const SALTS_MAX = 10_000;
const DIGESTS_MAX = 50_000;
const SALT_BYTES = 32;
/** A record waits so long for a digest that is being looked up since the call began, and names no end user after it. */
const WAIT_MS_MAX = 1_000;
/** A database that did not answer is not asked again for so long. */
const AWAY_MS = 2_000;

type Who = { readonly who: TenantPrincipal };

export type EndUserDeps = {
  readonly clock: Clock;
  /** Calls back after so many milliseconds, unless it is told off. */
  after(ms: number, then: () => void): () => void;
  findTenantSalt(tenantId: TenantId): Promise<Uint8Array | undefined>;
  /** The end user's own salt, made of `fresh` where there is none. */
  takeSubjectSalt(tenantId: TenantId, id: string, fresh: { salt: Uint8Array; nowMs: number }): Promise<Uint8Array | undefined>;
  subjectId(tenantSalt: Uint8Array, endUser: string): string;
  digest(subjectSalt: Uint8Array, endUser: string): string;
};

/** Digests of callers' end users. Where one cannot be had, the record names no end user: the call matters more. */
export type EndUserDigests = {
  /** A call of this end user has begun: what its record will need is looked up meanwhile. */
  expect(call: Who, endUser: string | undefined): void;
  digest(call: Who, endUser: string): Promise<string | undefined>;
  /** What is known of a tenant or an end user that was changed is known no more. */
  forget(change: Pick<Change, "kind" | "tenantId" | "id">): void;
  forgetAll(): void;
};

export function createEndUserDigests(deps: EndUserDeps): EndUserDigests {
  const salts = new Map<TenantId, Uint8Array>();
  /** By tenant and the end user's row. */
  const digests = new Map<string, string>();
  const lookups = new Map<string, Promise<string | undefined>>();
  let awayUntilMs = Number.NEGATIVE_INFINITY;

  const saltOf = async (tenantId: TenantId): Promise<Uint8Array | undefined> => {
    const salt = salts.get(tenantId) ?? (await deps.findTenantSalt(tenantId));
    if (salt !== undefined) keep(salts, SALTS_MAX, tenantId, salt);
    return salt;
  };
  const lookUp = async (tenantId: TenantId, endUser: string): Promise<string | undefined> => {
    const tenantSalt = await saltOf(tenantId);
    if (tenantSalt === undefined) return undefined;
    const id = deps.subjectId(tenantSalt, endUser);
    const name = `${tenantId} ${id}`;
    const running = lookups.get(name);
    if (running !== undefined) return await running;
    const take = async (): Promise<string | undefined> => {
      const salt = await deps.takeSubjectSalt(tenantId, id, { salt: new Uint8Array(randomBytes(SALT_BYTES)), nowMs: deps.clock.nowMs() });
      if (salt === undefined) return undefined;
      const digest = deps.digest(salt, endUser);
      // Who was forgotten meanwhile may have another salt by now.
      if (lookups.get(name) === started) keep(digests, DIGESTS_MAX, name, digest);
      return digest;
    };
    const started: Promise<string | undefined> = take().finally(() => {
      if (lookups.get(name) === started) lookups.delete(name);
    });
    lookups.set(name, started);
    return await started;
  };
  const find = (tenantId: TenantId, endUser: string): string | undefined => {
    const salt = salts.get(tenantId);
    return salt === undefined ? undefined : digests.get(`${tenantId} ${deps.subjectId(salt, endUser)}`);
  };
  const tryLookUp = async (tenantId: TenantId, endUser: string): Promise<string | undefined> => {
    if (deps.clock.monotonicMs() < awayUntilMs) return undefined;
    try {
      return await withDeadline(deps.after, lookUp(tenantId, endUser));
    } catch {
      awayUntilMs = deps.clock.monotonicMs() + AWAY_MS;
      return undefined;
    }
  };
  return {
    expect({ who }, endUser) {
      if (endUser !== undefined && find(who.tenant.id, endUser) === undefined) void tryLookUp(who.tenant.id, endUser);
    },
    digest: async ({ who }, endUser) => find(who.tenant.id, endUser) ?? (await tryLookUp(who.tenant.id, endUser)),
    forget({ kind, tenantId, id }) {
      if (kind === "key") return;
      if (kind === "tenant") salts.delete(tenantId);
      const mine = kind === "subject" ? (name: string) => name === `${tenantId} ${id}` : (name: string) => name.startsWith(`${tenantId} `);
      for (const map of [digests, lookups]) for (const name of map.keys()) if (mine(name)) map.delete(name);
    },
    forgetAll() {
      salts.clear();
      digests.clear();
      lookups.clear();
    },
  };
}

function withDeadline<T>(after: EndUserDeps["after"], work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const off = after(WAIT_MS_MAX, () => reject(new Error("the database is slow")));
    void work.then(resolve, reject).finally(off);
  });
}

function keep<K, V>(map: Map<K, V>, max: number, name: K, value: V): void {
  if (map.size >= max && !map.has(name)) map.clear();
  map.set(name, value);
}
