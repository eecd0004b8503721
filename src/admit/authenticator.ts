import { timingSafeEqual } from "node:crypto";
import type { AdminPrincipal, Principal, TenantPrincipal } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { hmacHex } from "../kernel/hash.ts";
import { createChangeWatch, type Change, type ChangeFeed } from "./change-watch.ts";
import { isKeyShaped, readCredential, type Presented } from "./credential.ts";
import { createKeyBook, type FindKey, type KeyBook, type KeyBookLimits } from "./key-book.ts";
import type { After } from "./timer.ts";
import { digestHeld, type HeldCredential } from "./held-credential.ts";
import { isTokenShaped, type TokenBook } from "./token-book.ts";
import { TokenRefused } from "./token-verifier.ts";

/** Purpose of the pepper: `deriveKey(secret, KEY_PEPPER_PURPOSE)`. Whoever stores a key uses `digestKey` with the same one. */
export const KEY_PEPPER_PURPOSE = "api-keys";

/** How keys are stored and found. The key itself is kept nowhere, in memory neither. */
export const digestKey = (pepper: Uint8Array, secret: string): string => hmacHex(pepper, secret);

export type Authenticator = {
  /**
   * Who calls. Returned at once where the key or token is cached, which is the hot path; a promise where the database or an issuer must
   * be asked. Throws or rejects `key_missing`, `key_unknown`, `key_suspended`, `token_invalid`, `tenant_mismatch`, `busy`,
   * `issuer_unavailable`, `store_unavailable`.
   */
  authenticate(presented: Presented): Principal | Promise<Principal>;
  /** The same for what a session of the console keeps of a key or token: it counts as long as that does. */
  authenticateHeld(held: HeldCredential, tenantHeader: string | undefined): Promise<Principal>;
  /**
   * What a session keeps of a key. Whether it is anybody's, `authenticateHeld` says. Throws `token_invalid` for an issuer's token: its digest
   * would count only while the token is cached, and its claims, kept, would make minutes into hours.
   */
  hold(key: string): HeldCredential;
  /** This process has changed a key or tenant itself, and does not wait for the feed to say so. */
  invalidate(change: Change): void;
  /** What is cached was made under another configuration. */
  forgetAll(): void;
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
  /** undefined: no issuer is configured, and no token is taken. Asked anew each time, because a reload may change it. */
  readonly findTokens?: (() => TokenBook | undefined) | undefined;
  /** Told of everybody who was not known a moment ago: of each call only the first. */
  readonly signedIn?: ((who: Principal, by: "key" | "token") => void) | undefined;
  readonly clock: Clock;
  readonly after: After;
};

const NO_KEY = "This is a token of an issuer, not a key. Sign in by the issuer, or with a key.";
const ADMIN: AdminPrincipal = Object.freeze({ kind: "admin", role: "admin" });

