import { z } from "zod";
import * as contract from "../../contract/console.ts";
import type { HeldCredential, LoginFlow, LoginSecrets } from "../../admit/index.ts";
import type { Principal } from "../../domain/principal.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import { makeSecret, type RequestId } from "../../kernel/ids.ts";
import { publicEndpoint, type Endpoint } from "../endpoint.ts";
import { readQuery } from "../query.ts";
import { noted } from "../route-note.ts";
import { COOKIE_VALUE_CHARS_MAX, findCookie, LOGIN, toCookie } from "./cookie.ts";
import { createSealedText } from "./sealed-text.ts";
import { readSession, type Session } from "./session.ts";
import { slotOf, type Sessions } from "./sessions.ts";

export type LoginDeps = {
  /** 32 bytes, for this purpose alone. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly flow: LoginFlow;
  readonly sessions: Sessions;
  authenticateHeld(held: HeldCredential): Promise<Principal>;
  attempt<T>(request: Request, run: () => Promise<T>): Promise<T>;
  signedIn(who: Principal, by: "issuer", requestId: RequestId): void;
  refused(fault: Fault, requestId: RequestId): void;
};

/** Time to find a password and a second factor. */
const LOGIN_SECONDS = 10 * 60;
const CALLBACK = "/console/login/callback";

/** What the browser carries, sealed, while it is at the issuer. */
type Left = { readonly issuer: string; readonly secrets: LoginSecrets; readonly untilMs: number; readonly session?: Session | undefined };
const leftSchema = z.object({
  issuer: z.string(),
  secrets: z.object({ state: z.string(), nonce: z.string(), verifier: z.string() }),
  untilMs: z.number(),
  session: z.unknown().optional(),
});
const readLeft = (value: unknown): Left | undefined => {
  const left = leftSchema.safeParse(value).data;
  return left === undefined ? undefined : { ...left, session: readSession(left.session) };
};

/** How a browser is signed in by an issuer: it is sent there, and comes back with a code. */
export function login({ key, clock, flow, sessions, authenticateHeld, attempt, signedIn, refused }: LoginDeps): Endpoint[] {
  const text = createSealedText(key, "login", readLeft);
  const seal = (left: Left): string => {
    const value = text.seal(left);
    // Two large sets of claims have no room in one cookie: then the other credential is left behind.
    return value.length > COOKIE_VALUE_CHARS_MAX ? text.seal({ ...left, session: undefined }) : value;
  };
  const finish = async (request: Request, { left, code, iss }: Answered): Promise<{ readonly cookie: string; readonly who: Principal }> => {
    const held = await flow.finish(left.issuer, sessions.originOf(request) + CALLBACK, { code, iss }, left.secrets);
    const who = await authenticateHeld(held);
    return { cookie: await sessions.begin(request, { [slotOf(who)]: held }, left.session), who };
  };
  return [
    noted(
      publicEndpoint("GET", "/console/login/issuer", async ({ request, query }) => {
        const { issuer } = readQuery(query, contract.loginQuery);
        const secrets = { state: makeSecret("state"), nonce: makeSecret("nonce"), verifier: makeSecret("verifier") + makeSecret("") };
        const origin = sessions.originOf(request);
        const url = await flow.begin(issuer, origin + CALLBACK, secrets);
        const left = { issuer, secrets, untilMs: clock.nowMs() + LOGIN_SECONDS * 1000, session: await sessions.open(request) };
        return redirect(url, [toCookie(LOGIN, origin, seal(left), LOGIN_SECONDS)]);
      }),
      {
        summary: "Send a browser to an issuer, to sign in",
        description: "OpenID Connect's authorisation code flow, with PKCE.",
        query: contract.loginQuery,
        status: 302,
        faults: ["not_found", "issuer_unavailable", "store_unavailable"],
      },
    ),
    noted(
      publicEndpoint("GET", CALLBACK, async ({ request, query, requestId }) => {
        const gone = toCookie(LOGIN, sessions.originOf(request), "", 0);
        try {
          const sealed = findCookie(request.headers, LOGIN, sessions.originOf(request));
          const answered = readAnswer(query, sealed === undefined ? undefined : text.open(sealed), clock.nowMs());
          const { cookie, who } = await attempt(request, () => finish(request, answered));
          signedIn(who, "issuer", requestId);
          return redirect("/console/", [cookie, gone]);
        } catch (error) {
          // Somebody looks at a page, not at JSON: the page to sign in says what went wrong.
          if (!(error instanceof Fault)) throw error;
          refused(error, requestId);
          return redirect(`/console/login?problem=${error.code}`, [gone]);
        }
      }),
      {
        summary: "Where an issuer sends the browser back to",
        query: contract.loginAnswer,
        description: "Where that signs nobody in, the page to sign in says why (`?problem=`).",
        status: 302,
      },
    ),
  ];
}

type Answered = { readonly left: Left; readonly code: string; readonly iss: string | undefined };

/** What belongs to no login of this browser asks nobody, and counts as no attempt: any page could make a browser send it. */
function readAnswer(query: URLSearchParams, left: Left | undefined, nowMs: number): Answered {
  const { code, state, iss, error } = readQuery(new URLSearchParams(known(query)), contract.loginAnswer);
  if (left === undefined || nowMs >= left.untilMs || state !== left.secrets.state)
    throw new Fault("token_invalid", { say: "This answer belongs to no login that this browser began." });
  if (error !== undefined || code === undefined) throw new Fault("token_invalid", { say: "The issuer signed nobody in." });
  return { left, code, iss };
}

/** Issuers add what they like. */
const known = (query: URLSearchParams): string[][] => [...query].filter(([name]) => name in contract.loginAnswer.shape);

function redirect(url: string, cookies: readonly string[]): Response {
  const response = new Response(null, {
    status: 302,
    headers: { location: url, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  });
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
