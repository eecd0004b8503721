/**
 * The console's first load, as a person has it: bun bench/console-load.ts. A real server with the demo, Debian's Chromium, an empty cache each time.
 * Prints the size of the first script as it is sent, and medians of 15 loads: first paint, and the page ready to be used. Limits: 250 KB, 1 s.
 */
import { gzipSync } from "node:zlib";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { closeBrowser } from "../test/console/chromium.ts";
import { ADMIN_KEY, openPage, startConsole } from "../test/console/browser.ts";

const ROUNDS = 15;
const SCRIPT_BYTES_MAX = 250_000;
const READY_MS_MAX = 1000;
const ASSETS = join(import.meta.dirname, "../console/dist/assets");

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const highest = (values: readonly number[]): number => Math.max(...values);

/** One load in a context of its own: milliseconds from the navigation's start. */
async function load(url: string, key: string, path: string): Promise<{ paintMs: number; readyMs: number; bytes: number }> {
  const opened = await openPage(url, { keys: [ADMIN_KEY, key], path: "/nowhere" });
  const client = await opened.context.newCDPSession(opened.page);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  client.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  const startMs = performance.now();
  await opened.page.goto(`${url}/console${path}`, { waitUntil: "commit" });
  await opened.page.locator("h1").first().waitFor();
  const readyMs = performance.now() - startMs;
  const paintMs = await opened.page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN);
  await opened.close();
  return { paintMs, readyMs, bytes };
}

const weir = await startConsole();
const { key } = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/demo/keys", { name: "bench", role: "tenant-admin" });
const entry = readFileSync(join(ASSETS, "../index.html"), "utf8").match(/assets\/(index-[\w-]+\.js)/)?.[1] ?? "";
const scriptBytes = gzipSync(readFileSync(join(ASSETS, entry))).length;
console.log(
  `first script: ${(scriptBytes / 1000).toFixed(1)} KB gzipped (at most ${SCRIPT_BYTES_MAX / 1000}); ${readdirSync(ASSETS).length} files in all`,
);
let slow = scriptBytes > SCRIPT_BYTES_MAX;
for (const path of ["/playground", "/usage", "/audit?tenant=demo"]) {
  const loads = [];
  for (let round = 0; round < ROUNDS; round++) loads.push(await load(weir.url, key, path));
  const ready = loads.map(({ readyMs }) => readyMs);
  slow ||= median(ready) > READY_MS_MAX;
  console.log(
    `${path}: first paint ${median(loads.map(({ paintMs }) => paintMs)).toFixed(0)} ms, ready ${median(ready).toFixed(0)} ms (highest ${highest(ready).toFixed(0)}), ${(median(loads.map(({ bytes }) => bytes)) / 1000).toFixed(0)} KB sent`,
  );
}
await closeBrowser();
await weir.close();
process.exitCode = slow ? 1 : 0;
