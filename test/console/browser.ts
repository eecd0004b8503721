import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContext, Page } from "playwright-core";
import type { Clock } from "../../src/kernel/clock.ts";
import { runCommand } from "../../tools/suite/command.ts";
import { ADMIN_KEY, startWeir, type TestWeir } from "../e2e/server.ts";
import { openBrowser } from "./chromium.ts";

export type Viewport = "desktop" | "phone";
const VIEWPORTS = { desktop: { width: 1280, height: 800 }, phone: { width: 375, height: 800 } } as const;

export type ConsoleOptions = {
  /** Its weir.yaml. */
  readonly yaml?: string;
  readonly env?: Record<string, string>;
  /** The demo tenant with its documents; on unless told. */
  readonly demo?: boolean;
  /** A data folder that something was left in; a fresh one unless told. */
  readonly dataDir?: string;
  readonly clock?: Clock;
};

/** Builds it as `npm start` does: at once when nothing changed. */
async function buildConsole(): Promise<void> {
  const { code, output } = await runCommand(["node", "tools/build-console.mjs"]);
  assert.equal(code, 0, output);
}

/** A real server on a free port, with the console built. Tests add pages to it. */
export async function startConsole(options: ConsoleOptions = {}): Promise<TestWeir> {
  await buildConsole();
  return startWeir({
    demo: options.demo ?? true,
    ...(options.yaml === undefined ? {} : { yaml: options.yaml }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
}

export type PageOptions = {
  readonly viewport?: Viewport;
  readonly colorScheme?: "light" | "dark";
  /** Keys that the session holds: the admin key, a tenant's, both in either order, or none. */
  readonly keys?: readonly string[];
  /** Where it begins, below /console. */
  readonly path?: string;
};

export type ConsolePage = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What must not happen: policy violations, script errors, requests to another origin. Checked by `close`. */
  readonly problems: readonly string[];
  /** Fails when there was a problem. */
  close(): Promise<void>;
};

/** Opens a page of the console, signed in with the keys. */
export async function openPage(url: string, options: PageOptions = {}): Promise<ConsolePage> {
  const browser = await openBrowser();
  const context = await browser.newContext({
    viewport: VIEWPORTS[options.viewport ?? "desktop"],
    colorScheme: options.colorScheme ?? "light",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
    locale: "en-GB",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(20_000);
  const problems: string[] = [];
  watch(context, url, problems);
  const page = await context.newPage();
  if (options.keys !== undefined && options.keys.length > 0) await signIn(page, url, options.keys);
  if (options.path !== undefined || options.keys !== undefined) await page.goto(`${url}/console${options.path ?? "/"}`);
  return {
    page,
    context,
    problems,
    async close() {
      await context.close();
      assert.deepEqual(problems, []);
    },
  };
}

/** As a person does it, but past the form: the login page has tests of its own. */
export async function signIn(page: Page, url: string, keys: readonly string[]): Promise<void> {
  await page.goto(`${url}/console/login`);
  for (const key of keys) {
    const status = await page.evaluate(async (sent) => {
      const headers = { "content-type": "application/json", "x-weir-console": "1" };
      return (await fetch("/console/session", { method: "POST", headers, body: JSON.stringify({ key: sent }) })).status;
    }, key);
    assert.ok(status < 300, `signing in answered ${status}`);
  }
}

/** Everything that tells of executed content or of a way out. */
function watch(context: BrowserContext, url: string, problems: string[]): void {
  const { origin } = new URL(url);
  context.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(`${origin}/`) && !/^(data|blob|about):/.test(address)) problems.push(`a request to ${address}`);
    if (address.startsWith(`${origin}/console/csp-reports`)) problems.push(`a policy report: ${request.postData() ?? ""}`);
  });
  context.on("weberror", (error) => problems.push(`a script error: ${error.error().message}`));
  context.on("dialog", (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("console", (message) => {
    // A status of 4xx is told by the browser too; pages show it, and tests look for that.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      problems.push(`an error on the console: ${message.text()}`);
  });
}

/** WCAG 2.2 A and AA, as far as axe can tell. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  const told = violations.map(
    ({ id, help, nodes }) => `${name}: ${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
  assert.deepEqual(told, []);
}

/** The page itself never scrolls sideways, nor does the part of it that scrolls; tables do in their own box. */
export async function expectNoSideways(page: Page): Promise<void> {
  const boxes = await page.evaluate(() =>
    [document.documentElement, document.querySelector("main")].flatMap((box) =>
      box === null ? [] : [[box.scrollWidth, box.clientWidth] as const],
    ),
  );
  for (const [wide, shown] of boxes) assert.ok(wide <= shown, `the page is ${wide} px wide on ${shown}`);
}

export { ADMIN_KEY };