export function createAuthenticator(deps: AuthenticatorDeps, limits: KeyBookLimits = {}): Authenticator {
  const { feed, clock, after, pepper, signedIn, findTokens = () => undefined } = deps;
  const keys = createKeyBook({ ...deps, isFollowing: () => watch.following }, limits);
  const forgetting = createForgetting(keys, findTokens);
  const watch = createChangeWatch({ feed, clock, after, changed: forgetting.invalidate, forgetAll: forgetting.forgetAll });
  const isAdmin = createAdminCheck(deps.adminKeys, pepper);
  const check = (principal: TenantPrincipal, tenantHeader: string | undefined): TenantPrincipal =>
    checkUsable(principal, tenantHeader, clock.nowMs());
  /** The platform's people are no tenant's, so a header that names one names another. */
  const checkHeader = <P extends Principal>(principal: P, tenantHeader: string | undefined): P | TenantPrincipal => {
    if (principal.kind === "tenant") return check(principal, tenantHeader);
    if ((tenantHeader ?? "") !== "") throw new Fault("tenant_mismatch");
    return principal;
  };

  const lookUp = async (digest: string, tenantHeader: string | undefined): Promise<TenantPrincipal> => {
    const who = check(await keys.lookUp(digest), tenantHeader);
    signedIn?.(who, "key");
    return who;
  };
  /** Who is known by this digest without asking anybody. */
  const findKnown = (digest: string, tenantHeader: string | undefined): Principal | undefined => {
    const cached = keys.find(digest);
    if (cached !== undefined) {
      if (!watch.isFresh()) throw new Fault("store_unavailable");
      return check(cached, tenantHeader);
    }
    const known = findTokens()?.find(digest);
    if (known !== undefined) {
      if (known.kind === "tenant" && !watch.isFresh()) throw new Fault("store_unavailable");
      return checkHeader(known, tenantHeader);
    }
    return isAdmin(digest) ? checkHeader(ADMIN, tenantHeader) : undefined;
  };

  return {
    authenticate(presented) {
      const secret = readCredential(presented);
      const digest = digestKey(pepper, secret);
      const known = findKnown(digest, presented.tenantHeader);
      if (known !== undefined) return known;
      const tokens = findTokens();
      if (tokens !== undefined && isTokenShaped(secret))
        return tokens.lookUp(digest, secret, watch.following).then((who) => {
          const checked = checkHeader(who, presented.tenantHeader);
          signedIn?.(checked, "token");
          return checked;
        });
      if (!isKeyShaped(secret)) throw new Fault("key_unknown");
      return lookUp(digest, presented.tenantHeader);
    },
    async authenticateHeld(held, tenantHeader) {
      const digest = held.kind === "key" ? held.digest : digestHeld(held);
      const known = findKnown(digest, tenantHeader);
      if (known !== undefined) return known;
      if (held.kind === "key") return await lookUp(digest, tenantHeader);
      return checkHeader(await needTokens(findTokens()).lookUpHeld(digest, held, watch.following), tenantHeader);
    },
    hold(key) {
      const digest = digestKey(pepper, key);
      if (isTokenShaped(key) && !isAdmin(digest)) throw new Fault("token_invalid", { say: NO_KEY });
      return { kind: "key", digest };
    },
    ...forgetting,
    ...lifeOf(watch),
    get cachedKeys() {
      return keys.size;
    },
  };
}

const lifeOf = (watch: ReturnType<typeof createChangeWatch>): Pick<Authenticator, "start" | "poll" | "stop"> => ({
  async start() {
    await watch.poll().catch(() => undefined);
    watch.start();
  },
  poll: () => watch.poll(),
  stop: () => watch.stop(),
});

/** What is known of keys and tokens is asked for anew after a change. */
const createForgetting = (keys: KeyBook, findTokens: () => TokenBook | undefined): Pick<Authenticator, "invalidate" | "forgetAll"> => ({
  invalidate(change) {
    keys.forget(change);
    findTokens()?.forget(change);
  },
  forgetAll() {
    keys.forgetAll();
    findTokens()?.forgetAll();
  },
});

/** A session of an issuer that is configured no more ends. */
function needTokens(tokens: TokenBook | undefined): TokenBook {
  if (tokens === undefined) throw new TokenRefused("issuer");
  return tokens;
}

function checkUsable(principal: TenantPrincipal, tenantHeader: string | undefined, nowMs: number): TenantPrincipal {
  const { expiresAtMs, suspended } = principal.key;
  if (expiresAtMs !== undefined && nowMs >= expiresAtMs) throw new Fault("key_unknown");
  // Kept like any other: one that goes on calling must not cost a question each time.
  if (suspended === true) throw new Fault("key_suspended");
  if (tenantHeader !== undefined && tenantHeader !== "" && tenantHeader !== principal.tenant.slug) throw new Fault("tenant_mismatch");
  return principal;
}

/** As long for a key that is nearly right as for any other, and for the first as for the last. */
function createAdminCheck(adminKeys: readonly string[], pepper: Uint8Array): (digest: string) => boolean {
  const known = adminKeys.map((secret) => Buffer.from(digestKey(pepper, secret)));
  return (digest) => {
    const given = Buffer.from(digest);
    // What is kept of a token is named in another form.
    return known.filter((one) => one.length === given.length && timingSafeEqual(given, one)).length > 0;
  };
}
