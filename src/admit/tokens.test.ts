import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, test } from "bun:test";
import { exportSPKI, generateKeyPair, importJWK, SignJWT, type CryptoKey } from "jose";
import { Fault } from "../kernel/fault.ts";
import { deriveKey } from "../kernel/hash.ts";
import { toHolderId } from "../kernel/ids.ts";
import { createAuthenticator, KEY_PEPPER_PURPOSE } from "./authenticator.ts";
import { KEYS_FRESH_MS, KEYS_KEPT_MS, REFETCH_MS_MIN } from "./issuer-keys.ts";
import { createFakeTime, testTenant } from "./testing.ts";
import { createHeldReader } from "./held-credential.ts";
import { createTokenBook, TOKEN_KEPT_MS } from "./token-book.ts";
import { AUDIENCE, startIssuer, type TestIssuer } from "./token-issuer.fixture.ts";
import { createTokenVerifier, type TokenIssuer } from "./token-verifier.ts";

type Claims = Record<string, unknown>;

const NOW = Date.UTC(2026, 10, 21);
const acme = testTenant({ slug: "acme" });
let issuer: TestIssuer;
let stranger: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
beforeAll(async () => {
  issuer = await startIssuer(() => NOW);
  await issuer.addKey("curve", "ES256");
  stranger = await generateKeyPair("RS256", { extractable: true });
});
afterAll(() => issuer.close());

const rulesOf = (change: Partial<TokenIssuer> = {}): TokenIssuer => ({
  issuer: issuer.url,
  audience: AUDIENCE,
  algorithms: ["RS256", "ES256"],
  clockSkewSeconds: 30,
  claims: {
    tenant: "tenant",
    role: "role",
    team: "team",
    region: "region",
    groups: "groups",
    clearance: "clearance",
    jurisdiction: "jurisdiction",
  },
  roles: { user: "member", owner: "tenant-admin", ops: "engineer", root: "admin" },
  ownDocumentsOnly: false,
  ...change,
});

async function setUp(change: Partial<TokenIssuer> = {}) {
  const time = createFakeTime(NOW);
  const fetched: string[] = [];
  const state = { tenant: acme, lookups: 0, changes: [] as { seq: number; kind: "tenant"; tenantId: typeof acme.id; id: string }[] };
  const signedIn: string[] = [];
  const tokens = createTokenBook({
    verify: createTokenVerifier(
      {
        clock: time.clock,
        async fetchDocument(url) {
          fetched.push(url);
          const response = await fetch(url);
          if (!response.ok) throw new Error("away");
          return response.json();
        },
      },
      [rulesOf(change)],
    ),
    readHeld: createHeldReader([rulesOf(change)]),
    findTenant(slug, { subject }) {
      state.lookups++;
      return Promise.resolve(slug === "acme" ? { tenant: state.tenant, id: toHolderId(Buffer.from(subject.padEnd(32))) } : undefined);
    },
    platformId: ({ subject }) => toHolderId(Buffer.from(subject.padEnd(32))),
    clock: time.clock,
  });
  const authenticator = createAuthenticator({
    findKey: () => Promise.resolve(undefined),
    feed: {
      newest: () => Promise.resolve(0),
      since: (seq) => Promise.resolve(state.changes.filter((each) => each.seq > seq)),
    },
    adminKeys: ["an-admin-key-of-some-length"],
    pepper: deriveKey(new Uint8Array(32).fill(7), KEY_PEPPER_PURPOSE),
    findTokens: () => tokens,
    signedIn: (who, by) => void signedIn.push(`${who.role} by ${by}`),
    clock: time.clock,
    after: time.after,
  });
  await authenticator.start();
  const ask = (token: string, tenantHeader?: string) => authenticator.authenticate({ authorization: `Bearer ${token}`, tenantHeader });
  return { time, state, fetched, signedIn, authenticator, ask };
}

const of = (claims: Claims = {}): Claims => ({ tenant: "acme", role: "user", ...claims });
const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    return Fault.from(error).code;
  }
  return "accepted";
};
const b64 = (value: unknown): string => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const split = (token: string): [string, string, string] => token.split(".") as [string, string, string];
const seconds = NOW / 1000;

