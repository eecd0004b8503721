import assert from "node:assert/strict";
import { afterAll, afterEach, beforeAll, test } from "bun:test";
import { generateKeyPair, SignJWT } from "jose";
import { startLoginIssuer, type LoginIssuer, type Slip } from "../../src/admit/login-issuer.fixture.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { createFakeBrowser, type FakeBrowser } from "./console-browser.ts";
import { ADMIN_KEY, startWeir, type TestWeir } from "./server.ts";

let issuer: LoginIssuer;
let weir: TestWeir;
let nowMs = Date.now();
const clock = { nowMs: () => nowMs, monotonicMs: systemClock.monotonicMs };

const yamlOf = (roles: string): string => `
auth:
  oidc:
    - issuer: "${issuer.url}"
      audience: weir-api
      roles: ${roles}
      console: { clientId: ${issuer.clientId}, clientSecret: env:CONSOLE_SECRET, scopes: [profile], label: Company }
`;
const start = (dataDir?: string, roles = "{ member: member, boss: tenant-admin, watcher: viewer }"): Promise<TestWeir> =>
  startWeir({ yaml: yamlOf(roles), env: { CONSOLE_SECRET: issuer.clientSecret }, clock, ...(dataDir === undefined ? {} : { dataDir }) });

beforeAll(async () => {
  issuer = await startLoginIssuer(clock.nowMs);
  weir = await start();
  await weir.tenant("acme");
});
afterAll(async () => {
  await weir.close();
  await issuer.close();
});
afterEach(() => {
  issuer.slip = undefined;
  issuer.holder = { sub: "ada", tenant: "acme", role: "boss" };
});

const locationOf = (response: Response): string => response.headers.get("location") ?? "";
const begin = async (browser: FakeBrowser): Promise<string> =>
  locationOf(await browser.visit(`${weir.url}/console/login/issuer?issuer=${encodeURIComponent(issuer.url)}`));
/** The page of the issuer, and the address that its link leads back to. */
const askIssuer = async (url: string): Promise<string> =>
  (/href="([^"]+)"/.exec(await (await fetch(url)).text())?.[1] ?? "").replaceAll("&amp;", "&");
/** Where the browser ends up. */
const finish = async (browser: FakeBrowser, back: string): Promise<string> => locationOf(await browser.visit(back, "elsewhere"));
const login = async (browser: FakeBrowser): Promise<string> => finish(browser, await askIssuer(await begin(browser)));
type Me = { platform?: { role: string }; tenant?: { slug: string; role: string; keyId: string } };
const meOf = async (browser: FakeBrowser): Promise<Me> => (await (await browser.send("GET", "/v1/me")).json()) as Me;
const PROBLEM = "/console/login?problem=token_invalid";

test("somebody whom the issuer knows signs in, in the role that the configuration gives, beside the key that was there", async () => {
  issuer.holder = { sub: "ada", tenant: "acme", role: "boss", email: "ada@example.com" };
  const browser = createFakeBrowser(weir.url);
  await browser.send("POST", "/console/session", { key: ADMIN_KEY });
  const url = new URL(await begin(browser));
  assert.equal(url.origin + url.pathname, `${issuer.url}/authorize`);
  assert.deepEqual(
    ["response_type", "client_id", "scope", "code_challenge_method", "redirect_uri"].map((name) => url.searchParams.get(name)),
    ["code", issuer.clientId, "openid profile", "S256", `${weir.url}/console/login/callback`],
  );
  assert.equal(await finish(browser, await askIssuer(url.href)), "/console/");
  const { platform, tenant } = await meOf(browser);
  assert.deepEqual([platform?.role, tenant?.slug, tenant?.role], ["admin", "acme", "tenant-admin"]);
  assert.ok(!browser.cookies.has("weir-login"));
  assert.equal((await browser.send("GET", "/v1/vector_stores")).status, 200);
  // Five minutes are the life of the ID token, not of the session.
  nowMs += 30 * 60_000;
  assert.equal((await browser.send("GET", "/v1/vector_stores")).status, 200);
  const out = (await (await browser.send("DELETE", "/console/session")).json()) as { logout: string };
  assert.equal(new URL(out.logout).searchParams.get("post_logout_redirect_uri"), `${weir.url}/console/`);
});

test("a person of the platform gets that half, and a role that the configuration does not know signs nobody in", async () => {
  issuer.holder = { sub: "eve", role: "watcher" };
  const browser = createFakeBrowser(weir.url);
  assert.equal(await login(browser), "/console/");
  assert.deepEqual((await meOf(browser)).platform?.role, "viewer");
  assert.equal((await browser.send("POST", "/admin/v1/tenants", { slug: "mine", name: "x" })).status, 403);
  issuer.holder = { sub: "eve", role: "king" };
  assert.equal(await login(createFakeBrowser(weir.url)), PROBLEM);
});

