import assert from "node:assert/strict";
import { afterAll, beforeAll } from "bun:test";
import type { TestWeir } from "../e2e/server.ts";
import { ADMIN_KEY, expectAccessible, openPage, startConsole } from "./browser.ts";
import { browserTest, closeBrowser } from "./chromium.ts";

let weir: TestWeir;
let key = "";
beforeAll(async () => {
  weir = await startConsole();
  key = (await weir.call<{ key: string }>("POST", "/admin/v1/tenants/demo/keys", { name: "console", role: "member" })).key;
});
afterAll(async () => {
  await closeBrowser();
});

browserTest(
  "somebody of the platform begins at the running service, and no page asks for what the role may not have",
  async () => {
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/" });
    const { page } = opened;
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.status() === 403) refused.push(response.url());
    });
    await page.waitForURL(`${weir.url}/console/operations`);
    const pages = await page.locator("nav#pages a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    for (const path of pages) {
      await page.goto(`${weir.url}${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
    }
    assert.deepEqual(refused, []);
    await opened.close();
    const member = await openPage(weir.url, { keys: [key], path: "/" });
    await member.page.waitForURL(`${weir.url}/console/playground`);
    await member.close();
    const phone = await openPage(weir.url, { keys: [key], path: "/playground", viewport: "phone" });
    const examples = phone.page.getByRole("button", { name: /haiku/ });
    const { x = -1, width = 0 } = (await examples.boundingBox()) ?? {};
    assert.ok(x >= 0 && x + width <= 375, `an example of a question stands from ${x} to ${x + width} of 375 pixels`);
    await phone.close();
    console.log(`# pages without a refusal: ${pages.length}`);
  },
  120_000,
);

browserTest(
  "a server that has stopped is told of on the page: figures say of when they are, other pages that nobody answers",
  async () => {
    const { page, context } = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/operations" });
    await page.getByText("Calls a second").waitFor();
    await weir.close();
    await page.getByText(/These figures are of/).waitFor();
    await expectAccessible(page, "operations of a stopped server");
    await page.getByRole("link", { name: "Tenants and keys" }).click();
    await page
      .getByRole("alert")
      .getByText(/could not be reached/)
      .waitFor();
    // Asked again in vain, the console stays where it is.
    await page.getByRole("button", { name: "Try again" }).click();
    await page
      .getByRole("alert")
      .getByText(/could not be reached/)
      .waitFor();
    assert.equal(await page.locator("nav#pages").isVisible(), true);
    await context.close();
  },
  60_000,
);
