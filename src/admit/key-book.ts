import type { KeyProfile, TenantPrincipal, TenantProfile } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { keyIds } from "../kernel/ids.ts";
import type { Change } from "./change-watch.ts";
import { CACHED_KEYS_MAX, createKeyCache } from "./key-cache.ts";

/** By digest, among keys that are not revoked. */
export type FindKey = (digest: string) => Promise<{ readonly tenant: TenantProfile; readonly key: KeyProfile } | undefined>;

/** Digests known to be nobody's: a client with a wrong key repeats it. 64 bytes each. */
export const UNKNOWN_KEYS_MAX = 10_000;
/** A key cannot come to be after it was asked for, except from a restored database. */
export const UNKNOWN_FOR_MS = 30_000;
/** Keys looked up at once: guesses must not take all of the database. */
export const LOOKUPS_MAX = 256;

export type KeyBookLimits = { readonly cachedKeysMax?: number; readonly unknownKeysMax?: number; readonly lookupsMax?: number };

/** Which digest is whose: what is cached, what is known to be nobody's, and the database for the rest. */
export type KeyBook = {
  readonly size: number;
  find(digest: string): TenantPrincipal | undefined;
  /** One query for all who bring the same key at the same time. Throws or rejects `key_unknown`, `busy`, `store_unavailable`. */
  lookUp(digest: string): Promise<TenantPrincipal>;
  forget(change: Change): void;
  forgetAll(): void;
};

type Deps = {
  readonly findKey: FindKey;
  readonly clock: Clock;
  /** What is read from now on will be kept up to date. */
  readonly isFollowing: () => boolean;
};

export function createKeyBook({ findKey, clock, isFollowing }: Deps, limits: KeyBookLimits = {}): KeyBook {
  const { cachedKeysMax = CACHED_KEYS_MAX, unknownKeysMax = UNKNOWN_KEYS_MAX, lookupsMax = LOOKUPS_MAX } = limits;
  const cache = createKeyCache(cachedKeysMax);
  const unknown = createUnknownKeys(clock, unknownKeysMax);
  /** Those whose answers may be kept. */
  const lookups = new Map<string, Promise<TenantPrincipal>>();
  let running = 0;

  /** Answers under way may be from before a change: they serve those who wait for them and are not kept. */
  const forgetAnswers = (): void => {
    lookups.clear();
    unknown.clear();
  };

  const ask = async (digest: string, isCurrent: () => boolean): Promise<TenantPrincipal> => {
    const found = await findKey(digest);
    if (found === undefined) {
      if (isCurrent()) unknown.add(digest);
      throw new Fault("key_unknown");
    }
    const { tenant, key } = found;
    const principal: TenantPrincipal = { kind: "tenant", role: key.role, tenant, key };
    if (isCurrent() && isFollowing()) cache.keep(digest, principal);
    return principal;
  };

  return {
    get size() {
      return cache.size;
    },
    find: (digest) => cache.find(digest),
    lookUp(digest) {
      if (unknown.has(digest)) throw new Fault("key_unknown");
      const found = lookups.get(digest);
      if (found !== undefined) return found;
      if (running >= lookupsMax) throw new Fault("busy", { retryAfterMs: 1_000 });
      running++;
      const isCurrent = (): boolean => lookups.get(digest) === started;
      const started: Promise<TenantPrincipal> = ask(digest, isCurrent).finally(() => {
        running--;
        if (isCurrent()) lookups.delete(digest);
      });
      lookups.set(digest, started);
      return started;
    },
    forget(change) {
      forgetAnswers();
      if (change.kind === "tenant") cache.forgetTenant(change.tenantId);
      else if (keyIds.is(change.id)) cache.forgetKey(change.tenantId, change.id);
    },
    forgetAll() {
      forgetAnswers();
      cache.clear();
    },
  };
}

function createUnknownKeys(clock: Clock, max: number) {
  /** In order of arrival: the oldest is first. */
  const untilMs = new Map<string, number>();
  return {
    has: (digest: string): boolean => (untilMs.get(digest) ?? Number.NEGATIVE_INFINITY) > clock.monotonicMs(),
    add(digest: string): void {
      untilMs.delete(digest);
      const oldest = untilMs.size >= max ? untilMs.keys().next().value : undefined;
      if (oldest !== undefined) untilMs.delete(oldest);
      untilMs.set(digest, clock.monotonicMs() + UNKNOWN_FOR_MS);
    },
    clear: (): void => untilMs.clear(),
  };
}
