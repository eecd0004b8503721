import { afterAll, beforeAll } from "bun:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { systemClock } from "../../src/kernel/clock.ts";
import { eventually } from "../e2e/eventually.ts";
import type { TestWeir } from "../e2e/server.ts";
import { listRows, type UsageRow } from "../e2e/usage-rows.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { ADMIN_KEY, expectAccessible, expectNoSideways, openPage, startConsole } from "./browser.ts";
import { browserTest, closeBrowser } from "./chromium.ts";

/** Usage, cost and budgets by real calls: the server's clock comes from three weeks ago to now, a day at a time. */

const DAYS = 20;
const DAY_MS = 86_400_000;
let behindMs = DAYS * DAY_MS;
const clock = { nowMs: () => systemClock.nowMs() - behindMs, monotonicMs: systemClock.monotonicMs };

let upstream: FakeUpstream;
let weir: TestWeir;
let acme: { readonly key: string; readonly keyId: string };
let boss: string;
let poor: { readonly key: string; readonly keyId: string };

type Tenant = { readonly key: string };
async function ask({ key }: Tenant, parts: number, feature?: string, model = "m"): Promise<number> {
  const body = { model, max_tokens: 60, messages: [{ role: "user", content: `parts=${String(parts)}` }] };
  const answered = await weir.chat(key, body, feature === undefined ? {} : { headers: { "x-weir-feature": feature } });
  await answered.text();
  return answered.status;
}

beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startConsole({
    demo: false,
    clock,
    yaml: `
providers:
  up: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private }
models:
  m: { provider: up, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  n: { provider: up, upstream: mock, price: { inputPerMTok: 5, outputPerMTok: 9 } }
  copy: { provider: up, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 1 } }
routes:
  auto: [{ use: [m] }]
  copied: [{ use: [m], shadow: { model: copy, share: 1 } }]
`,
  });
  acme = await weir.tenant("acme", { budgetUsd: 0.02 }, { team: "search", name: "web shop" });
  const globex = await weir.tenant("globex", undefined, { team: "<b>bold</b>" });
  poor = await weir.tenant("poor", { budgetUsd: 0.00002 });
  for (; behindMs > 0; behindMs -= DAY_MS) {
    for (const parts of [20, 30]) assert.equal(await ask(acme, parts, "answers"), 200);
    assert.equal(await ask(globex, 10, "letters"), 200);
  }
  for (let n = 0; n < 5; n++) assert.equal(await ask(acme, 10 + n, n % 2 === 0 ? "answers" : undefined, n === 4 ? "n" : "m"), 200);
  boss = (await weir.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "boss", role: "tenant-admin" })).key;
}, 180_000);
afterAll(async () => {
  await closeBrowser();
  await weir.close();
  await upstream.close();
});

type Row = UsageRow & { readonly createdAt: string; readonly model: string | null };
const listAll = async (tenant?: string): Promise<readonly Row[]> => (await listRows(weir.url, tenant)).rows as readonly Row[];
const costOf = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + row.costMicroUsd, 0);
/** As the page writes it; all sums here are below a cent, where it writes every digit. */
const usd = (microUsd: number): string => {
  assert.ok(microUsd < 10_000, `${String(microUsd)} is no longer told to the micro-dollar`);
  return `$${(microUsd / 1e6).toFixed(6).replace(/0+$/, "")}`;
};

const figure = (page: Page, label: string) => page.getByText(label, { exact: true }).locator("xpath=following-sibling::div[1]");
const cells = async (page: Page, name: string): Promise<string[]> =>
  await page
    .locator("main tbody tr", { has: page.getByRole("button", { name, exact: true }) })
    .locator("td")
    .allInnerTexts();

async function save(page: Page, item: string): Promise<string[]> {
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: item }).click()]);
  return (await readFile(await download.path(), "utf8"))
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split("\r\n");
}