type Forge = (at: number) => Promise<string>;
/** Each makes a token that must not be taken; the same claims, signed rightly, are the control. */
const FORGERIES: Readonly<Record<string, Forge>> = {
  "another key under the issuer's key id": (at) =>
    new SignJWT(usual(at)).setProtectedHeader({ alg: "RS256", kid: "first" }).sign(stranger.privateKey),
  "another payload under a good signature": async (at) => {
    const [head, , signature] = split(await issuer.sign(of({ sub: `p${at}` })));
    return `${head}.${b64({ ...usual(at), role: "owner" })}.${signature}`;
  },
  "another header over a good signature": async (at) => {
    const [, body, signature] = split(await issuer.sign(of({ sub: `h${at}` })));
    return `${b64({ alg: "RS256", kid: "first", typ: "JWT", n: at })}.${body}.${signature}`;
  },
  "a signature with one bit turned": async (at) => {
    const [head, body, signature] = split(await issuer.sign(of({ sub: `b${at}` })));
    const bytes = Buffer.from(signature, "base64url");
    bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << (at % 8));
    return `${head}.${body}.${bytes.toString("base64url")}`;
  },
  "a signature cut short": async (at) => (await issuer.sign(of({ sub: `c${at}` }))).slice(0, -1 - (at % 40)),
  "no signature": async (at) =>
    `${split(await issuer.sign(of({ sub: `n${at}` })))
      .slice(0, 2)
      .join(".")}.`,
  "alg none": async (at) =>
    `${b64({ alg: ["none", "None", "NONE", "nOnE"][at % 4], typ: "JWT" })}.${b64(usual(at))}.${at % 2 === 0 ? "" : b64("x")}`,
  "HS256 by the public key in PEM": async (at) => {
    const key = await importJWK(await issuer.publicJwk("first"), "RS256", { extractable: true });
    return hmacToken(at, `${await exportSPKI(key as CryptoKey)}${at % 2 === 0 ? "" : "\n"}`);
  },
  "HS256 by the public key as JSON": async (at) => hmacToken(at, JSON.stringify(await issuer.publicJwk(at % 2 === 0 ? "first" : "curve"))),
  "a key carried in the header": async (at) =>
    new SignJWT(usual(at))
      .setProtectedHeader({ alg: "RS256", kid: "mine", jwk: { kty: "RSA", e: "AQAB", n: "x" }, jku: "http://127.0.0.1:9/keys" })
      .sign(stranger.privateKey),
  "a key id that the issuer does not have": (at) =>
    new SignJWT(usual(at)).setProtectedHeader({ alg: "RS256", kid: `k${at}` }).sign(issuer.keyOf("first")),
  "a critical header that nobody knows": async (at) => {
    const head = b64({ alg: "RS256", kid: "first", crit: ["x"], x: at });
    return `${head}.${b64(usual(at))}.${split(await issuer.sign(of())).at(2) ?? ""}`;
  },
  "an algorithm that is not on the list": (at) =>
    new SignJWT(usual(at))
      .setProtectedHeader({ alg: "PS256", kid: "first" })
      .sign(stranger.privateKey)
      .catch(() => pssToken(at)),
  "the key of the other algorithm": (at) =>
    new SignJWT(usual(at)).setProtectedHeader({ alg: "ES256", kid: "first" }).sign(issuer.keyOf("curve")),
  expired: (at) => issuer.sign(of({ exp: seconds - 31 - at })),
  "not valid yet": (at) => issuer.sign(of({ nbf: seconds + 31 + at })),
  "without an end": (at) => issuer.sign(of({ sub: `e${at}`, exp: undefined })),
  "another audience": (at) => issuer.sign(of({ aud: [`other-${at}`, `${AUDIENCE}x`] })),
  "without an audience": (at) => issuer.sign(of({ sub: `a${at}`, aud: undefined })),
  "another issuer": (at) =>
    issuer.sign(of({ iss: [`${issuer.url}/`, `${issuer.url}.evil`, "https://evil.example", ""][at % 4], sub: `i${at}` })),
  "without a subject": (at) => issuer.sign(of({ jti: `s${at}`, sub: at % 2 === 0 ? undefined : "" })),
  "a tenant that is none": (at) => issuer.sign(of({ tenant: [`t${at}`, "ACME", "acme/..", ["acme"], 7, true][at % 6] })),
  "a role that means nothing": (at) =>
    issuer.sign(of({ role: ["admin", "tenant-admin", "member", "__proto__", "toString", ""][at % 6], sub: `r${at}` })),
  "a role of the platform in a tenant": (at) => issuer.sign(of({ role: ["root", ["root", "ops"]][at % 2], sub: `f${at}` })),
  "a tenant's role on the platform": (at) => issuer.sign({ role: "owner", sub: `g${at}` }),
};
const usual = (at: number): Claims => of({ iss: issuer.url, aud: AUDIENCE, sub: `x${at}`, exp: seconds + 600 });
const hmacToken = (at: number, secret: string): string => {
  const text = `${b64({ alg: "HS256", kid: "first", typ: "JWT" })}.${b64(usual(at))}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
};
async function pssToken(at: number): Promise<string> {
  const { privateKey } = await generateKeyPairOnce();
  return new SignJWT(usual(at)).setProtectedHeader({ alg: "PS256", kid: "first" }).sign(privateKey);
}
let pss: ReturnType<typeof generateKeyPair> | undefined;
const generateKeyPairOnce = () => (pss ??= generateKeyPair("PS256"));

test("1,000 forged, expired, misdirected, unsigned, confused and withdrawn tokens are refused, and their good twins taken", async () => {
  const { ask, time } = await setUp();
  await issuer.addKey("leaving");
  const leaving = await issuer.sign(of({ sub: "leaving" }), { kid: "leaving" });
  assert.equal(await codeOf(() => ask(leaving)), "accepted");
  const kinds = Object.entries(FORGERIES);
  const each = Math.ceil(1000 / kinds.length);
  const taken: string[] = [];
  const codes = new Map<string, number>();
  let refused = 0;
  let controls = 0;
  for (const [name, forge] of kinds) {
    for (let at = 0; at < each; at++) {
      const code = await codeOf(async () => ask(await forge(at)));
      if (code === "accepted") taken.push(`${name} ${at}`);
      else refused++;
      codes.set(code, (codes.get(code) ?? 0) + 1);
      const control = await codeOf(async () =>
        ask(await issuer.sign(of({ sub: `control ${name} ${at}` }), { kid: at % 2 === 0 ? "first" : "curve" })),
      );
      if (control === "accepted") controls++;
    }
  }
  assert.deepEqual(taken, []);
  assert.equal(controls, each * kinds.length);
  assert.ok(refused >= 1000);
  assert.deepEqual([...codes.keys()].toSorted(), ["token_invalid"]);
  // A key that its issuer has withdrawn: counted until the keys are fetched anew, then never.
  issuer.withdraw("leaving");
  await time.advance(KEYS_FRESH_MS + 1);
  const gone = await Promise.all(
    Array.from({ length: 20 }, async (_, at) => codeOf(async () => ask(await issuer.sign(of({ sub: `w${at}` }), { kid: "leaving" })))),
  );
  assert.deepEqual(new Set(gone), new Set(["token_invalid"]));
  assert.equal(await codeOf(() => ask(leaving)), "token_invalid");
  console.log(`# tokens: ${refused + gone.length + 1} refused of ${kinds.length + 1} kinds, 0 taken wrongly; ${controls} good ones taken`);
});

