import { createHash } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { isLoopback } from "../kernel/loopback.ts";
import { holdToken, type HeldToken } from "./held-credential.ts";
import { fieldsOf, readDiscovery, REFETCH_MS_MIN, type FetchDocument } from "./issuer-keys.ts";
import { createTokenCheck, TokenRefused, type TokenIssuer } from "./token-verifier.ts";

/** Sends a form to an issuer's token endpoint and resolves to the JSON of its answer. Rejects where that fails or is refused. */
export type PostForm = (url: string, form: URLSearchParams, authorization: string | undefined) => Promise<unknown>;

/** An issuer that people sign in by. */
export type LoginIssuer = TokenIssuer & {
  readonly console?:
    | {
        readonly clientId: string;
        readonly clientSecret?: string | undefined;
        readonly scopes: readonly string[];
        readonly tokenUri?: string | undefined;
      }
    | undefined;
};

/** What binds an answer of the issuer's to the browser that asked. All three are unguessable texts of one login. */
export type LoginSecrets = { readonly state: string; readonly nonce: string; readonly verifier: string };

/** What a browser brings back. `iss`: who says that it answered (RFC 9207). */
export type LoginAnswer = { readonly code: string; readonly iss: string | undefined };

/** OpenID Connect's authorisation code flow, with PKCE (RFC 7636, S256). */
export type LoginFlow = {
  /** Where the browser is sent. Rejects `not_found` for an issuer that nobody signs in by, `issuer_unavailable`. */
  begin(issuer: string, redirectUri: string, secrets: LoginSecrets): Promise<string>;
  /** Who came back with this code. Rejects `token_invalid`, `issuer_unavailable`. */
  finish(issuer: string, redirectUri: string, answer: LoginAnswer, secrets: LoginSecrets): Promise<HeldToken>;
  /** Where the browser signs out of the issuer, too; undefined where that is not offered, or the issuer is away. */
  findLogout(issuer: string, backTo: string): Promise<string | undefined>;
};

type Deps = { readonly fetchDocument: FetchDocument; readonly postForm: PostForm; readonly clock: Clock };
type Client = NonNullable<LoginIssuer["console"]>;
type Endpoints = {
  readonly authorise: string;
  readonly token: string;
  readonly logout: string | undefined;
  readonly postsSecret: boolean;
  /** Every answer of its says whose it is (RFC 9207). */
  readonly saysIssuer: boolean;
};

/** A description changes as rarely as a server moves. */
const DESCRIPTION_FRESH_MS = 5 * 60_000;

export function createLoginFlow({ fetchDocument, postForm, clock }: Deps, issuers: readonly LoginIssuer[]): LoginFlow {
  const clients = new Map(issuers.flatMap((rules) => (rules.console === undefined ? [] : [[rules.issuer, rules.console] as const])));
  const known = issuers.flatMap((rules) => (rules.console === undefined ? [] : [{ ...rules, audience: rules.console.clientId }]));
  const check = createTokenCheck({ fetchDocument, clock }, known);

  const clientOf = (issuer: string): Client => {
    const client = clients.get(issuer);
    if (client === undefined) throw new Fault("not_found", { say: "Nobody signs in by that issuer here." });
    return client;
  };
  const endpointsOf = createDescriptions(clock, (issuer) => readEndpoints(issuer, clientOf(issuer), fetchDocument));

  return {
    async begin(issuer, redirectUri, { state, nonce, verifier }) {
      const client = clientOf(issuer);
      const url = new URL((await endpointsOf(issuer)).authorise);
      const asked = {
        response_type: "code",
        client_id: client.clientId,
        redirect_uri: redirectUri,
        scope: [...new Set(["openid", ...client.scopes])].join(" "),
        state,
        nonce,
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
      };
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
      return url.href;
    },
    async finish(issuer, redirectUri, { code, iss }, { nonce, verifier }) {
      const client = clientOf(issuer);
      const { token, postsSecret, saysIssuer } = await endpointsOf(issuer);
      // Another issuer's answer in this one's place: its code would be given to this one.
      if (iss === undefined ? saysIssuer : iss !== issuer) throw new TokenRefused("issuer", "Another issuer answered than was asked.");
      const form = new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier });
      const authorization = addClient(form, client, postsSecret);
      const answer = await postForm(token, form, authorization).catch((error: unknown) => {
        throw new Fault("token_invalid", { say: "The issuer did not take the code that it gave: sign in again." }, { cause: error });
      });
      const idToken = fieldsOf(answer).get("id_token");
      if (typeof idToken !== "string") throw new TokenRefused("form", "The issuer gave no ID token.");
      const { payload, rules } = await check(idToken);
      // A token of another issuer, of another login, or made out to another client besides: replayed.
      if (rules.issuer !== issuer) throw new TokenRefused("issuer");
      if (payload["nonce"] !== nonce) throw new TokenRefused("claims", "The ID token is of another login (nonce).");
      if (payload["azp"] !== undefined && payload["azp"] !== client.clientId) throw new TokenRefused("audience");
      return holdToken(payload, rules);
    },
    async findLogout(issuer, backTo) {
      const client = clients.get(issuer);
      const found = client === undefined ? undefined : (await endpointsOf(issuer).catch(() => undefined))?.logout;
      if (client === undefined || found === undefined) return undefined;
      const url = new URL(found);
      url.searchParams.set("client_id", client.clientId);
      url.searchParams.set("post_logout_redirect_uri", backTo);
      return url.href;
    },
  };
}

