import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** How an issuer may answer wrongly. */
export type Slip = "nonce" | "audience" | "expired" | "signature" | "code" | "iss" | "no iss";

export type LoginIssuer = {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who is at the keyboard: the claims of the next ID tokens. */
  holder: Readonly<Record<string, unknown>>;
  /** What is wrong with what comes next. */
  slip: Slip | undefined;
  /** Requests for a token that were refused: PKCE, client, code or address did not fit. */
  refused(): number;
  close(): Promise<void>;
};

type Grant = { readonly challenge: string; readonly redirectUri: string; readonly nonce: string; readonly clientId: string };

/** An OpenID Connect issuer on a socket of its own, with a page to sign in at: authorisation code flow, PKCE required, codes work once. */
export async function startLoginIssuer(nowMs: () => number): Promise<LoginIssuer> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const forged = await generateKeyPair("RS256");
  const grants = new Map<string, Grant>();
  let refusals = 0;
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a port");
  const url = `http://127.0.0.1:${String(address.port)}`;
  const issuer: LoginIssuer = {
    url,
    clientId: "weir-console",
    clientSecret: "a secret of the console: with / and %",
    holder: { sub: "ada", role: "member" },
    slip: undefined,
    refused: () => refusals,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = new URL(request.url ?? "/", url);
    if (asked.pathname === "/.well-known/openid-configuration") return sendJson(response, 200, describe());
    if (asked.pathname === "/keys")
      return sendJson(response, 200, { keys: [{ ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" }] });
    if (asked.pathname === "/authorize") return showPage(asked, response);
    if (asked.pathname === "/token") return giveToken(request, response);
    // The page of an issuer that says good-bye.
    return sendPage(response, "<h1>Signed out of the issuer</h1>");
  }
  const describe = () => ({
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    end_session_endpoint: `${url}/logout`,
    jwks_uri: `${url}/keys`,
    authorization_response_iss_parameter_supported: true,
  });
  /** The page's link is what somebody who signs in would press. */
  function showPage({ searchParams: asked }: URL, response: ServerResponse): void {
    const code = randomBytes(16).toString("base64url");
    const redirectUri = asked.get("redirect_uri") ?? "";
    grants.set(code, {
      challenge: asked.get("code_challenge_method") === "S256" ? (asked.get("code_challenge") ?? "") : "",
      redirectUri,
      nonce: asked.get("nonce") ?? "",
      clientId: asked.get("client_id") ?? "",
    });
    const back = new URL(redirectUri);
    back.searchParams.set("code", issuer.slip === "code" ? "made-up" : code);
    back.searchParams.set("state", asked.get("state") ?? "");
    if (issuer.slip !== "no iss") back.searchParams.set("iss", issuer.slip === "iss" ? "https://other.test" : url);
    sendPage(
      response,
      `<h1>Sign in</h1><a id="go" href="${back.href.replaceAll("&", "&amp;")}">Continue as ${String(issuer.holder["sub"])}</a>`,
    );
  }
  async function giveToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const piece of request) body += String(piece);
    const form = new URLSearchParams(body);
    const grant = grants.get(form.get("code") ?? "");
    grants.delete(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const basic = Buffer.from((request.headers.authorization ?? "").replace(/^Basic /, ""), "base64").toString("utf8");
    const [id = "", secret = ""] = basic.split(":").map(decodeURIComponent);
    const isRight =
      grant !== undefined &&
      grant.challenge === challenge &&
      grant.redirectUri === form.get("redirect_uri") &&
      id === issuer.clientId &&
      grant.clientId === id &&
      secret === issuer.clientSecret;
    if (!isRight) {
      refusals++;
      return sendJson(response, 400, { error: "invalid_grant" });
    }
    sendJson(response, 200, { token_type: "Bearer", access_token: "unused", id_token: await sign(grant) });
  }
  function sign({ nonce }: Grant): Promise<string> {
    const now = Math.floor(nowMs() / 1000);
    const { slip } = issuer;
    const exp = slip === "expired" ? now - 3600 : now + 300;
    const aud = slip === "audience" ? "another-client" : issuer.clientId;
    const claims = { iss: url, aud, iat: now, exp, nonce: slip === "nonce" ? "another" : nonce, ...issuer.holder };
    return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(slip === "signature" ? forged.privateKey : privateKey);
  }
  return issuer;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function sendPage(response: ServerResponse, body: string): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><html lang="en"><title>Issuer</title><body>${body}</body></html>`);
}