test("a verifier that lets one kind through is told by the same tokens", async () => {
  // Planted faults: an audience more, an algorithm's key for another, a clock that is not looked at.
  const wide = await setUp({ audience: [AUDIENCE, "other-3"] });
  assert.equal(await codeOf(async () => wide.ask(await issuer.sign(of({ aud: "other-3" })))), "accepted");
  const slow = await setUp({ clockSkewSeconds: 300 });
  assert.equal(await codeOf(async () => slow.ask(await issuer.sign(of({ exp: seconds - 31 })))), "accepted");
  const loose = await setUp({ roles: { admin: "tenant-admin" } });
  assert.equal(await codeOf(async () => loose.ask(await issuer.sign(of({ role: "admin" })))), "accepted");
  console.log("# tokens: 3 of 3 planted weaknesses seen");
});

test("a token is checked once, and answered without a promise until its end", async () => {
  const { ask, time, state, signedIn, fetched } = await setUp();
  const token = await issuer.sign(of({ team: "search", region: "eu-west-1", exp: seconds + 120 }));
  const first = ask(token);
  assert.ok(first instanceof Promise);
  const who = await first;
  assert.ok(who.kind === "tenant");
  assert.equal(who.key.team, "search");
  assert.equal(who.key.region, "eu-west-1");
  for (let call = 0; call < 100; call++) assert.equal(ask(token), who);
  assert.equal(state.lookups, 1);
  assert.deepEqual(signedIn, ["member by token"]);
  assert.equal(fetched.length, 2);
  // 120 s and the skew of 30.
  await time.advance(149_999);
  assert.equal(ask(token), who);
  await time.advance(1);
  assert.equal(await codeOf(() => ask(token)), "token_invalid");
});

