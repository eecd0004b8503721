import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "bun:test";
import { testHandler } from "../testing.ts";
import { cspReports } from "./csp-reports.ts";
import { site } from "./site.ts";

let folder = "";
let handler: (request: Request) => Response | Promise<Response>;
const reported: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-site-"));
  await mkdir(join(folder, "dist/assets"), { recursive: true });
  const put = (name: string, text: string) => writeFile(join(folder, "dist", name), text);
  await put("index.html", `<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><title>page</title>`);
  await put("assets/main-1a2b3c4d.js", "plain");
  await put("assets/main-1a2b3c4d.js.br", "packed by brotli");
  await put("assets/main-1a2b3c4d.js.gz", "packed by gzip");
  await put("icon.svg", "<svg/>");
  await put(".built-from", "a secret of the build");
  await writeFile(join(folder, "outside.js"), "outside");
  handler = testHandler(undefined, [
    ...site({ folder: join(folder, "dist") }),
    cspReports({ reported: (word) => void reported.push(word) }),
  ]);
});
afterAll(() => rm(folder, { recursive: true }));

const get = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
  const response = await handler(new Request(`http://weir.test${path}`, { headers }));
  return { status: response.status, headers: response.headers, text: await response.text() };
};

test("every address that is no file is the page, with a nonce of its own in it and in its policy, kept by nobody", async () => {
  const [first, second] = [await get("/console/"), await get("/console/tenants/acme?tab=keys")];
  for (const { status, headers, text } of [first, second]) {
    assert.equal(status, 200);
    assert.equal(headers.get("cache-control"), "no-store");
    const nonce = /content="([^"]+)"/.exec(text)?.[1] ?? "";
    assert.ok(nonce.length >= 22 && headers.get("content-security-policy")?.includes(`style-src 'self' 'nonce-${nonce}'`));
  }
  assert.notEqual(first.text, second.text);
});

test("the policy allows nothing but this server's own, and no frame around a page", async () => {
  for (const path of ["/console/", "/console/assets/main-1a2b3c4d.js", "/console/icon.svg"]) {
    const { headers } = await get(path);
    const policy = headers.get("content-security-policy") ?? "";
    const words = [
      "default-src 'none'",
      "script-src 'self';",
      "connect-src 'self';",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "trusted-types 'none'",
    ];
    for (const word of words) assert.ok(policy.includes(word), word);
    assert.ok(!/unsafe|https?:|\*/.test(policy));
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
  }
});

test("a file comes packed as the client takes it, may be kept for ever where its name says so, and is not sent twice", async () => {
  const path = "/console/assets/main-1a2b3c4d.js";
  const coding = async (accepted: string) => (await get(path, { "accept-encoding": accepted })).text;
  assert.equal(await coding("gzip, deflate, br, zstd"), "packed by brotli");
  assert.equal(await coding("gzip;q=1.0, br;q=0"), "packed by gzip");
  assert.equal(await coding(""), "plain");
  const { headers } = await get(path, { "accept-encoding": "br" });
  assert.equal(headers.get("content-encoding"), "br");
  assert.equal(headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal((await get("/console/icon.svg")).headers.get("cache-control"), "no-cache");
  const again = await get(path, { "if-none-match": headers.get("etag") ?? "" });
  assert.deepEqual([again.status, again.text], [304, ""]);
});

test("only what was built is given out, however an address is written", async () => {
  const tried = [
    "/console/../outside.js",
    "/console/%2e%2e/outside.js",
    "/console/..%2foutside.js",
    "/console/assets/../../outside.js",
    "/console/assets/%2e%2e%2f%2e%2e%2foutside.js",
    "/console//etc/passwd.txt",
    "/console/.built-from",
    "/console/assets/main-1a2b3c4d.js.br",
    "/console/assets/main-1a2b3c4d.js%00",
    "/console/assets/none.js",
    "/console/__proto__.js",
  ];
  for (const path of tried) {
    const { status, text } = await get(path);
    assert.ok(status === 404 || text.includes("<title>page</title>"), path);
    assert.ok(!/outside|secret|packed|root:/.test(text), path);
  }
  console.log(`# console: ${tried.length} addresses past the built files, nothing of them given out`);
});

test("a browser is sent to the console, a program gets what it always got; without a built site the page says how to build it", async () => {
  assert.equal((await get("/", { accept: "text/html,*/*" })).headers.get("location"), "/console/");
  assert.equal((await get("/", { accept: "*/*" })).status, 404);
  assert.equal((await get("/console")).headers.get("location"), "/console/");
  const bare = testHandler(undefined, site({ folder: join(folder, "nothing") }));
  const response = await bare(new Request("http://weir.test/console/"));
  assert.ok((await response.text()).includes("npm run console"));
  assert.equal((await bare(new Request("http://weir.test/console/assets/a.js"))).status, 404);
});

test("reports are counted by the rule alone: nothing else of them is believed or kept", async () => {
  const send = async (body: string): Promise<number> =>
    (await handler(new Request("http://weir.test/console/csp-reports", { method: "POST", body }))).status;
  assert.equal(await send(JSON.stringify({ "csp-report": { "effective-directive": "img-src", "blocked-uri": "https://evil.test" } })), 200);
  assert.equal(await send(JSON.stringify([{ type: "csp-violation", body: { effectiveDirective: "script-src-elem" } }])), 200);
  assert.equal(await send(JSON.stringify({ "csp-report": { "violated-directive": "style-src 'self'" } })), 200);
  assert.equal(await send(JSON.stringify({ "csp-report": { "effective-directive": "a secret" } })), 200);
  assert.equal(await send(JSON.stringify(Array.from({ length: 100 }, () => 1))), 200);
  assert.deepEqual(reported.slice(0, 4), ["img-src", "script-src-elem", "style-src", "other"]);
  assert.equal(reported.length, 4 + 20);
  assert.equal(await send("x".repeat(16 * 1024 + 1)), 413);
  assert.equal(await send("{"), 400);
});