browserTest(
  "calls made through the API appear with exact sums, are looked into by clicks, and the files say the same",
  async () => {
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/usage?range=7d" });
    const { page } = opened;
    const sinceMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 6 * DAY_MS;
    const rows = (await listAll()).filter((row) => Date.parse(row.createdAt) >= sinceMs);
    const own = rows.filter((row) => row.tenant === "acme");
    await page.getByRole("button", { name: "acme" }).waitFor();
    assert.equal(await figure(page, "Cost").innerText(), usd(costOf(rows)));
    assert.equal(await figure(page, "Calls").innerText(), String(rows.length));
    assert.ok((await cells(page, "acme")).includes(usd(costOf(own))));
    await expectAccessible(page, "usage");

    await page.getByRole("button", { name: "acme" }).click();
    await page.getByRole("button", { name: "Remove the filter Tenant acme" }).waitFor();
    await page.getByRole("button", { name: "search", exact: true }).waitFor();
    assert.match(page.url(), /tenant=acme/);
    await page.getByLabel("By", { exact: true }).selectOption("model");
    await page.getByRole("button", { name: "n", exact: true }).waitFor();
    const ofN = costOf(own.filter((row) => row.model === "n"));
    assert.ok((await cells(page, "n")).includes(usd(ofN)));
    assert.equal(await figure(page, "Cost").innerText(), usd(costOf(own)));

    // What has no feature is a value, too: it is narrowed to, and shared by its address.
    await page.getByLabel("By", { exact: true }).selectOption("feature");
    await page.getByRole("button", { name: "no feature" }).click();
    await page.getByRole("button", { name: "Remove the filter Feature no feature" }).waitFor();
    const none = own.filter((row) => row.feature === null);
    await eventually(async () => assert.equal(await figure(page, "Cost").innerText(), usd(costOf(none))));
    await page.goto(page.url());
    await page.getByRole("button", { name: "Remove the filter Feature no feature" }).click();
    await eventually(async () => assert.equal(await figure(page, "Cost").innerText(), usd(costOf(own))));

    const sums = await save(page, "Sums of each day");
    const column = (sums[0] ?? "").split(",").indexOf("costMicroUsd");
    const inFile = sums.slice(1).reduce((sum, line) => sum + Number(line.split(",")[column]), 0);
    assert.equal(inFile, costOf(own));
    const calls = await save(page, "Every call");
    assert.equal(calls.length - 1, own.length);
    console.log(`# usage page: ${String(rows.length)} calls of ${usd(costOf(rows))}, the same on the page, in two files and in the ledger`);
    await opened.close();
  },
  120_000,
);

browserTest(
  "calls are listed, narrowed, and open the path of one",
  async () => {
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/usage?tab=calls&range=90d&tenant=acme" });
    const { page } = opened;
    const rows = await listAll("acme");
    await page.getByText(`${String(Math.min(50, rows.length))} rows`, { exact: true }).waitFor();
    await expectAccessible(page, "calls");
    const least = Math.max(...rows.map((row) => row.costMicroUsd));
    const dear = rows.filter((row) => row.costMicroUsd >= least);
    assert.ok(dear.length > 0 && dear.length < rows.length);
    await page.getByLabel("Cost at least, $").fill((least / 1e6).toFixed(6));
    await page.getByText(new RegExp(`^${String(dear.length)} rows?$`)).waitFor();
    await page.locator("main tbody tr").first().getByRole("link").click();
    await page.waitForURL(new RegExp(`/console/calls/${dear[0]?.requestId ?? "none"}`));
    await opened.close();
  },
  60_000,
);

browserTest(
  "a call that a spent budget refused is shown with its key and the day when it renews; a raised limit lets the next one pass",
  async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 3; n++) statuses.push(await ask(poor, 5));
    const refused = statuses.filter((status) => status === 429).length;
    assert.ok(refused > 0, statuses.join(" "));
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/usage?tab=budgets" });
    const { page } = opened;
    const entry = page.getByRole("listitem").filter({ hasText: "poor" });
    await entry.getByText(`${String(refused)} refused: ${poor.keyId}`).waitFor();
    const now = new Date();
    const renews = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
    const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(renews);
    await page.getByText(`All of them begin anew on ${day}`).waitFor();

    // Three weeks of calls make a forecast; the first day's does not.
    const forecast = page.getByRole("listitem").filter({ hasText: "acme" });
    await forecast.getByText(/^Likely \$\d/).waitFor();
    await entry.getByText("Too little data for a forecast").waitFor();
    await expectAccessible(page, "budgets");

    await entry.getByRole("button", { name: "Change limit" }).click();
    await page.getByLabel("Limit a month, $").fill("soon");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Expected a number of dollars").waitFor();
    await page.getByLabel("Limit a month, $").fill("1.5");
    await page.getByRole("button", { name: "Save" }).click();
    await entry.getByText("of $1.50").waitFor();
    assert.equal(await ask(poor, 5), 200);
    console.log(
      `# usage page: ${String(refused)} of 3 calls refused by a budget and shown with their key; raised on the page, the next one passed`,
    );
    await opened.close();
  },
  60_000,
);