/** Anybody may begin a login: however many do, an issuer is asked once, and one that is away is left in peace for a while. */
function createDescriptions(clock: Pick<Clock, "monotonicMs">, read: (issuer: string) => Promise<Endpoints>) {
  const kept = new Map<string, { readonly found: Promise<Endpoints>; untilMs: number }>();
  return (issuer: string): Promise<Endpoints> => {
    const before = kept.get(issuer);
    if (before !== undefined && clock.monotonicMs() < before.untilMs) return before.found;
    const found = read(issuer).catch((error: unknown) => {
      entry.untilMs = clock.monotonicMs() + REFETCH_MS_MIN;
      throw error instanceof Fault ? error : new Fault("issuer_unavailable", { retryAfterMs: REFETCH_MS_MIN }, { cause: error });
    });
    const entry = { found, untilMs: clock.monotonicMs() + DESCRIPTION_FRESH_MS };
    kept.set(issuer, entry);
    return found;
  };
}

/** The secret goes by HTTP's basic scheme (RFC 6749, 2.3.1) unless the issuer takes it in the form alone. Returns the header. */
function addClient(form: URLSearchParams, { clientId, clientSecret }: Client, postsSecret: boolean): string | undefined {
  if (clientSecret !== undefined && !postsSecret)
    return `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString("base64")}`;
  form.set("client_id", clientId);
  if (clientSecret !== undefined) form.set("client_secret", clientSecret);
  return undefined;
}

/** The code and the secret go to the issuer's own host, or to the one that the configuration names. */
async function readEndpoints(issuer: string, client: Client, fetchDocument: FetchDocument): Promise<Endpoints> {
  const found = await readDiscovery(issuer, fetchDocument);
  const token = client.tokenUri ?? addressIn(found, "token_endpoint");
  const authorise = addressIn(found, "authorization_endpoint");
  if (token === undefined || authorise === undefined) throw new Error("the issuer's description names no endpoints");
  if (client.tokenUri === undefined && new URL(token).origin !== new URL(issuer).origin)
    throw new Error("the issuer's token endpoint is on another host: name it by console.tokenUri");
  const methods = found.get("token_endpoint_auth_methods_supported");
  const postsSecret = Array.isArray(methods) && !methods.includes("client_secret_basic") && methods.includes("client_secret_post");
  const saysIssuer = found.get("authorization_response_iss_parameter_supported") === true;
  return { authorise, token, logout: addressIn(found, "end_session_endpoint"), postsSecret, saysIssuer };
}

function addressIn(found: ReadonlyMap<string, unknown>, name: string): string | undefined {
  const text = found.get(name);
  if (typeof text !== "string" || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname)) ? text : undefined;
}
