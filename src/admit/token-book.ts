import type { AdminPrincipal, Principal, TenantPrincipal, TenantProfile } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { KeyId } from "../kernel/ids.ts";
import type { Change } from "./change-watch.ts";
import { LOOKUPS_MAX } from "./key-book.ts";
import type { HeldToken } from "./held-credential.ts";
import { TokenRefused, type Verified, type VerifyToken } from "./token-verifier.ts";
import type { TokenHolder } from "./token-claims.ts";

/** Tokens kept in memory, by digest: about 1 kB each. */
export const CACHED_TOKENS_MAX = 20_000;
/** A token is checked again after so long, so that one whose key was withdrawn stops counting. */
export const TOKEN_KEPT_MS = 5 * 60_000;
/** Refused ones are remembered, because who sends one repeats it; briefly, because an issuer's new key may make it good. */
const REFUSED_MAX = 10_000;
const REFUSED_FOR_MS = 5_000;

/** A tenant, and the id that a token's holder has in its records: a digest under the tenant's own salt. */
export type FindTokenTenant = (
  slug: string,
  holder: { readonly issuer: string; readonly subject: string },
) => Promise<{ readonly tenant: TenantProfile; readonly id: KeyId } | undefined>;

export type TokenBookDeps = {
  readonly verify: VerifyToken;
  /** Throws `TokenRefused`. */
  readHeld(held: HeldToken): TokenHolder;
  readonly findTenant: FindTokenTenant;
  /** Of somebody of the platform. */
  platformId(holder: { readonly issuer: string; readonly subject: string }): KeyId;
  readonly clock: Clock;
};

/** Which token is whose: what is cached, and its issuer's keys for the rest. */
export type TokenBook = {
  readonly size: number;
  find(digest: string): Principal | undefined;
  /** Rejects `token_invalid`, `busy`, `issuer_unavailable`, `store_unavailable`. `keep`: what is read from now on will be kept up to date. */
  lookUp(digest: string, token: string, keep: boolean): Promise<Principal>;
  /** The same for claims that a session keeps of a token that was verified when it began. Their meaning is read anew each time. */
  lookUpHeld(digest: string, held: HeldToken, keep: boolean): Promise<Principal>;
  forget(change: Change): void;
  forgetAll(): void;
};

/** Three parts, the first two of them JSON. */
const SHAPE = /^eyJ[\w-]*\.eyJ[\w-]*\.[\w-]*$/;
export const isTokenShaped = (secret: string): boolean => SHAPE.test(secret);

type Entry = { readonly principal: Principal; readonly untilMs: number };

export function createTokenBook(
  { verify, readHeld, findTenant, platformId, clock }: TokenBookDeps,
  max: number = CACHED_TOKENS_MAX,
): TokenBook {
  const entries = new Map<string, Entry>();
  const refused = new Map<string, { readonly fault: Fault; readonly untilMs: number }>();
  const lookups = createLookups();

  const toPrincipal = async (holder: TokenHolder): Promise<Principal> => {
    if (holder.tenant === undefined) return { kind: "admin", role: holder.role, id: platformId(holder) } satisfies AdminPrincipal;
    const found = await findTenant(holder.tenant, holder);
    if (found === undefined) throw new TokenRefused("claims", "The token's tenant does not exist.");
    return toTenantPrincipal(holder, found.tenant, found.id);
  };
  const ask = async (digest: string, read: () => Promise<Verified>, isCurrent: () => boolean): Promise<Principal> => {
    try {
      const { holder, untilMs } = await read();
      const principal = await toPrincipal(holder);
      if (isCurrent()) put(entries, max, digest, { principal, untilMs: Math.min(untilMs, clock.nowMs() + TOKEN_KEPT_MS) });
      return principal;
    } catch (error) {
      if (error instanceof TokenRefused) put(refused, REFUSED_MAX, digest, { fault: error, untilMs: clock.nowMs() + REFUSED_FOR_MS });
      throw error;
    }
  };
  /** Answers under way may be from before a change: they serve those who wait for them and are not kept. */
  const forgetAnswers = (): void => {
    lookups.clear();
    refused.clear();
  };

  const lookUp = (digest: string, read: () => Promise<Verified>, keep: boolean): Promise<Principal> => {
    const known = refused.get(digest);
    if (known !== undefined && clock.nowMs() < known.untilMs) return Promise.reject(known.fault);
    return lookups.run(digest, (isCurrent) => ask(digest, read, () => keep && isCurrent()));
  };

  return {
    get size() {
      return entries.size;
    },
    find(digest) {
      const entry = entries.get(digest);
      if (entry === undefined) return undefined;
      if (clock.nowMs() < entry.untilMs) return entry.principal;
      entries.delete(digest);
      return undefined;
    },
    lookUp: (digest, token, keep) => lookUp(digest, () => verify(token), keep),
    lookUpHeld: (digest, held, keep) =>
      lookUp(digest, async () => ({ holder: readHeld(held), untilMs: clock.nowMs() + TOKEN_KEPT_MS }), keep),
    forget(change) {
      forgetAnswers();
      if (change.kind !== "tenant") return;
      for (const [digest, { principal }] of entries)
        if (principal.kind === "tenant" && principal.tenant.id === change.tenantId) entries.delete(digest);
    },
    forgetAll() {
      forgetAnswers();
      entries.clear();
    },
  };
}

/** What is asked already is not asked twice, and only so much at a time. */
function createLookups() {
  const lookups = new Map<string, Promise<Principal>>();
  let running = 0;
  return {
    clear: (): void => lookups.clear(),
    run(digest: string, ask: (isCurrent: () => boolean) => Promise<Principal>): Promise<Principal> {
      const found = lookups.get(digest);
      if (found !== undefined) return found;
      if (running >= LOOKUPS_MAX) return Promise.reject(new Fault("busy", { retryAfterMs: 1_000 }));
      running++;
      const isCurrent = (): boolean => lookups.get(digest) === started;
      const started: Promise<Principal> = ask(isCurrent).finally(() => {
        running--;
        if (isCurrent()) lookups.delete(digest);
      });
      lookups.set(digest, started);
      return started;
    },
  };
}

/** The oldest goes where there is no room. */
function put<T>(map: Map<string, T>, max: number, digest: string, value: T): void {
  map.delete(digest);
  const oldest = map.size >= max ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
  map.set(digest, value);
}

/** A token has no limits of its own: its tenant's hold. Its end is the cache's to mind, since its holder gets another. */
function toTenantPrincipal(holder: TokenHolder & { readonly tenant: string }, tenant: TenantProfile, id: KeyId): TenantPrincipal {
  const none = { models: undefined, rpm: undefined, tpm: undefined, budgetMicroUsd: undefined, expiresAtMs: undefined };
  const { role, team, region, ownDocumentsOnly, groups, clearance, jurisdiction } = holder;
  const access = { groups, clearance, jurisdiction };
  return { kind: "tenant", role, tenant, key: { id, name: "token", role, team, region, ownDocumentsOnly, ...access, ...none } };
}