browserTest(
  "a tenant's administrator sees its own tenant alone, and a member has no such page",
  async () => {
    const opened = await openPage(weir.url, { keys: [boss], path: "/usage?range=90d&tenant=globex" });
    await opened.page.getByRole("button", { name: "m", exact: true }).waitFor();
    assert.equal(await figure(opened.page, "Cost").innerText(), usd(costOf(await listAll("acme"))));
    assert.equal(await opened.page.getByText("globex").count(), 0);
    await opened.page.goto(`${weir.url}/console/usage?tab=budgets`);
    await opened.page.getByText(/^Likely \$\d/).waitFor();
    assert.equal(await opened.page.getByRole("button", { name: "Change limit" }).count(), 0);
    await opened.close();

    const member = await openPage(weir.url, { keys: [acme.key], path: "/playground" });
    await member.page.getByRole("link", { name: "Playground" }).first().waitFor();
    assert.equal(await member.page.getByRole("link", { name: "Usage", exact: false }).count(), 0);
    for (const path of ["usage", "usage/series", "usage/export", "budgets"]) {
      const status = await member.page.evaluate(
        async (to) => (await fetch(to, { headers: { "x-weir-console": "1" } })).status,
        `/admin/v1/${path}`,
      );
      assert.equal(status, 403);
    }
    await member.close();
  },
  60_000,
);

browserTest(
  "an empty span says what to do, and a telephone has room for every view",
  async () => {
    const opened = await openPage(weir.url, {
      keys: [ADMIN_KEY],
      viewport: "phone",
      colorScheme: "dark",
      path: "/usage?range=custom&from=2020-01-01&to=2020-01-31",
    });
    const { page } = opened;
    await page.getByText("No calls in this span").waitFor();
    for (const [view, shown] of [
      ["", "No calls in this span"],
      ["?range=30d&group=team", "<b>bold</b>"],
      ["?tab=calls", "rows"],
      ["?tab=budgets", "All of them begin anew"],
    ] as const) {
      if (view !== "") await page.goto(`${weir.url}/console/usage${view}`);
      await page.getByText(shown).first().waitFor();
      await expectNoSideways(page);
      await expectAccessible(page, `phone ${view}`);
    }
    await opened.close();
  },
  60_000,
);

browserTest(
  "what copies of calls and tests of models cost stands in the tables, and is looked into like all else",
  async () => {
    assert.equal(await ask(acme, 5, undefined, "copied"), 200);
    await weir.call("POST", "/admin/v1/models/copy/test", {});
    const costs = async () => (await listAll()).filter(({ model }) => model === "copy").map(({ costMicroUsd }) => costMicroUsd);
    await eventually(async () => assert.equal((await costs()).length, 2));
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/usage?range=7d&group=model&tenant=acme" });
    const { page } = opened;
    const [copied] = (await listAll("acme")).filter(({ model }) => model === "copy");
    await page.getByRole("button", { name: "copy", exact: true }).waitFor();
    assert.ok((await cells(page, "copy")).includes(usd(copied?.costMicroUsd ?? 0)));
    await page.getByRole("button", { name: "copy", exact: true }).click();
    await eventually(async () => assert.equal(await figure(page, "Cost").innerText(), usd(copied?.costMicroUsd ?? 0)));
    await page.getByRole("button", { name: "m", exact: true }).waitFor({ state: "detached" });
    assert.equal(await page.getByText("No calls in this span").count(), 0);

    await page.goto(`${weir.url}/console/usage?range=7d`);
    await page.getByRole("button", { name: /^ten_0{26}$/ }).click();
    await page.getByRole("button", { name: "no team" }).waitFor();
    assert.equal(await figure(page, "Calls").innerText(), "1");
    await opened.close();
  },
  60_000,
);
