import { existsSync } from "node:fs";
import { test } from "bun:test";
import { type Browser, chromium } from "playwright-core";

/** Debian's Chromium, or the one that WEIR_TEST_CHROMIUM names. */
const found = [process.env["WEIR_TEST_CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path !== undefined && existsSync(path),
);

if (found === undefined) console.log("# skipped: no Chromium on this machine (Debian: apt-get install chromium)");

/** A test that needs a browser. */
export const browserTest = found === undefined ? test.skip : test;

// No sandbox, because root has none; the rest keeps Chromium from calling anybody but the page's server.
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--font-render-hinting=none",
];

let running: Promise<Browser> | undefined;
/** One browser for all tests of a process; each page has a context of its own. */
export function openBrowser(): Promise<Browser> {
  if (found === undefined) throw new Error("there is no Chromium");
  running ??= chromium.launch({ executablePath: found, args: ARGUMENTS });
  return running;
}
export async function closeBrowser(): Promise<void> {
  const browser = await running;
  running = undefined;
  await browser?.close();
}
