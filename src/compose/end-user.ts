import { randomBytes } from "node:crypto";
import type { Change } from "../admit/index.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import type { TenantId } from "../kernel/ids.ts";
import { createEndUserMemory, type KnownUsers } from "./end-user-memory.ts";

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
  /** What is known of a tenant or an end user that was changed is known no more; of others it is. */
  forget(change: Pick<Change, "kind" | "tenantId" | "id">): void;
  forgetAll(): void;
};

export function createEndUserDigests(deps: EndUserDeps): EndUserDigests {
  const memory = createEndUserMemory();
  let awayUntilMs = Number.NEGATIVE_INFINITY;

  const knownOf = async (tenantId: TenantId): Promise<KnownUsers | undefined> => {
    const found = memory.find(tenantId);
    if (found !== undefined) return found;
    const salt = await deps.findTenantSalt(tenantId);
    return salt === undefined ? undefined : memory.begin(tenantId, salt);
  };
  const lookUp = async (tenantId: TenantId, endUser: string): Promise<string | undefined> => {
    const known = await knownOf(tenantId);
    if (known === undefined) return undefined;
    const id = deps.subjectId(known.salt, endUser);
    const running = known.lookups.get(id);
    if (running !== undefined) return await running;
    const take = async (): Promise<string | undefined> => {
      const salt = await deps.takeSubjectSalt(tenantId, id, { salt: new Uint8Array(randomBytes(SALT_BYTES)), nowMs: deps.clock.nowMs() });
      if (salt === undefined) return undefined;
      const digest = deps.digest(salt, endUser);
      // Who was forgotten meanwhile may have another salt by now.
      if (known.lookups.get(id) === started) memory.keep(tenantId, known, id, digest);
      return digest;
    };
    const started: Promise<string | undefined> = take().finally(() => {
      if (known.lookups.get(id) === started) known.lookups.delete(id);
    });
    known.lookups.set(id, started);
    return await started;
  };
  const find = (tenantId: TenantId, endUser: string): string | undefined => {
    const known = memory.find(tenantId);
    return known?.digests.get(deps.subjectId(known.salt, endUser));
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
      if (kind === "tenant") memory.forgetTenant(tenantId);
      if (kind === "subject") memory.forgetUser(tenantId, id);
    },
    forgetAll: memory.forgetAll,
  };
}

function withDeadline<T>(after: EndUserDeps["after"], work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const off = after(WAIT_MS_MAX, () => reject(new Error("the database is slow")));
    void work.then(resolve, reject).finally(off);
  });
}