test("a token that lasts is checked anew after five minutes", async () => {
  const { ask, time, state } = await setUp();
  const token = await issuer.sign(of({ exp: seconds + 3600 }));
  await ask(token);
  await time.advance(TOKEN_KEPT_MS - 1);
  assert.ok(!(ask(token) instanceof Promise));
  await time.advance(1);
  assert.ok((await ask(token)).kind === "tenant");
  assert.equal(state.lookups, 2);
});

test("the header OpenAI-Tenant must name the token's tenant, and none for a role of the platform", async () => {
  const { ask } = await setUp();
  const token = await issuer.sign(of({ sub: "header" }));
  const platform = await issuer.sign({ sub: "ops", role: ["ops", "root"] });
  for (const again of [1, 2]) {
    assert.equal(await codeOf(() => ask(token, "globex")), "tenant_mismatch", String(again));
    assert.equal(await codeOf(() => ask(token, "acme")), "accepted");
    assert.equal(await codeOf(() => ask(platform, "acme")), "tenant_mismatch");
    assert.equal((await ask(platform)).role, "admin");
  }
});

test("a change of the tenant is seen by its tokens", async () => {
  const { ask, state, time } = await setUp();
  const token = await issuer.sign(of({ sub: "changed" }));
  await ask(token);
  state.tenant = { ...acme, systemPrompt: "new" };
  state.changes.push({ seq: 1, kind: "tenant", tenantId: acme.id, id: acme.id });
  await time.advance(1_000);
  const who = await ask(token);
  assert.ok(who.kind === "tenant" && who.tenant.systemPrompt === "new");
});

test("an issuer's new key is fetched when a token names it, and never more often than every ten seconds", async () => {
  const { ask, time } = await setUp();
  await ask(await issuer.sign(of({ sub: "before" })));
  const before = issuer.asked();
  const forged = async (at: number) =>
    codeOf(async () => ask(await (FORGERIES["a key id that the issuer does not have"] as Forge)(5000 + at)));
  for (let at = 0; at < 50; at++) assert.equal(await forged(at), "token_invalid");
  assert.equal(issuer.asked(), before);
  await time.advance(REFETCH_MS_MIN);
  await issuer.addKey("fresh");
  assert.equal(await codeOf(async () => ask(await issuer.sign(of({ sub: "after" }), { kid: "fresh" }))), "accepted");
  for (let at = 50; at < 100; at++) assert.equal(await forged(at), "token_invalid");
  assert.equal(issuer.asked(), before + 1);
  console.log("# tokens: 100 made-up key ids, 1 further request to the issuer");
});

test("with the issuer away its keys count for an hour, then its tokens cannot be checked", async () => {
  const { ask, time } = await setUp();
  await ask(await issuer.sign(of({ sub: "one" })));
  issuer.setAway(true);
  try {
    await time.advance(KEYS_KEPT_MS - 1_000);
    assert.equal(await codeOf(async () => ask(await issuer.sign(of({ sub: "two", exp: seconds + 7200 })))), "accepted");
    await time.advance(2_000);
    assert.equal(await codeOf(async () => ask(await issuer.sign(of({ sub: "three", exp: seconds + 7200 })))), "issuer_unavailable");
    issuer.setAway(false);
    await time.advance(REFETCH_MS_MIN);
    assert.equal(await codeOf(async () => ask(await issuer.sign(of({ sub: "four", exp: seconds + 7200 })))), "accepted");
  } finally {
    issuer.setAway(false);
  }
});

test("an issuer that a tenant brings speaks for that tenant only, and never for the platform", async () => {
  const { ask } = await setUp({ tenants: ["acme"] });
  assert.equal(await codeOf(async () => ask(await issuer.sign(of({ sub: "own" })))), "accepted");
  assert.equal(await codeOf(async () => ask(await issuer.sign(of({ sub: "own", tenant: "globex" })))), "token_invalid");
  assert.equal(await codeOf(async () => ask(await issuer.sign({ sub: "own", role: "root" }))), "token_invalid");
});

test("only the configured issuer is asked: nothing in a token leads elsewhere", async () => {
  const { ask, fetched } = await setUp();
  for (const forge of Object.values(FORGERIES)) await codeOf(async () => ask(await forge(7777)));
  assert.deepEqual(new Set(fetched), new Set([`${issuer.url}/.well-known/openid-configuration`, `${issuer.url}/keys`]));
});
