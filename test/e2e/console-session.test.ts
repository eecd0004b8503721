import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "bun:test";
import { systemClock } from "../../src/kernel/clock.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { createFakeBrowser, type FakeBrowser } from "./console-browser.ts";
import { ADMIN_KEY, oneModel, startWeir, type TestWeir } from "./server.ts";

let upstream: FakeUpstream;
let weir: TestWeir;
let tenantKey = "";
let keyId = "";
/** Moves the calendar alone: what the server does by the second goes on. */
let nowMs = 1_700_000_000_000;
const clock = { nowMs: () => nowMs, monotonicMs: systemClock.monotonicMs, advance: (ms: number) => void (nowMs += ms) };
beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl), clock });
  ({ key: tenantKey, keyId } = await weir.tenant("acme", undefined, { role: "tenant-admin" }));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

type Me = {
  platform?: { role: string; permissions: string[] };
  tenant?: { slug: string; role: string; keyId: string; permissions: string[] };
  session?: { expiresAt: string };
};
const signedIn = async (...keys: readonly string[]): Promise<FakeBrowser> => {
  const browser = createFakeBrowser(weir.url);
  for (const key of keys) assert.equal((await browser.send("POST", "/console/session", { key })).status, 200);
  return browser;
};
const meOf = async (browser: FakeBrowser): Promise<Me> => (await (await browser.send("GET", "/v1/me")).json()) as Me;
const statusOf = async (answer: Promise<Response>): Promise<number> => {
  const response = await answer;
  await response.text();
  return response.status;
};
const codeOf = async (answer: Promise<Response>): Promise<string> =>
  ((await (await answer).json()) as { error: { code: string } }).error.code;
const question = { model: "m", messages: [{ role: "user", content: "parts=2" }] };

test("a browser that is signed in by both keys uses the platform's and the tenant's where each belongs, and is told both", async () => {
  const browser = await signedIn(ADMIN_KEY, tenantKey);
  const { platform, tenant, session } = await meOf(browser);
  assert.equal(platform?.role, "admin");
  assert.ok(platform.permissions.includes("tenants.manage") && !platform.permissions.includes("chat"));
  assert.deepEqual([tenant?.slug, tenant?.role, tenant?.keyId], ["acme", "tenant-admin", keyId]);
  assert.ok(tenant?.permissions.includes("chat"));
  assert.equal(Date.parse(session?.expiresAt ?? ""), clock.nowMs() + 8 * 3_600_000);
  assert.equal(await statusOf(browser.send("POST", "/v1/chat/completions", question)), 200);
  assert.equal(await statusOf(browser.send("GET", "/admin/v1/tenants")), 200);
  assert.equal(await statusOf(browser.send("GET", "/v1/vector_stores")), 200);
  const text = [...browser.cookies.values()].join("");
  for (const key of [ADMIN_KEY, tenantKey]) assert.ok(!text.includes(key));
});

test("/v1/me tells whoever sends a key who it is, and what it may do", async () => {
  const platform = await weir.call<Me>("GET", "/v1/me");
  const tenant = await weir.call<Me>("GET", "/v1/me", undefined, { key: tenantKey });
  assert.deepEqual([platform.platform?.role, platform.tenant, platform.session], ["admin", undefined, undefined]);
  assert.deepEqual([tenant.tenant?.slug, tenant.platform, tenant.session], ["acme", undefined, undefined]);
});

test("the cookie is for this host, this browser's own requests and no script", async () => {
  const response = await createFakeBrowser(weir.url).send("POST", "/console/session", { key: ADMIN_KEY });
  const line = response.headers.get("set-cookie") ?? "";
  for (const word of ["weir-session=", "Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=28800"]) assert.ok(line.includes(word), word);
  assert.ok(!line.includes("Domain=") && !line.includes("Secure"));
  assert.equal(response.headers.get("cache-control"), "no-store");
});

