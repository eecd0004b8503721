import assert from "node:assert/strict";
import { afterAll, beforeAll } from "bun:test";
import type { TestWeir } from "../e2e/server.ts";
import { ADMIN_KEY, openPage, startConsole } from "./browser.ts";
import { browserTest, closeBrowser } from "./chromium.ts";

let weir: TestWeir;
beforeAll(async () => {
  weir = await startConsole();
});
afterAll(async () => {
  await closeBrowser();
  await weir.close();
});

type List = { readonly data: readonly { readonly name: string }[] };

browserTest(
  "a double click makes one key, a dialog gives the focus back to who opened it, and ⌘K finds by words",
  async () => {
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/tenants/demo?tab=keys" });
    const { page } = opened;
    const opener = page.getByRole("button", { name: "New key" }).first();
    await opener.click();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.waitForFunction(
      () => document.activeElement?.textContent?.includes("New key") === true && document.activeElement.tagName === "BUTTON",
    );

    await opener.click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("only one");
    await dialog.getByRole("button", { name: "Make key" }).dblclick();
    await page.getByText("The key is made").waitFor();
    await page.waitForLoadState("networkidle");
    const { data } = await weir.call<List>("GET", "/admin/v1/tenants/demo/keys");
    assert.equal(data.filter(({ name }) => name === "only one").length, 1);
    await page.keyboard.press("Escape");

    await page.goto(`${weir.url}/console/operations`);
    await page.getByText("Calls a second").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("rls");
    await page.getByText("Nothing by that name").waitFor();
    await page.getByRole("combobox").fill("role");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${weir.url}/console/roles`);
    await opened.close();
    console.log("# by hand: 1 key for 2 clicks, the focus given back, 1 page found by a word");
  },
  60_000,
);
