import type { Clock } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import { COOKIE_VALUE_CHARS_MAX, findCookie, SESSION, toCookie } from "./cookie.ts";
import { originOf } from "./own-request.ts";
import { createSealedText } from "./sealed-text.ts";
import { endsAtMs, lifeEndsAtMs, readSession, RENEW_MS, type Session } from "./session.ts";

export type SessionCookiesDeps = {
  /** 32 bytes, for this purpose alone. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  isEnded(id: string): Promise<boolean>;
  /** Of the configuration in force. */
  settings(): { readonly sessionHours: number; readonly origin: string | undefined };
};

/** Sessions as browsers keep them. */
export type SessionCookies = {
  /** Where browsers reach this server. */
  origin(request: Request): string;
  /** undefined: there is none, or it has ended. */
  open(request: Request): Promise<Session | undefined>;
  /** The same for one that was opened already. */
  check(session: Session): Promise<Session | undefined>;
  /** The cookie. Throws `token_invalid` where it would be too large for a browser. */
  seal(request: Request, session: Session): string;
  /** The cookie of a session that is used, where it is time for a new one. */
  renew(request: Request, session: Session): string | undefined;
};

export function createSessionCookies({ key, clock, isEnded, settings }: SessionCookiesDeps): SessionCookies {
  const text = createSealedText(key, "session", readSession);
  const origin = (request: Request): string => originOf(request, settings().origin);
  const check = async (session: Session): Promise<Session | undefined> => {
    if (clock.nowMs() >= endsAtMs(session, settings().sessionHours)) return undefined;
    return (await isEnded(session.id)) ? undefined : session;
  };
  const seal = (request: Request, session: Session): string => {
    const value = text.seal(session);
    if (value.length > COOKIE_VALUE_CHARS_MAX)
      throw new Fault("token_invalid", {
        say: "The token says too much of its holder for a browser's cookie: let the issuer name fewer groups.",
      });
    const seconds = Math.max(1, Math.floor((lifeEndsAtMs(session, settings().sessionHours) - clock.nowMs()) / 1000));
    return toCookie(SESSION, origin(request), value, seconds);
  };
  return {
    origin,
    check,
    seal,
    async open(request) {
      const sealed = findCookie(request.headers, SESSION, origin(request));
      const session = sealed === undefined ? undefined : text.open(sealed);
      return session === undefined ? undefined : await check(session);
    },
    renew(request, session) {
      const nowMs = clock.nowMs();
      return nowMs - session.sealedAtMs < RENEW_MS ? undefined : seal(request, { ...session, sealedAtMs: nowMs });
    },
  };
}
