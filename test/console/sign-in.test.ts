import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "bun:test";
import { startLoginIssuer, type LoginIssuer } from "../../src/admit/login-issuer.fixture.ts";
import type { TestWeir } from "../e2e/server.ts";
import { ADMIN_KEY, expectAccessible, expectNoSideways, openPage, startConsole } from "./browser.ts";
import { browserTest, closeBrowser } from "./chromium.ts";

const SCREENS = join(import.meta.dirname, "../../tmp/screens");
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><script>fetch("https://evil.test")</script><rect width="10" height="10" fill="#7a1fa2"/></svg>`;

let folder = "";
let issuer: LoginIssuer;
let weir: TestWeir;
beforeAll(async () => {
  mkdirSync(SCREENS, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), "weir-logo-"));
  await writeFile(join(folder, "logo.svg"), LOGO);
  issuer = await startLoginIssuer(Date.now);
  weir = await startConsole({
    yaml: `
auth:
  oidc:
    - issuer: "${issuer.url}"
      audience: weir-api
      roles: { staff: member, boss: tenant-admin, watcher: viewer }
      console: { clientId: ${issuer.clientId}, clientSecret: env:CONSOLE_SECRET, label: Example Inc. }
console:
  name: Example AI
  logo: ${join(folder, "logo.svg")}
  accent: { light: "#7a1fa2", dark: "#e0a6f5" }
  links: [{ label: House rules, url: https://wiki.example.com/ai }]
`,
    env: { CONSOLE_SECRET: issuer.clientSecret },
  });
});
afterAll(async () => {
  await closeBrowser();
  await weir.close();
  await issuer.close();
  await rm(folder, { recursive: true });
});

type Opened = Awaited<ReturnType<typeof openPage>>;
/** As a person presses it: the browser leaves for the issuer and comes back. */
async function byIssuer({ page }: Opened, holder: Readonly<Record<string, unknown>>): Promise<void> {
  issuer.holder = holder;
  await page.goto(`${weir.url}/console/login`);
  await page.getByRole("link", { name: "Continue with Example Inc." }).click();
  await page.waitForURL(`${issuer.url}/**`);
  await page.getByRole("link", { name: /Continue as/ }).click();
  await page.waitForURL(`${weir.url}/console/**`);
}
/** The issuer is another origin: going there is what was asked for. */
const withoutIssuer = (problems: readonly string[]): readonly string[] =>
  problems.filter((each) => !each.startsWith(`a request to ${issuer.url}`));

for (const colorScheme of ["light", "dark"] as const)
  for (const viewport of ["desktop", "phone"] as const)
    browserTest(
      `the page to sign in shows the house's own name, colour, logo and links, and is usable by everybody: ${viewport}, ${colorScheme}`,
      async () => {
        const opened = await openPage(weir.url, { viewport, colorScheme, path: "/login" });
        const { page } = opened;
        await page.getByRole("heading", { name: "Sign in to Example AI" }).waitFor();
        assert.match(await page.title(), /Example AI/);
        assert.equal(await page.locator("header img").first().getAttribute("src"), "/console/logo");
        const accent = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent"));
        assert.equal(accent, colorScheme === "light" ? "#7a1fa2" : "#e0a6f5");
        if (viewport === "desktop")
          assert.equal(await page.getByRole("link", { name: "House rules" }).getAttribute("href"), "https://wiki.example.com/ai");
        await expectAccessible(page, `login ${viewport} ${colorScheme}`);
        await expectNoSideways(page);
        await page.screenshot({ path: join(SCREENS, `login-${viewport}-${colorScheme}.png`) });
        await opened.close();
      },
      60_000,
    );

browserTest(
  "somebody signs in by the issuer, is sent on to where they were going, and signs out",
  async () => {
    const opened = await openPage(weir.url, {});
    const { page, context } = opened;
    await byIssuer(opened, { sub: "ada", tenant: "demo", role: "boss" });
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByText("demo: tenant-admin").waitFor();
    await page.keyboard.press("Escape");
    const copied = await context.cookies();
    const session = copied.find(({ name }) => name === "weir-session");
    assert.deepEqual([session?.httpOnly, session?.sameSite, session?.path], [true, "Strict", "/"]);
    assert.equal(await page.evaluate(() => document.cookie), "");
    await page.goto(`${weir.url}/console/tenants`);
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    // The issuer offers it, so the browser signs out there, too.
    await page.waitForURL(`${issuer.url}/logout**`);
    // Who has copied the cookie has nothing.
    await context.addCookies(copied);
    await page.goto(`${weir.url}/console/tenants`);
    await page.getByRole("heading", { name: "Sign in to Example AI" }).waitFor();
    assert.match(page.url(), /\/console\/login\?next=/);
    assert.deepEqual(withoutIssuer(opened.problems), []);
    await context.close();
  },
  60_000,
);

browserTest(
  "an answer that is not the issuer's own signs nobody in, and the page says so",
  async () => {
    const opened = await openPage(weir.url, {});
    issuer.slip = "nonce";
    try {
      await byIssuer(opened, { sub: "ada", tenant: "demo", role: "boss" });
      await opened.page.getByRole("alert").getByText("The issuer's answer was not accepted").waitFor();
    } finally {
      issuer.slip = undefined;
    }
    assert.ok(!(await opened.context.cookies()).some(({ name }) => name === "weir-session"));
    await opened.context.close();
  },
  60_000,
);

browserTest(
  "a wrong key is refused in words, a right one opens the console, and a second one joins it",
  async () => {
    const opened = await openPage(weir.url, { path: "/login?next=%2Ftenants" });
    const { page } = opened;
    const key = page.getByLabel("Key", { exact: true });
    await key.fill("weir-00000000000000000000000000000000");
    await key.press("Enter");
    await page.getByText("The API key is not known").waitFor();
    await key.fill(ADMIN_KEY);
    await key.press("Enter");
    await page.waitForURL(`${weir.url}/console/tenants`);
    const made = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/demo/keys", { name: "second" });
    await page.goto(`${weir.url}/console/login`);
    await page.getByRole("heading", { name: "Account" }).waitFor();
    await page.getByLabel("Key", { exact: true }).fill(made.key);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(`${weir.url}/console/playground`);
    await page.goto(`${weir.url}/console/login`);
    await page.getByText("Platform, admin").waitFor();
    await page.screenshot({ path: join(SCREENS, "login-signed-in.png") });
    await expectAccessible(page, "login, signed in");
    await page.getByRole("button", { name: "Sign out: Platform, admin" }).click();
    await page.getByText("Platform, admin").waitFor({ state: "detached" });
    const status = await page.evaluate(async () => (await fetch("/admin/v1/tenants", { headers: { "x-weir-console": "1" } })).status);
    assert.equal(status, 403);
    // Whatever stands behind `next`, it leads to a page of the console.
    for (const next of ["https://evil.test", "//evil.test", "/\\evil.test", "javascript:alert(1)"]) {
      await page.goto(`${weir.url}/console/login?next=${encodeURIComponent(next)}`);
      await page.getByRole("button", { name: "Go to the console" }).click();
      await page.waitForURL(`${weir.url}/console/playground`);
    }
    await opened.close();
  },
  60_000,
);

browserTest(
  "what a role may not do it does not see, and the server refuses it all the same",
  async () => {
    const opened = await openPage(weir.url, {});
    const { page } = opened;
    await byIssuer(opened, { sub: "eve", role: "watcher" });
    await page.goto(`${weir.url}/console/tenants/demo`);
    await page.getByRole("heading", { name: "Demo" }).first().waitFor();
    assert.equal(await page.getByRole("tab", { name: "Keys" }).count(), 0);
    assert.equal(await page.getByRole("link", { name: "Usage and cost" }).count(), 0);
    const statuses = await page.evaluate(async () => {
      const headers = { "content-type": "application/json", "x-weir-console": "1" };
      const key = await fetch("/admin/v1/tenants/demo/keys", { method: "POST", headers, body: JSON.stringify({ name: "mine" }) });
      const usage = await fetch("/admin/v1/usage", { headers });
      return [key.status, usage.status];
    });
    assert.deepEqual(statuses, [403, 403]);
    await opened.context.close();
  },
  60_000,
);

/** A page of another site, with the browser of somebody who is signed in. */
browserTest(
  "another site gets nothing by the browser of somebody who is signed in",
  async () => {
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY] });
    const { page, context } = opened;
    const foreign = await context.newPage();
    await context.route("https://evil.test/**", (route) => route.fulfill({ contentType: "text/html", body: "<title>evil</title><body>" }));
    await foreign.goto("https://evil.test/");
    const tried = await foreign.evaluate(async (url) => {
      const outcomes: string[] = [];
      const attempts: [string, RequestInit][] = [
        ["/admin/v1/tenants", { credentials: "include" }],
        ["/admin/v1/tenants", { credentials: "include", headers: { "x-weir-console": "1" } }],
        ["/admin/v1/tenants", { credentials: "include", method: "POST", body: '{"slug":"stolen","name":"x"}' }],
        ["/console/session", { credentials: "include", method: "POST", body: '{"key":"x"}' }],
        ["/console/session", { credentials: "include", method: "DELETE" }],
      ];
      for (const [path, init] of attempts) {
        try {
          outcomes.push(`${(await fetch(url + path, init)).status}`);
        } catch {
          outcomes.push("kept");
        }
      }
      return outcomes;
    }, weir.url);
    assert.deepEqual(tried, ["kept", "kept", "kept", "kept", "kept"]);
    // A form goes where it will, but brings no cookie that counts.
    await foreign.setContent(
      `<form method="post" action="${weir.url}/admin/v1/tenants" enctype="text/plain"><input name='{"slug":"stolen","name":"' value='x"}'></form>`,
    );
    const [answer] = await Promise.all([
      foreign.waitForResponse((response) => response.url().endsWith("/admin/v1/tenants")),
      foreign.evaluate(() => document.querySelector("form")?.submit()),
    ]);
    assert.equal(answer.status(), 401);
    await foreign.waitForURL(`${weir.url}/admin/v1/tenants`);
    // No frame around a page of the console.
    await foreign.goto("https://evil.test/");
    await foreign.setContent(`<iframe src="${weir.url}/console/"></iframe>`);
    assert.ok(!foreign.frames().some((frame) => frame.url().startsWith(weir.url)));
    const { data } = await weir.call<{ data: { slug: string }[] }>("GET", "/admin/v1/tenants");
    assert.ok(!data.some(({ slug }) => slug === "stolen"));
    // Planted: the same from the console's own page passes.
    const own = await page.evaluate(async () => (await fetch("/admin/v1/tenants", { headers: { "x-weir-console": "1" } })).status);
    assert.equal(own, 200);
    console.log("# console: 5 fetches, a form and a frame of another site came to nothing; the own page's request passed");
    await context.close();
  },
  60_000,
);
