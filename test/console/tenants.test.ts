import { afterAll, beforeAll } from "bun:test";
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startLoginIssuer, type LoginIssuer } from "../../src/admit/login-issuer.fixture.ts";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import { eventually } from "../e2e/eventually.ts";
import { WITHOUT_BREAKERS, type TestWeir } from "../e2e/server.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { ADMIN_KEY, expectAccessible, expectNoSideways, openPage, startConsole } from "./browser.ts";
import { consoleOf, openByIssuer } from "./by-issuer.ts";
import { browserTest, closeBrowser } from "./chromium.ts";

/** Tenants, keys, people and roles in a real browser; keys that are made there make real calls. */

const HOSTILE = `<img src=x onerror="alert(1)"> \u202Egpj`;
let issuer: TestIssuer;
/** Where people sign in with a browser. */
let login: LoginIssuer;
let upstream: FakeUpstream;
let weir: TestWeir;
let boss: string;
let member: string;

beforeAll(async () => {
  issuer = await startIssuer(Date.now);
  login = await startLoginIssuer(Date.now);
  upstream = await createFakeUpstream();
  weir = await startConsole({
    demo: false,
    yaml: `${WITHOUT_BREAKERS}
providers:
  up: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private }
models:
  m: { provider: up, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
routes:
  auto: [{ use: [m] }]
auth:
  oidc:
    - { issuer: "${issuer.url}", audience: ${AUDIENCE}, roles: { viewer: viewer, member: member } }
    - { issuer: "${login.url}", audience: weir, roles: { viewer: viewer }, console: ${consoleOf(login)} }
`,
    env: { CONSOLE_SECRET: login.clientSecret },
  });
  ({ key: boss } = await weir.tenant("acme", { budgetUsd: 20 }, { role: "tenant-admin", name: "boss" }));
  ({ key: member } = await weir.tenant("globex", { name: HOSTILE }));
}, 120_000);
afterAll(async () => {
  await closeBrowser();
  await weir.close();
  await upstream.close();
  await issuer.close();
  await login.close();
});

async function statusOf(key: string): Promise<number> {
  const answer = await weir.chat(key, { model: "auto", messages: [{ role: "user", content: "Say something." }] });
  await answer.text();
  return answer.status;
}
/** Every replica hears of it within two seconds. */
const untilStatus = (key: string, status: number): Promise<void> => eventually(async () => assert.equal(await statusOf(key), status));

/** The secret of the dialog that shows it once; the dialog is closed. */
async function takeSecret(page: Page): Promise<string> {
  const dialog = page.getByRole("dialog", { name: "The key is made" });
  const secret = await dialog.locator("[data-secret]").innerText();
  assert.match(await dialog.getByLabel("Try it").innerText(), new RegExp(secret));
  await expectAccessible(page, "key made");
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await dialog.waitFor({ state: "detached" });
  return secret;
}

