import { holds, type HeldCredential, type Permission } from "../../admit/index.ts";
import type { AdminPrincipal, Principal, TenantPrincipal } from "../../domain/principal.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import { makeSecret } from "../../kernel/ids.ts";
import { findCookie, SESSION, toCookie } from "./cookie.ts";
import { isOwnRequest } from "./own-request.ts";
import { createSessionCookies } from "./session-cookies.ts";
import { lifeEndsAtMs, SLOTS, type Session, type Slot } from "./session.ts";

export type SessionsDeps = {
  /** 32 bytes, for this purpose alone. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  authenticateHeld(held: HeldCredential, tenantHeader: string | undefined): Promise<Principal>;
  isEnded(id: string): Promise<boolean>;
  /** True for the first who ends it. */
  endOnce(id: string, untilMs: number): Promise<boolean>;
  /** Of the configuration in force. */
  settings(): { readonly sessionHours: number; readonly origin: string | undefined };
};

/** Who of a session's two is still let in. */
export type SignedIn = {
  readonly platform?: AdminPrincipal | undefined;
  readonly tenant?: TenantPrincipal | undefined;
  readonly endsAtMs: number;
};
/** Of a request with a session: who asks, and the cookie to send back where it is time for a new one. */
export type SessionCaller = { readonly who: Principal; readonly cookie: string | undefined };

/** Browsers that are signed in. A credential counts as long as its key or issuer does: it is looked up with every request. */
export type Sessions = {
  /** Rejects `key_missing` where no cookie counts, `session_ended` where it does not any more. */
  authenticate(request: Request, of: "platform" | "tenant", permission: Permission): Promise<SessionCaller>;
  /** undefined: the request has no session. */
  whoIs(request: Request): Promise<SignedIn | undefined>;
  /** The session of a request, whatever sent it: only for what changes nothing for the caller. */
  open(request: Request): Promise<Session | undefined>;
  /**
   * A new session with these credentials, beside what the session before has for the other slot; that one ends. `left`: the session that
   * the browser had when it left for an issuer, since it comes back without. The cookie.
   */
  begin(request: Request, fresh: Held, left?: Session): Promise<string>;
  /** Nothing that was copied of it counts any more; where only one slot is meant, the rest goes on as another session. The cookie. */
  end(request: Request, slot: Slot | undefined): Promise<string>;
  originOf(request: Request): string;
};

/** What a session holds. */
export type Held = Pick<Session, Slot>;
export const slotOf = (who: Principal): Slot => (who.kind === "admin" ? "platform" : "tenant");

export function createSessions(deps: SessionsDeps): Sessions {
  const { clock, settings } = deps;
  const cookies = createSessionCookies(deps);
  const { open, seal, origin } = cookies;
  const find = (session: Session, slot: Slot, tenantHeader?: string) => findHolder(deps, session, slot, tenantHeader);
  const endIt = (session: Session) => deps.endOnce(session.id, lifeEndsAtMs(session, settings().sessionHours));
  const make = (kept: Held): Session => {
    const nowMs = clock.nowMs();
    return { ...kept, id: makeSecret("ses"), madeAtMs: nowMs, sealedAtMs: nowMs };
  };

  return {
    open,
    originOf: origin,
    async authenticate(request, of, permission) {
      if (!isOwnRequest(request, origin(request)) || findCookie(request.headers, SESSION, origin(request)) === undefined)
        throw new Fault("key_missing");
      const session = await open(request);
      if (session === undefined) throw new Fault("session_ended");
      const who = await choose(of, permission, (slot) => find(session, slot, request.headers.get("openai-tenant") ?? undefined));
      if (who === undefined) throw new Fault("session_ended");
      return { who, cookie: cookies.renew(request, session) };
    },
    async whoIs(request) {
      const session = isOwnRequest(request, origin(request)) ? await open(request) : undefined;
      if (session === undefined) return undefined;
      const platform = await find(session, "platform");
      const tenant = await find(session, "tenant").catch(orNobody);
      return {
        ...(platform?.kind === "admin" ? { platform } : {}),
        ...(tenant?.kind === "tenant" ? { tenant } : {}),
        endsAtMs: lifeEndsAtMs(session, settings().sessionHours),
      };
    },
    async begin(request, fresh, left) {
      const before = (await open(request)) ?? (left === undefined ? undefined : await cookies.check(left));
      const kept = SLOTS.some((slot) => fresh[slot] === undefined && before?.[slot] !== undefined);
      // Always under a new id: what somebody slipped into the browser before signs nobody in. What is kept does not live longer by it.
      const made = make({ platform: fresh.platform ?? before?.platform, tenant: fresh.tenant ?? before?.tenant });
      const cookie = seal(request, before !== undefined && kept ? { ...made, madeAtMs: before.madeAtMs } : made);
      if (before !== undefined) await endIt(before);
      return cookie;
    },
    async end(request, slot) {
      const session = await open(request);
      if (session !== undefined) await endIt(session);
      const rest: Held = slot === "platform" ? { tenant: session?.tenant } : { platform: session?.platform };
      const isLeft = slot !== undefined && (rest.platform ?? rest.tenant) !== undefined;
      // The rest keeps the age that it has: signing out of one half must not lengthen the other's life.
      if (isLeft && session !== undefined) return seal(request, { ...make(rest), madeAtMs: session.madeAtMs });
      return toCookie(SESSION, origin(request), "", 0);
    },
  };
}

/** undefined: it does not count any more, or means somebody else's kind by now. Other faults, such as a suspension, are the caller's to hear. */
async function findHolder(
  deps: Pick<SessionsDeps, "authenticateHeld">,
  session: Session,
  slot: Slot,
  tenantHeader: string | undefined,
): Promise<Principal | undefined> {
  const held = session[slot];
  if (held === undefined) return undefined;
  try {
    const who = await deps.authenticateHeld(held, tenantHeader);
    return slotOf(who) === slot ? who : undefined;
  } catch (error) {
    if (error instanceof Fault && error.status === 401) return undefined;
    throw error;
  }
}

/** A suspended key is told where it is used. */
const orNobody = (error: unknown): undefined => {
  if (!(error instanceof Fault) || error.status !== 403) throw error;
};

/** A tenant's data is reached by the tenant's own credential. Everything else by the platform's where that may do it, else by the tenant's. */
async function choose(
  of: "platform" | "tenant",
  permission: Permission,
  find: (slot: Slot) => Promise<Principal | undefined>,
): Promise<Principal | undefined> {
  if (of === "tenant") return (await find("tenant")) ?? (await find("platform"));
  const platform = await find("platform");
  if (platform !== undefined && holds(platform, permission)) return platform;
  return (await find("tenant")) ?? platform;
}
