import * as contract from "../../contract/console.ts";
import type { HeldCredential, LoginFlow } from "../../admit/index.ts";
import type { Principal } from "../../domain/principal.ts";
import { Fault } from "../../kernel/fault.ts";
import type { RequestId } from "../../kernel/ids.ts";
import { readJson } from "../body.ts";
import { publicEndpoint, type Endpoint } from "../endpoint.ts";
import { readQuery } from "../query.ts";
import { noted } from "../route-note.ts";
import type { SignInLinks } from "./links.ts";
import { isOwnRequest } from "./own-request.ts";
import { SLOTS } from "./session.ts";
import { slotOf, type Sessions } from "./sessions.ts";

export type SignInDeps = {
  readonly sessions: Sessions;
  readonly links: SignInLinks;
  /** Of the key that was typed. Throws as any use of a key does. */
  authenticate(key: string): Promise<Principal>;
  hold(key: string): HeldCredential;
  /** undefined: there is none, or it is another issuer's. */
  readonly login: Pick<LoginFlow, "findLogout">;
  /** Wrong ones are bounded; a right one is let in. */
  attempt<T>(request: Request, run: () => Promise<T>): Promise<T>;
  /** For the audit log. */
  signedIn(who: Principal, by: "key" | "link" | "issuer", requestId: RequestId): void;
};

const BYTES_MAX = 16 * 1024;

/** A page of another site must not sign somebody in or out here. */
export function needOwnRequest(request: Request, sessions: Sessions): void {
  if (isOwnRequest(request, sessions.originOf(request))) return;
  throw new Fault("forbidden", { say: "This address is for pages of this server: send `x-weir-console: 1` from one." });
}

/** How a browser is signed in by a key or a link, and out again. */
export function signIn(deps: SignInDeps): Endpoint[] {
  const { sessions, links, attempt, signedIn } = deps;
  return [
    noted(
      publicEndpoint("POST", "/console/session", async (asked) => {
        needOwnRequest(asked.request, sessions);
        const { key } = await readJson(asked.request, contract.sessionCreate, BYTES_MAX);
        const held = deps.hold(key);
        const who = await attempt(asked.request, () => deps.authenticate(key));
        const cookie = await sessions.begin(asked.request, { [slotOf(who)]: held });
        signedIn(who, "key", asked.requestId);
        return answer({ signedIn: slotOf(who) }, [cookie]);
      }),
      {
        summary: "Sign a browser in by a key",
        description: "Beside a credential of the other kind that it has already. The answer sets a cookie that only this server reads.",
        body: contract.sessionCreate,
        answer: contract.sessionMade,
        faults: ["forbidden", "key_unknown", "token_invalid", "key_suspended", "rate_limited", "store_unavailable", "busy"],
      },
    ),
    noted(
      publicEndpoint("DELETE", "/console/session", async (asked) => {
        needOwnRequest(asked.request, sessions);
        const { slot } = readQuery(asked.query, contract.sessionQuery);
        const session = await sessions.open(asked.request);
        const ended = (slot === undefined ? SLOTS : [slot]).map((each) => session?.[each]).find((held) => held?.kind === "token");
        const back = `${sessions.originOf(asked.request)}/console/`;
        const logout = ended?.kind === "token" ? await deps.login.findLogout(ended.issuer, back) : undefined;
        return answer({ signedOut: true, logout: logout ?? null }, [await sessions.end(asked.request, slot)]);
      }),
      {
        summary: "Sign a browser out",
        description: "Copies of its cookie count no more, either, on no replica.",
        query: contract.sessionQuery,
        answer: contract.sessionEnded,
        faults: ["forbidden", "store_unavailable"],
      },
    ),
    noted(
      publicEndpoint("POST", "/console/session/link", async (asked) => {
        needOwnRequest(asked.request, sessions);
        const { code } = await readJson(asked.request, contract.linkUse, BYTES_MAX);
        const { held, who } = await attempt(asked.request, () => links.use(code));
        const cookie = await sessions.begin(asked.request, held);
        signedIn(who, "link", asked.requestId);
        return answer({ signedIn: "platform" }, [cookie]);
      }),
      {
        summary: "Sign a browser in by a link of this server's",
        body: contract.linkUse,
        answer: contract.sessionMade,
        faults: ["forbidden", "session_ended", "rate_limited", "store_unavailable"],
      },
    ),
    noted(
      publicEndpoint("POST", "/console/links", async ({ request }) => {
        const { key } = await readJson(request, contract.linkCreate, BYTES_MAX);
        return answer(await attempt(request, () => links.make(key, sessions.originOf(request))), []);
      }),
      {
        summary: "Make a link that signs one browser in, as the admin key",
        description: "`weir console` asks for it. It works once, for 15 minutes.",
        body: contract.linkCreate,
        answer: contract.linkMade,
        faults: ["key_unknown", "rate_limited"],
      },
    ),
  ];
}

/** An answer that nobody may keep, with the cookies that it sets. */
export function answer(body: unknown, cookies: readonly string[]): Response {
  const response = Response.json(body, { headers: { "cache-control": "no-store" } });
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