test("where browsers reach the server by https, the cookie is bound to that host and never sent without", async () => {
  const secure = await startWeir({ yaml: "console: { url: https://weir.example.com }\n" });
  try {
    const headers = { "x-weir-console": "1", origin: "https://weir.example.com", "content-type": "application/json" };
    const send = (more: Readonly<Record<string, string>>) =>
      fetch(`${secure.url}/console/session`, {
        method: "POST",
        headers: { ...headers, ...more },
        body: JSON.stringify({ key: ADMIN_KEY }),
      });
    const line = (await send({})).headers.get("set-cookie") ?? "";
    assert.match(line, /^__Host-weir-session=/);
    for (const word of ["Secure", "Path=/", "HttpOnly", "SameSite=Strict"]) assert.ok(line.includes(word), word);
    assert.equal((await send({ origin: secure.url })).status, 403);
    const me = (name: string) =>
      fetch(`${secure.url}/v1/me`, {
        headers: { "x-weir-console": "1", cookie: (line.split(";")[0] ?? "").replace("__Host-weir-session", name) },
      });
    assert.deepEqual([(await me("__Host-weir-session")).status, (await me("weir-session")).status], [200, 401]);
  } finally {
    await secure.close();
  }
});

/** How a page elsewhere, or a form, could send a browser's cookie. */
const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { "x-weir-console": "" },
  { "x-weir-console": "0" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "none" },
  { "sec-fetch-site": "same-origin", "x-weir-console": "true" },
];

test("a cookie counts for nothing in a request that another site could have sent", async () => {
  const browser = await signedIn(ADMIN_KEY, tenantKey);
  let refused = 0;
  for (const headers of FOREIGN) {
    for (const [method, path, body] of [
      ["GET", "/v1/me"],
      ["POST", "/v1/chat/completions", question],
      ["POST", "/admin/v1/tenants", { slug: "stolen", name: "x" }],
    ] as const) {
      assert.equal(await codeOf(browser.send(method, path, body, headers)), "invalid_api_key", JSON.stringify(headers));
      refused++;
    }
    for (const [method, body] of [["POST", { key: tenantKey }], ["DELETE"]] as const) {
      assert.equal(await statusOf(browser.send(method, "/console/session", body, headers)), 403);
      refused++;
    }
  }
  // Without what browsers say of the sender, the origin must be this one; planted: it is, and the request passes.
  const send = (origin: string | undefined) =>
    fetch(`${weir.url}/admin/v1/audit/verify`, {
      method: "POST",
      headers: {
        cookie: `weir-session=${browser.cookies.get("weir-session") ?? ""}`,
        "x-weir-console": "1",
        "content-type": "application/json",
        ...(origin === undefined ? {} : { origin }),
      },
      body: JSON.stringify({ tenant: "acme" }),
    });
  assert.deepEqual(
    await Promise.all([undefined, "https://evil.test", "null", weir.url].map((each) => statusOf(send(each)))),
    [401, 401, 401, 200],
  );
  console.log(`# console: ${refused + 3} requests of other sites with a good cookie, all refused; 1 own one taken`);
});