const SLIPS: readonly Slip[] = ["nonce", "audience", "expired", "signature", "code", "iss", "no iss"];
test("an answer of the issuer's that is another login's, another client's, old, forged or mixed up signs nobody in", async () => {
  issuer.holder = { sub: "ada", tenant: "acme", role: "boss" };
  for (const slip of SLIPS) {
    issuer.slip = slip;
    const browser = createFakeBrowser(weir.url);
    assert.equal(await login(browser), PROBLEM, slip);
    assert.equal(browser.cookies.size, 0, slip);
  }
  issuer.slip = undefined;
  assert.equal(await login(createFakeBrowser(weir.url)), "/console/");
  console.log(`# console: ${SLIPS.length} wrong answers of an issuer refused, the right one taken`);
});

test("an answer counts in the browser that asked, with its state, once, and in its time", async () => {
  issuer.holder = { sub: "ada", tenant: "acme", role: "boss" };
  let refused = 0;
  const refuse = async (browser: FakeBrowser, back: string): Promise<void> => {
    assert.equal(await finish(browser, back), PROBLEM);
    assert.ok(!browser.cookies.has("weir-session"));
    refused++;
  };
  const victim = createFakeBrowser(weir.url);
  const attacker = createFakeBrowser(weir.url);
  // Somebody's own code, given to another: with no login begun there, and with one.
  const stolen = await askIssuer(await begin(attacker));
  await refuse(victim, stolen);
  await begin(victim);
  await refuse(victim, stolen);
  const back = new URL(await askIssuer(await begin(victim)));
  back.searchParams.set("state", `${back.searchParams.get("state") ?? ""}x`);
  await refuse(victim, back.href);
  // A code that was used, with the cookie of its login kept.
  const browser = createFakeBrowser(weir.url);
  const good = await askIssuer(await begin(browser));
  const copy = browser.copy();
  assert.equal(await finish(browser, good), "/console/");
  await refuse(copy, good);
  const slow = createFakeBrowser(weir.url);
  const late = await askIssuer(await begin(slow));
  nowMs += 10 * 60_000;
  await refuse(slow, late);
  const unsure = createFakeBrowser(weir.url);
  await begin(unsure);
  await refuse(unsure, `${weir.url}/console/login/callback?error=access_denied`);
  assert.ok(issuer.refused() >= 1);
  console.log(`# console: ${refused} answers out of their place refused`);
});

test("a page elsewhere that makes a browser send answers of no login locks nobody out", async () => {
  for (let each = 0; each < 40; each++) await fetch(`${weir.url}/console/login/callback?state=x&code=x`, { redirect: "manual" });
  assert.equal(await login(createFakeBrowser(weir.url)), "/console/");
  assert.equal((await createFakeBrowser(weir.url).send("POST", "/console/session", { key: ADMIN_KEY })).status, 200);
  console.log("# console: 40 answers of no login, and people sign in all the same");
});

test("a token of an issuer is no key: the page says so, before anybody is asked", async () => {
  const { privateKey } = await generateKeyPair("RS256");
  // Groups make tokens long.
  for (const groups of [[], Array.from({ length: 100 }, (_, at) => `group-${at}-of-many`)]) {
    const token = await new SignJWT({ iss: issuer.url, aud: "weir-api", sub: "ada", groups })
      .setProtectedHeader({ alg: "RS256" })
      .sign(privateKey);
    const browser = createFakeBrowser(weir.url);
    const response = await browser.send("POST", "/console/session", { key: token });
    assert.equal(response.status, 401);
    assert.match(await response.text(), /token of an issuer, not a key/);
    assert.equal(browser.cookies.size, 0);
  }
});

test("a session that was ended while its browser was at the issuer does not come back with it", async () => {
  issuer.holder = { sub: "ada", tenant: "acme", role: "boss" };
  const browser = createFakeBrowser(weir.url);
  await browser.send("POST", "/console/session", { key: ADMIN_KEY });
  const back = await askIssuer(await begin(browser));
  await browser.copy().send("DELETE", "/console/session");
  assert.equal(await finish(browser, back), "/console/");
  const { platform, tenant } = await meOf(browser);
  assert.deepEqual([platform, tenant?.slug], [undefined, "acme"]);
});

test("a configuration that gives a role no more takes it from those who are signed in", async () => {
  issuer.holder = { sub: "ada", tenant: "acme", role: "boss" };
  const browser = createFakeBrowser(weir.url);
  await login(browser);
  assert.equal((await meOf(browser)).tenant?.role, "tenant-admin");
  await weir.stop();
  weir = await start(weir.dataDir, "{ member: member, boss: member }");
  const again = createFakeBrowser(weir.url, browser.cookies);
  assert.equal((await meOf(again)).tenant?.role, "member");
  await weir.stop();
  weir = await start(weir.dataDir, "{ other: member }");
  assert.equal((await createFakeBrowser(weir.url, browser.cookies).send("GET", "/v1/me")).status, 401);
});

test("no name, no secret and no code is in what the server logs", () => {
  const text = weir.logged.join("\n");
  for (const word of ["ada@example.com", issuer.clientSecret, "id_token", "code="]) assert.ok(!text.includes(word), word);
});