browserTest(
  "a key is made and used, suspended and resumed, rotated and revoked, and each counts for real calls",
  async () => {
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/tenants/acme?tab=keys" });
    const { page } = opened;
    await page.getByRole("button", { name: "New key" }).first().click();
    await page.getByLabel("Name", { exact: true }).fill("help desk");
    await page.getByLabel("Team").fill("support");
    await page.getByText("Limits", { exact: true }).click();
    await page.getByLabel("Budget a month, in dollars").fill("2.50");
    await page.getByLabel("Models").fill("m, auto");
    await expectAccessible(page, "new key");
    await page.getByRole("button", { name: "Make key" }).click();
    const first = await takeSecret(page);
    assert.equal(await statusOf(first), 200);

    await page.getByRole("cell", { name: "help desk" }).click();
    const drawer = page.getByRole("dialog", { name: "Key help desk" });
    await drawer.getByText("What a call with it may do").waitFor();
    await drawer.getByText(/left of \$2\.50 this month/).waitFor();
    await drawer.getByRole("button", { name: "Suspend" }).click();
    await page.getByLabel("Why").fill("found in a repository");
    await page.getByRole("dialog", { name: "Suspend this key?" }).getByRole("button", { name: "Suspend" }).click();
    await drawer.getByText(/found in a repository/).waitFor();
    await untilStatus(first, 403);
    await drawer.getByRole("button", { name: "Resume" }).click();
    await drawer.getByRole("button", { name: "Rotate" }).waitFor();
    await untilStatus(first, 200);

    await drawer.getByRole("button", { name: "Rotate" }).click();
    await page.getByLabel("The old key ends").selectOption("0");
    await page.getByRole("dialog", { name: "Change it for a new key" }).getByRole("button", { name: "Rotate" }).click();
    const second = await takeSecret(page);
    assert.notEqual(second, first);
    assert.equal(await statusOf(second), 200);
    await untilStatus(first, 401);
    await page.keyboard.press("Escape");

    await page.getByLabel("State").selectOption("active");
    await page.getByLabel("Search keys").fill("help");
    await page.waitForURL(/search=help/);
    await page.getByRole("cell", { name: "help desk" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog", { name: "Revoke this key?" }).getByRole("button", { name: "Revoke" }).click();
    await untilStatus(second, 401);
    await opened.close();
    console.log(
      "# keys in the browser: made, called with, suspended, resumed, rotated, revoked; 7 real calls answered or refused as they must",
    );
  },
  90_000,
);

browserTest(
  "a tenant is made, limited, held, and erased only after its slug was typed and the hold was lifted",
  async () => {
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/tenants" });
    const { page } = opened;
    await page.getByRole("button", { name: "New tenant" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Umbrella Ltd.");
    assert.equal(await page.getByLabel("Slug").inputValue(), "umbrella-ltd");
    await page.getByLabel("Slug").fill("Umbrella");
    await page.getByRole("button", { name: "Make tenant" }).click();
    await page.getByText(/expected 1 to 63 lower-case/).waitFor();
    await page.getByLabel("Slug").fill("umbrella");
    await page.getByRole("button", { name: "Make tenant" }).click();
    await page.waitForURL(/\/tenants\/umbrella\?tab=keys/);
    await page.getByText("No key yet").waitFor();

    await page.getByRole("tab", { name: "Settings" }).click();
    await page.getByLabel("Budget a month, in dollars").fill("12.5");
    await page.getByLabel("Content kept").selectOption("scrubbed");
    await page.getByText("budgetUsd, contentPolicy").waitFor();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Nothing is changed").waitFor();
    const saved = await weir.call("GET", "/admin/v1/tenants/umbrella");
    assert.deepEqual([saved["budgetUsd"], saved["contentPolicy"], saved["name"]], [12.5, "scrubbed", "Umbrella Ltd."]);

    await page.getByLabel("Reason").fill("case 7");
    await page.getByRole("button", { name: "Set hold" }).click();
    await page.getByRole("button", { name: "Lift hold" }).waitFor();
    await page.getByRole("button", { name: "Erase tenant" }).click();
    const erase = page.getByRole("dialog", { name: "Erase Umbrella Ltd.?" });
    assert.equal(await erase.getByRole("button", { name: "Erase tenant" }).isDisabled(), true);
    await erase.getByLabel(/Type “umbrella”/).fill("umbrella");
    await erase.getByRole("button", { name: "Erase tenant" }).click();
    await erase.getByRole("alert").waitFor();
    await expectAccessible(page, "erase refused");
    await erase.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Lift hold" }).click();
    await page.getByRole("dialog", { name: "Lift the legal hold?" }).getByRole("button", { name: "Lift hold" }).click();
    await page.getByRole("button", { name: "Set hold" }).waitFor();
    await page.getByRole("button", { name: "Erase tenant" }).click();
    await page.getByLabel(/Type “umbrella”/).fill("umbrella");
    await page.getByRole("dialog").getByRole("button", { name: "Erase tenant" }).click();
    await page.waitForURL(/\/tenants$/);
    await weir.call("GET", "/admin/v1/tenants/umbrella", undefined, { expect: 404 });
    await page.getByRole("region", { name: "Erasures" }).getByText("tenant", { exact: true }).first().waitFor();
    await opened.close();
    console.log(
      "# tenants in the browser: made, 2 settings saved, 1 wrong slug and 1 erasure under a hold refused in the server's words, erased",
    );
  },
  90_000,
);

browserTest(
  "names that are markup are text, and searching, sorting and the telephone's width hold",
  async () => {
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/tenants", viewport: "phone", colorScheme: "dark" });
    const { page } = opened;
    await page.getByText("<img src=x").waitFor();
    await expectNoSideways(page);
    await page.getByLabel("Search tenants").fill("glob");
    await page.waitForURL(/search=glob/);
    await page.getByText(/^1 rows?$/).waitFor();
    await page.getByRole("button", { name: "Sort by Cost this month" }).or(page.getByTitle("Sort by Cost this month")).first().click();
    await page.waitForURL(/sort=-cost/);
    await page.getByText("<img src=x").click();
    await page.getByRole("heading", { name: /<img src=x/ }).waitFor();
    await expectNoSideways(page);
    await expectAccessible(page, "hostile name");
    assert.equal(await page.locator("main img").count(), 0);
    await opened.close();
  },
  60_000,
);

browserTest(
  "what a role may not do is not shown, and the server refuses it all the same",
  async () => {
    const viewer = await openByIssuer(weir.url, login, { sub: "vera", role: "viewer" }, "/tenants");
    await viewer.page.getByText("acme").first().waitFor();
    assert.equal(await viewer.page.getByText("Cost this month").count(), 0);
    assert.equal(await viewer.page.getByRole("button", { name: "New tenant" }).count(), 0);
    await viewer.page.goto(`${weir.url}/console/tenants/acme?tab=keys`);
    await viewer.page.getByRole("tab", { name: "Overview" }).waitFor();
    assert.deepEqual(await viewer.page.getByRole("tab").allInnerTexts(), ["Overview"]);
    const asked = (path: string, page: Page) =>
      page.evaluate(async (at) => (await fetch(at, { headers: { "x-weir-console": "1" } })).status, path);
    for (const path of [
      "/admin/v1/tenants/acme/keys",
      "/admin/v1/audit?tenant=acme",
      "/admin/v1/people?tenant=acme",
      "/admin/v1/tenants?sort=cost",
    ])
      assert.equal(await asked(path, viewer.page), 403, path);
    assert.equal(await asked("/admin/v1/tenants", viewer.page), 200);
    await viewer.page.goto(`${weir.url}/console/roles`);
    await viewer.page.getByRole("region", { name: "Roles and permissions" }).getByText("keys.manage").waitFor();
    await viewer.close();

    const own = await openPage(weir.url, { keys: [boss], path: "/tenants" });
    await own.page.waitForURL(/\/tenants\/acme/);
    await own.page.getByRole("tab", { name: "People" }).waitFor();
    assert.deepEqual(await own.page.getByRole("tab").allInnerTexts(), ["Overview", "Keys", "People"]);
    assert.equal(await asked("/admin/v1/tenants/globex/keys", own.page), 403);
    await own.close();

    const plain = await openPage(weir.url, { keys: [member], path: "/playground" });
    await plain.page.getByRole("link", { name: "Playground" }).first().waitFor();
    assert.equal(await plain.page.getByRole("link", { name: "Tenants and keys" }).count(), 0);
    assert.equal(await asked("/admin/v1/tenants/globex/keys", plain.page), 403);
    assert.equal(await asked("/admin/v1/roles", plain.page), 403);
    await plain.close();
    console.log("# roles in the browser: viewer, tenant-admin and member see their part; 7 addresses refused, 1 open as it must be");
  },
  60_000,
);

browserTest(
  "people are digests with their first and last time, and each leads to what they did",
  async () => {
    const token = await issuer.sign({ sub: "anna.secret@acme.example", role: "member", tenant: "acme" });
    await weir.call("GET", "/v1/models", undefined, { key: token });
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/tenants/acme?tab=people" });
    const { page } = opened;
    const row = page.getByRole("row").filter({ hasText: "member" });
    await row.waitFor();
    assert.ok(!(await page.content()).includes("anna"));
    await row.getByRole("link", { name: "What they did" }).click();
    await page.waitForURL(/\/audit\?/);
    await page.getByRole("region", { name: "Entries of the audit trail" }).getByText("sign-in").first().waitFor();
    await opened.close();
  },
  60_000,
);
