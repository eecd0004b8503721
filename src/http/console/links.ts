import { z } from "zod";
import type { HeldCredential } from "../../admit/index.ts";
import type { Principal } from "../../domain/principal.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import { makeSecret } from "../../kernel/ids.ts";
import { createSealedText } from "./sealed-text.ts";
import type { Held } from "./sessions.ts";

/** Long enough to walk to a browser. */
export const LINK_MS = 15 * 60_000;

/** Links that sign one browser in, once, as the admin key and, in a demo, as the demo's tenant. */
export type SignInLinks = {
  /** Rejects `key_unknown` unless it is the admin key itself: a person's token must not become somebody without a name. */
  make(key: string, origin: string): Promise<{ readonly url: string; readonly expiresAt: string }>;
  /** The same for the server's own start, which has the key. */
  makeOwn(origin: string): string;
  /** Rejects `session_ended` where the link is too old, or was used. */
  use(code: string): Promise<{ readonly held: Held; readonly who: Principal }>;
};

export type SignInLinksDeps = {
  /** 32 bytes, for this purpose alone. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  authenticate(key: string): Promise<Principal>;
  hold(key: string): HeldCredential;
  /** Keys that a link stands for, as they are now. */
  keys(): { readonly admin: string; readonly demo: string | undefined };
  endOnce(id: string, untilMs: number): Promise<boolean>;
};

const schema = z.tuple([z.string(), z.number()]);

export function createSignInLinks({ key, clock, authenticate, hold, keys, endOnce }: SignInLinksDeps): SignInLinks {
  const text = createSealedText(key, "sign-in-link", (value) => schema.safeParse(value).data);
  // Behind the #, so that it reaches no server, no log and no next page.
  const toUrl = (origin: string, untilMs: number): string => `${origin}/console/start#code=${text.seal([makeSecret("link"), untilMs])}`;
  return {
    async make(given, origin) {
      const who = await authenticate(given);
      if (who.kind !== "admin" || who.id !== undefined)
        throw new Fault("key_unknown", { say: "Only the admin key itself makes such links." });
      const untilMs = clock.nowMs() + LINK_MS;
      return { url: toUrl(origin, untilMs), expiresAt: new Date(untilMs).toISOString() };
    },
    makeOwn: (origin) => toUrl(origin, clock.nowMs() + LINK_MS),
    async use(code) {
      const [id, untilMs] = text.open(code) ?? ["", 0];
      if (clock.nowMs() >= untilMs || !(await endOnce(id, untilMs)))
        throw new Fault("session_ended", { say: "This link was used, or is too old. `weir console` prints a new one." });
      const { admin, demo } = keys();
      return { held: { platform: hold(admin), tenant: demo === undefined ? undefined : hold(demo) }, who: await authenticate(admin) };
    },
  };
}
