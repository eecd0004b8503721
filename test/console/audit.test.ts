import { afterAll, beforeAll } from "bun:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page, Route } from "playwright-core";
import { openDatabase } from "../../src/store/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { startWeir, WITHOUT_BREAKERS, type TestWeir } from "../e2e/server.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { ADMIN_KEY, expectAccessible, expectNoSideways, openPage, startConsole, type ConsolePage } from "./browser.ts";
import { browserTest, closeBrowser } from "./chromium.ts";

/** The audit trail in a real browser. Who lies here is the database, or a proxy in front of the server: the browser finds out by itself. */

const CALLS = 1050;
let upstream: FakeUpstream;
let weir: TestWeir;
let acme: { key: string; keyId: string };
let yaml: string;

beforeAll(async () => {
  upstream = await createFakeUpstream();
  yaml = `${WITHOUT_BREAKERS}
providers:
  up: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private }
models:
  m: { provider: up, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
`;
  weir = await startConsole({ demo: false, yaml });
  acme = await weir.tenant("acme");
  await makeCalls(CALLS);
}, 120_000);
afterAll(async () => {
  await closeBrowser();
  await weir.close();
  await upstream.close();
});

async function makeCalls(calls: number): Promise<void> {
  let left = calls;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const answer = await weir.chat(acme.key, { model: "m", messages: [{ role: "user", content: "Say something." }] });
      await answer.text();
      assert.equal(answer.status, 200);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

const open = (path = "/audit?tenant=acme"): Promise<ConsolePage> => openPage(weir.url, { keys: [ADMIN_KEY], path });

/** What the browser says of the chain of calls, and the server beside it. */
async function verify(page: Page): Promise<{ readonly said: string; readonly all: string }> {
  if ((await page.getByRole("dialog").count()) === 0) await page.getByRole("button", { name: "Verify in this browser" }).click();
  await page.getByRole("button", { name: /^Verify (now|again)$/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Verify again" }).and(page.locator(":not([aria-busy])")).waitFor({ timeout: 60_000 });
  const calls = dialog.getByRole("region", { name: "Calls" });
  return { said: await calls.locator("header").innerText(), all: await calls.innerText() };
}

browserTest(
  "a chain of more than a thousand entries is verified in the browser, with its signed checkpoints",
  async () => {
    const opened = await open();
    // The shell shows that it works while it does.
    const { said, all } = await verify(opened.page);
    assert.match(said, new RegExp(`Whole: ${CALLS} entries`));
    assert.match(all, /signatures good by key [0-9a-f]{16}|nothing outside the database/);
    assert.match(all, new RegExp(`server's own verdict: whole, ${CALLS} entries`, "i"));
    assert.match(all, /Noted in this browser/);
    await expectAccessible(opened.page, "verified");
    const again = await verify(opened.page);
    assert.match(again.all, new RegExp(`Agrees with entry ${CALLS}`));
    await opened.close();
    console.log(`# audit in the browser: ${CALLS} entries and the decisions verified twice, the second time against what was seen first`);
  },
  90_000,
);

type Link = { seq: number; hash: string; eventHash: string; suspect: boolean; body: string };
type Chain = { head: { seq: number; hash: string }; start: { hash: string }; data: Link[]; nextCursor: string | null };
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A server that lies: what it answers of the chain of calls is changed on the way. */
async function lie(page: Page, change: (chain: Chain) => void): Promise<void> {
  await page.unroute("**/admin/v1/audit/chain**");
  await page.route("**/admin/v1/audit/chain**", async (route: Route) => {
    const response = await route.fetch();
    const chain = (await response.json()) as Chain;
    if (route.request().url().includes("chain=calls")) change(chain);
    await route.fulfill({ response, json: chain });
  });
}
/** Rewrites an entry and all after it, so that every hash fits again. */
const rewrite =
  (seq: number) =>
  (before: { hash: string }) =>
  (chain: Chain): void => {
    for (const link of chain.data) {
      if (link.seq === seq) link.body = link.body.replace('"outcome":"finished"', '"outcome":"aborted"');
      if (link.seq >= seq) {
        link.eventHash = sha256(link.body);
        link.hash = sha256(`${before.hash}\n${link.seq}\n${link.eventHash}${link.suspect ? "\nsuspect" : ""}`);
      }
      before.hash = link.hash;
    }
    if (chain.data.at(-1)?.seq === chain.head.seq) chain.head.hash = before.hash;
  };

browserTest(
  "a server that lies about an entry is found out, and the entry is named",
  async () => {
    const opened = await open();
    const { page } = opened;
    assert.match((await verify(page)).said, /Whole/);
    const rewritten = rewrite(700)({ hash: "" });
    const lies: readonly (readonly [name: string, change: (chain: Chain) => void, seq: number, says: RegExp])[] = [
      [
        "a changed text",
        ({ data }) => data.filter(({ seq }) => seq === 512).forEach((link) => (link.body += " ")),
        512,
        /text was changed/,
      ],
      [
        "a changed text with its own hash made to fit",
        ({ data }) =>
          data
            .filter(({ seq }) => seq === 40)
            .forEach((link) => {
              link.body += " ";
              link.eventHash = sha256(link.body);
            }),
        40,
        /does not follow from the entry before/,
      ],
      ["an entry left out", (chain) => (chain.data = chain.data.filter(({ seq }) => seq !== 1001)), 1001, /is missing/],
      [
        "two entries exchanged",
        ({ data }) => data.filter(({ seq }) => seq === 9 || seq === 10).forEach((link) => (link.seq = 19 - link.seq)),
        9,
        /missing/,
      ],
      [
        "the end left out",
        (chain) => {
          chain.data = chain.data.filter(({ seq }) => seq <= CALLS - 5);
          const last = chain.data.at(-1);
          if (last !== undefined && last.seq === CALLS - 5) chain.head = { seq: last.seq, hash: last.hash };
        },
        CALLS - 4,
        /not there/,
      ],
      ["all rewritten from an entry on", rewritten, CALLS, /another hash/],
      ["another tenant's beginning", (chain) => (chain.start.hash = sha256("weir-audit\nten_other")), 1, /does not begin where it must/],
    ];
    for (const [name, change, seq, says] of lies) {
      await lie(page, change);
      const { said, all } = await verify(page);
      assert.match(said, new RegExp(`Changed at entry ${seq}$`), `${name}: ${all}`);
      assert.match(all, says, name);
      // The database is whole, so the server's own verdict is the lie's contrary.
      assert.match(all, /server says otherwise/, name);
    }
    await page.unroute("**/admin/v1/audit/chain**");
    assert.match((await verify(page)).said, /Whole/);
    await opened.close();
    console.log(
      `# audit in the browser: ${lies.length} of ${lies.length} lies found at their entry, against a server that calls the chain whole`,
    );
  },
  120_000,
);

/** With everything that is in the database, and nothing else: no key of the server. */
async function tamper(seq: number): Promise<void> {
  await weir.stop();
  const log = { warn: () => undefined };
  const db = await openDatabase({ databaseUrl: undefined, dataDir: weir.dataDir, connections: 1, clock: systemClock, log });
  try {
    const rows = await db.asOwner((owner) =>
      owner.query(
        `UPDATE events SET body = replace(body, '"costMicroUsd":', '"costMicroUsd":9'),
           event_hash = sha256(convert_to(replace(body, '"costMicroUsd":', '"costMicroUsd":9'), 'UTF8')) WHERE seq = $1 RETURNING seq`,
        [seq],
      ),
    );
    assert.equal(rows.length, 1);
  } finally {
    await db.close();
  }
  weir = await startWeir({ dataDir: weir.dataDir, yaml });
}

browserTest(
  "a row that somebody changed in the database is found and named, and its proof does not fit",
  async () => {
    await tamper(321);
    const opened = await open();
    const { page } = opened;
    const { said, all } = await verify(page);
    assert.match(said, /Changed at entry 321$/);
    assert.match(all, /320 entries before it are whole/);
    assert.match(all, /server's own verdict: changed at entry 321/i);
    await expectAccessible(page, "changed");
    await page.getByRole("button", { name: "Open entry 321" }).click();
    const entry = page.getByRole("dialog", { name: "Entry 321" });
    await entry.getByText("does not fit").first().waitFor();
    await entry.getByText("No receipt: the server does not sign").waitFor();
    await page.getByRole("button", { name: "Older" }).click();
    const before = page.getByRole("dialog", { name: "Entry 320" });
    await before.getByText("Ed25519 signature good by key").waitFor();
    assert.equal(await before.getByText("does not fit").count(), 0);
    await expectAccessible(page, "entry");
    await opened.close();
    console.log("# audit in the browser: 1 tampered row among 1,050 found, named, and refused a receipt");
  },
  90_000,
);

browserTest(
  "entries are found by their filters, which stand in the address, and the chain is saved as a file",
  async () => {
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/audit?tenant=acme&category=configuration", viewport: "phone" });
    const { page } = opened;
    const table = page.getByRole("region", { name: "Entries of the audit trail" });
    await table.getByText("tenant.create").waitFor();
    await expectNoSideways(page);
    await page.getByLabel("Show").selectOption("sign-ins");
    await table.getByText("key.create").waitFor();
    await page.getByLabel("Action").fill("key.create");
    await page.waitForURL(/action=key\.create/);
    await table.getByText("sign-in", { exact: true }).first().waitFor({ state: "detached" });
    await table.getByText("key.create").waitFor();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByLabel("Show").selectOption("calls");
    await page.getByLabel("Outcome").selectOption("failed");
    await page.getByText("No entry fits").waitFor();
    assert.match(page.url(), /outcome=failed/);
    await page.getByLabel("Outcome").selectOption("finished");
    await table.getByText("50 rows").or(page.getByText("50 rows")).first().waitFor();
    await page.getByRole("button", { name: "Show more" }).click();
    await page.getByText("100 rows").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page
        .getByRole("button", { name: "Export" })
        .click()
        .then(() => page.getByRole("menuitem", { name: /^Calls/ }).click()),
    ]);
    assert.equal(download.suggestedFilename(), "audit-acme-calls.ndjson");
    const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
    assert.equal(lines.filter((line) => line.startsWith('{"type":"entry"')).length, CALLS);
    await opened.close();
    console.log(`# audit in the browser: 6 filters by the address, 2 pages, ${lines.length} lines saved`);
  },
  60_000,
);
