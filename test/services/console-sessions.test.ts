import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { ADMIN_KEY } from "../e2e/server.ts";
import { createFakeBrowser, type FakeBrowser } from "../e2e/console-browser.ts";
import { startTwoReplicas, type TwoReplicas } from "./two-replicas.ts";

let two: TwoReplicas;
beforeAll(async () => {
  two = await startTwoReplicas("viewer", (yaml) => yaml);
}, 60_000);
afterAll(() => two.close());

/** The same browser, whichever replica a balancer leads it to. */
const at = (replica: 0 | 1, browser: FakeBrowser): FakeBrowser => createFakeBrowser(two.replicas[replica].url, new Map(browser.cookies));
const statusOf = async (browser: FakeBrowser): Promise<number> => (await browser.send("GET", "/v1/me")).status;

test("a session of one replica is one of the other, and ends on both at once; a link works once on either", async () => {
  const browser = createFakeBrowser(two.replicas[0].url);
  await browser.send("POST", "/console/session", { key: ADMIN_KEY });
  const copies = [at(0, browser), at(1, browser)];
  assert.deepEqual(await Promise.all(copies.map(statusOf)), [200, 200]);
  assert.equal((await at(1, browser).send("DELETE", "/console/session")).status, 200);
  assert.deepEqual(await Promise.all(copies.map(statusOf)), [401, 401]);

  const { url } = await two.replicas[0].call<{ url: string }>("POST", "/console/links", { key: ADMIN_KEY });
  const code = url.slice(url.indexOf("#code=") + "#code=".length);
  const use = async (replica: 0 | 1): Promise<number> =>
    (await createFakeBrowser(two.replicas[replica].url).send("POST", "/console/session/link", { code })).status;
  const used = await Promise.all([use(0), use(1), use(0), use(1)]);
  assert.deepEqual(
    used.toSorted((a, b) => a - b),
    [200, 401, 401, 401],
  );
  console.log("# console: ended on one of two replicas, dead on both at once; a link used 4 times at once on both let 1 in");
});
