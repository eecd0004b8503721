import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from "jose";

export type TestIssuer = {
  readonly url: string;
  /** Times that its keys were asked for. */
  readonly asked: () => number;
  /** A token as the issuer makes it, with these claims over the usual ones. */
  sign(claims?: Record<string, unknown>, options?: { readonly kid?: string; readonly alg?: string }): Promise<string>;
  /** A new key under this id; the earlier ones stay until they are withdrawn. */
  addKey(kid: string, alg?: string): Promise<void>;
  withdraw(kid: string): void;
  /** The private key, for those who forge. */
  keyOf(kid: string): CryptoKey;
  publicJwk(kid: string): Promise<Record<string, unknown>>;
  /** While true it answers with status 503. */
  setAway(away: boolean): void;
  close(): Promise<void>;
};

export const AUDIENCE = "weir-test";

/** An OpenID Connect issuer on a socket of its own: discovery, keys, tokens. */
export async function startIssuer(nowMs: () => number): Promise<TestIssuer> {
  const keys = new Map<string, { readonly alg: string; readonly privateKey: CryptoKey; readonly publicKey: CryptoKey; shown: boolean }>();
  let asked = 0;
  let away = false;
  const publicJwk = async (kid: string) => ({ ...(await exportJWK(need(kid).publicKey)), kid, alg: need(kid).alg, use: "sig" });
  const need = (kid: string) => {
    const key = keys.get(kid);
    if (key === undefined) throw new TypeError(`no key ${kid}`);
    return key;
  };
  const server = createServer((request, response) => {
    const answer = async (): Promise<unknown> => {
      if (request.url === "/.well-known/openid-configuration") return { issuer: url, jwks_uri: `${url}/keys` };
      asked++;
      return { keys: await Promise.all([...keys].filter(([, key]) => key.shown).map(([kid]) => publicJwk(kid))) };
    };
    const send = async (): Promise<void> => {
      const body = JSON.stringify(await answer());
      response.writeHead(away ? 503 : 200, { "content-type": "application/json" });
      response.end(body);
    };
    void send();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a port");
  const url = `http://127.0.0.1:${String(address.port)}`;
  const addKey = async (kid: string, alg = "RS256"): Promise<void> => {
    keys.set(kid, { alg, shown: true, ...(await generateKeyPair(alg, { extractable: true })) });
  };
  await addKey("first");
  return {
    url,
    asked: () => asked,
    addKey,
    withdraw(kid) {
      need(kid).shown = false;
    },
    keyOf: (kid) => need(kid).privateKey,
    publicJwk,
    setAway(now) {
      away = now;
    },
    sign(claims = {}, { kid = "first", alg = need(kid).alg } = {}) {
      const now = Math.floor(nowMs() / 1000);
      const all = { iss: url, aud: AUDIENCE, sub: "ada", iat: now, exp: now + 600, ...claims };
      return new SignJWT(all).setProtectedHeader({ alg, kid, typ: "JWT" }).sign(need(kid).privateKey);
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