test("every answer under /console has its rules, no answer's type is guessed, and what a session reads nobody keeps", async () => {
  const browser = await signedIn(ADMIN_KEY);
  const asked = [
    ["GET", "/console"],
    ["GET", "/console/login"],
    ["GET", "/console/none.js"],
    ["GET", "/console/logo"],
    ["GET", "/console/settings"],
    ["GET", "/console/login/callback"],
    ["POST", "/console/session"],
    ["POST", "/console/csp-reports"],
    ["GET", "/admin/v1/tenants"],
    ["GET", "/admin/v1/usage/export"],
    ["GET", "/v1/vector_stores"],
    ["GET", "/none"],
  ] as const;
  for (const [method, path] of asked) {
    const response = await browser.send(method, path, method === "POST" ? {} : undefined);
    await response.text();
    assert.equal(response.headers.get("x-content-type-options"), "nosniff", path);
    if (path.startsWith("/console")) assert.match(response.headers.get("content-security-policy") ?? "", /^default-src 'none'/, path);
    else if (path !== "/none") assert.equal(response.headers.get("cache-control"), "no-store", path);
  }
  const byKey = await fetch(`${weir.url}/admin/v1/tenants`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
  assert.equal(byKey.headers.get("cache-control"), null);
  console.log(`# console: headers of ${asked.length} answers`);
});

test("reports that anybody sends are counted, and do not fill the log", async () => {
  const told = () => weir.logged.filter((line) => line.includes("kept the console from")).length;
  const before = told();
  const reports = Array.from({ length: 20 }, () => ({ body: { effectiveDirective: "img-src" } }));
  for (let each = 0; each < 20; each++) await fetch(`${weir.url}/console/csp-reports`, { method: "POST", body: JSON.stringify(reports) });
  assert.equal(told() - before, 1);
  const metrics = await (await fetch(`${weir.url}/metrics`)).text();
  assert.match(metrics, /weir_csp_reports_total\{directive="img-src"\} 400/);
  console.log("# console: 400 reports, 1 line");
});

test("where the console is switched off, sessions from before count no more", async () => {
  const on = oneModel(upstream.openaiBaseUrl);
  const own = await startWeir({ yaml: on });
  try {
    const browser = createFakeBrowser(own.url);
    await browser.send("POST", "/console/session", { key: ADMIN_KEY });
    assert.equal(await statusOf(browser.send("GET", "/admin/v1/tenants")), 200);
    await writeFile(join(own.dataDir, "weir.yaml"), `${on}\nconsole: { enabled: false }\n`);
    await own.call("POST", "/admin/v1/config/reload");
    assert.equal(await codeOf(browser.send("GET", "/admin/v1/tenants")), "session_ended");
  } finally {
    await own.close();
  }
});

test("a key that is sent goes before the cookie, also where it is wrong", async () => {
  const browser = await signedIn(ADMIN_KEY);
  assert.equal(await statusOf(browser.send("GET", "/admin/v1/tenants", undefined, { authorization: "Bearer weir-wrong" })), 401);
  assert.equal(await statusOf(browser.send("GET", "/admin/v1/tenants", undefined, { authorization: `Bearer ${tenantKey}` })), 403);
});

test("signing in makes a new session, whatever the browser brings, and the one before is dead", async () => {
  const browser = await signedIn(tenantKey);
  const planted = browser.copy();
  const before = browser.cookies.get("weir-session");
  assert.equal(await statusOf(browser.send("POST", "/console/session", { key: ADMIN_KEY })), 200);
  assert.notEqual(browser.cookies.get("weir-session"), before);
  assert.equal(await codeOf(planted.send("GET", "/v1/me")), "session_ended");
  assert.ok((await meOf(browser)).tenant !== undefined);
});

test("signing out ends every copy of the cookie, and of one half, the other goes on", async () => {
  const browser = await signedIn(ADMIN_KEY, tenantKey);
  const stolen = browser.copy();
  assert.equal(await statusOf(browser.send("DELETE", "/console/session?slot=platform")), 200);
  assert.equal(await codeOf(stolen.send("GET", "/v1/me")), "session_ended");
  const left = await meOf(browser);
  assert.deepEqual([left.platform, left.tenant?.slug], [undefined, "acme"]);
  assert.equal(await statusOf(browser.send("GET", "/admin/v1/tenants")), 403);
  const again = browser.copy();
  assert.equal(await statusOf(browser.send("DELETE", "/console/session")), 200);
  assert.equal(browser.cookies.size, 0);
  assert.equal(await codeOf(again.send("GET", "/v1/me")), "session_ended");
});

test("what was ended stays so when the server is started anew, and what was not goes on", async () => {
  const first = await startWeir();
  const [ended, kept] = [createFakeBrowser(first.url), createFakeBrowser(first.url)];
  for (const browser of [ended, kept]) await browser.send("POST", "/console/session", { key: ADMIN_KEY });
  const stolen = new Map(ended.cookies);
  await ended.send("DELETE", "/console/session");
  await first.stop();
  const second = await startWeir({ dataDir: first.dataDir });
  try {
    assert.equal(await codeOf(createFakeBrowser(second.url, stolen).send("GET", "/v1/me")), "session_ended");
    assert.equal(await statusOf(createFakeBrowser(second.url, kept.cookies).send("GET", "/v1/me")), 200);
  } finally {
    await second.close();
  }
});

test("a cookie of which any letter is another, or that was made under another name, is none", async () => {
  const browser = await signedIn(ADMIN_KEY);
  const good = browser.cookies.get("weir-session") ?? "";
  const flipped = good
    .split("")
    .map((letter, at) => good.slice(0, at) + (letter === "A" ? "B" : "A") + good.slice(at + 1))
    .filter((each) => each !== good);
  // The last letter of base64 may carry bits that mean nothing.
  const tried = flipped.slice(0, -1).filter((_, at) => at % 7 === 0);
  for (const value of [...tried, good.slice(0, -4), "", "x"]) {
    browser.cookies.set("weir-session", value);
    assert.equal(await statusOf(browser.send("GET", "/v1/me")), 401);
  }
  browser.cookies.set("weir-session", good);
  assert.equal(await statusOf(browser.send("GET", "/v1/me")), 200);
  console.log(`# console: ${tried.length + 3} forged cookies refused, the good one taken`);
});

test("a revoked key ends what its browser may do at once, and leaves the other credential", async () => {
  const made = await weir.call<{ id: string; key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "short" });
  const browser = await signedIn(ADMIN_KEY, made.key);
  assert.ok((await meOf(browser)).tenant !== undefined);
  await weir.call("DELETE", `/admin/v1/tenants/acme/keys/${made.id}`);
  const left = await meOf(browser);
  assert.deepEqual([left.platform?.role, left.tenant], ["admin", undefined]);
  assert.equal(await statusOf(browser.send("POST", "/v1/chat/completions", question)), 403);
});

