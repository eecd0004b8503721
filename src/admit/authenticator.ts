import { timingSafeEqual } from "node:crypto";
import type { AdminPrincipal, Principal, TenantPrincipal } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { hmacHex } from "../kernel/hash.ts";
import { createChangeWatch, type Change, type ChangeFeed } from "./change-watch.ts";
import { isKeyShaped, readCredential, type Presented } from "./credential.ts";
import { createKeyBook, type FindKey, type KeyBookLimits } from "./key-book.ts";
import type { After } from "./timer.ts";

/** Purpose of the pepper: `deriveKey(secret, KEY_PEPPER_PURPOSE)`. Whoever stores a key uses `digestKey` with the same one. */
export const KEY_PEPPER_PURPOSE = "api-keys";

/** How keys are stored and found. The key itself is kept nowhere, in memory neither. */
export const digestKey = (pepper: Uint8Array, secret: string): string => hmacHex(pepper, secret);

export type Authenticator = {
  /**
   * Who calls. Returned at once where the key is cached, which is the hot path; a promise where the database must be asked.
   * Throws or rejects `key_missing`, `key_unknown`, `tenant_mismatch`, `busy`, `store_unavailable`.
   */
  authenticate(presented: Presented): Principal | Promise<Principal>;
  /** This process has changed a key or tenant itself, and does not wait for the feed to say so. */
  invalidate(change: Change): void;
  /** Follows the feed of changes; resolves after its first reading, whether or not the database answered. */
  start(): Promise<void>;
  /** Reads the feed now. */
  poll(): Promise<void>;
  stop(): void;
  readonly cachedKeys: number;
};

export type AuthenticatorDeps = {
  readonly findKey: FindKey;
  readonly feed: ChangeFeed;
  /** Any of these is the admin. */
  readonly adminKeys: readonly string[];
  readonly pepper: Uint8Array;
  readonly clock: Clock;
  readonly after: After;
};

const ADMIN: AdminPrincipal = Object.freeze({ kind: "admin", role: "admin" });

export function createAuthenticator(deps: AuthenticatorDeps, limits: KeyBookLimits = {}): Authenticator {
  const { findKey, feed, clock, after, pepper } = deps;
  const keys = createKeyBook({ findKey, clock, isFollowing: () => watch.following }, limits);
  const invalidate = (change: Change): void => keys.forget(change);
  const watch = createChangeWatch({ feed, clock, after, changed: invalidate, forgetAll: () => keys.forgetAll() });
  const adminDigests = deps.adminKeys.map((secret) => Buffer.from(digestKey(pepper, secret)));
  /** As long for a key that is nearly right as for any other, and for the first as for the last. */
  const isAdmin = (digest: string): boolean => {
    const given = Buffer.from(digest);
    return adminDigests.filter((known) => timingSafeEqual(given, known)).length > 0;
  };

  const check = (principal: TenantPrincipal, tenantHeader: string | undefined): TenantPrincipal => {
    const { expiresAtMs } = principal.key;
    if (expiresAtMs !== undefined && clock.nowMs() >= expiresAtMs) throw new Fault("key_unknown");
    if (tenantHeader !== undefined && tenantHeader !== "" && tenantHeader !== principal.tenant.slug) throw new Fault("tenant_mismatch");
    return principal;
  };

  const lookUp = async (digest: string, tenantHeader: string | undefined): Promise<TenantPrincipal> =>
    check(await keys.lookUp(digest), tenantHeader);

  return {
    authenticate(presented) {
      const secret = readCredential(presented);
      const digest = digestKey(pepper, secret);
      const cached = keys.find(digest);
      if (cached !== undefined) {
        if (!watch.isFresh()) throw new Fault("store_unavailable");
        return check(cached, presented.tenantHeader);
      }
      if (isAdmin(digest)) {
        // The platform's key is no tenant's, so a header that names one names another.
        if ((presented.tenantHeader ?? "") !== "") throw new Fault("tenant_mismatch");
        return ADMIN;
      }
      if (!isKeyShaped(secret)) throw new Fault("key_unknown");
      return lookUp(digest, presented.tenantHeader);
    },
    invalidate,
    async start() {
      await watch.poll().catch(() => undefined);
      watch.start();
    },
    poll: () => watch.poll(),
    stop: () => watch.stop(),
    get cachedKeys() {
      return keys.size;
    },
  };
}