test("a session ends after an hour without use, and after its life however much it is used", async () => {
  const browser = await signedIn(tenantKey);
  const first = browser.cookies.get("weir-session");
  clock.advance(4 * 60_000);
  await meOf(browser);
  assert.equal(browser.cookies.get("weir-session"), first);
  clock.advance(2 * 60_000);
  await meOf(browser);
  assert.notEqual(browser.cookies.get("weir-session"), first);
  const idle = browser.copy();
  clock.advance(59 * 60_000);
  assert.equal(await statusOf(browser.send("GET", "/v1/me")), 200);
  clock.advance(60_000);
  assert.equal(await codeOf(idle.send("GET", "/v1/me")), "session_ended");
  for (let hour = 0; hour < 13; hour++) {
    clock.advance(30 * 60_000);
    assert.equal(await statusOf(browser.send("GET", "/v1/me")), 200, `after ${hour}`);
  }
  // Another key does not make the first one's half live longer.
  assert.equal(await statusOf(browser.send("POST", "/console/session", { key: ADMIN_KEY })), 200);
  clock.advance(29 * 60_000);
  assert.equal(await codeOf(browser.send("GET", "/v1/me")), "session_ended");
});

test("a link signs one browser in, once, in its time, and only the admin key makes one", async () => {
  const make = async (): Promise<string> => {
    const { url } = await weir.call<{ url: string }>("POST", "/console/links", { key: ADMIN_KEY });
    assert.ok(url.startsWith(`${weir.url}/console/start#code=`));
    return url.slice(url.indexOf("#code=") + 6);
  };
  const code = await make();
  const browser = createFakeBrowser(weir.url);
  const both = await Promise.all([1, 2].map(() => statusOf(browser.send("POST", "/console/session/link", { code }))));
  assert.deepEqual(
    both.toSorted((a, b) => a - b),
    [200, 401],
  );
  assert.equal((await meOf(browser)).platform?.role, "admin");
  const old = await make();
  clock.advance(15 * 60_000);
  assert.equal(await statusOf(createFakeBrowser(weir.url).send("POST", "/console/session/link", { code: old })), 401);
  assert.equal(await statusOf(browser.send("POST", "/console/session/link", { code: `${old.slice(0, -6)}AAAAAA` })), 401);
  await weir.call("POST", "/console/links", { key: tenantKey }, { expect: 401 });
});

test("attempts to sign in are bounded, and every one is in the audit log", async () => {
  const browser = createFakeBrowser(weir.url);
  const statuses: number[] = [];
  for (let each = 0; each < 40; each++)
    statuses.push(await statusOf(browser.send("POST", "/console/session", { key: `weir-${String(each).padStart(32, "0")}` })));
  const refused = statuses.filter((status) => status === 401).length;
  assert.ok(refused > 20 && statuses.at(-1) === 429, String(statuses));
  // Whoever guesses locks nobody out: a right key is let in.
  assert.equal(await statusOf(browser.send("POST", "/console/session", { key: ADMIN_KEY })), 200);
  assert.equal(await statusOf(browser.send("POST", "/console/session", { key: `weir-${"0".repeat(32)}` })), 429);
  const page = await weir.call<{ data: { action: string; outcome: string; count: number; code?: string; reason?: string }[] }>(
    "GET",
    "/admin/v1/audit?category=sign-ins&limit=100",
  );
  const denied = page.data.filter(({ code, outcome }) => outcome === "denied" && code === "key_unknown");
  assert.ok(denied.reduce((sum, { count }) => sum + count, 0) >= refused);
  assert.ok(page.data.some(({ action, reason }) => action === "console.sign-in" && reason === "key"));
  assert.ok(page.data.some(({ action, reason }) => action === "console.sign-in" && reason === "link"));
  console.log(`# console: ${refused} wrong keys from one address in a minute, then 429`);
});
