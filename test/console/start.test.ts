import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "bun:test";
import type { TestWeir } from "../e2e/server.ts";
import { ADMIN_KEY, expectAccessible, expectNoSideways, openPage, startConsole } from "./browser.ts";
import { browserTest, closeBrowser } from "./chromium.ts";

const SCREENS = join(import.meta.dirname, "../../tmp/screens");
const NOTE = "# Parking\n\nVisitors park behind the mill, at the river, and get their ticket stamped at the front desk.\n";

let weir: TestWeir;
beforeAll(async () => {
  mkdirSync(SCREENS, { recursive: true });
  weir = await startConsole();
});
afterAll(async () => {
  await closeBrowser();
  await weir.close();
});

const newLink = async (): Promise<string> => (await weir.call<{ url: string }>("POST", "/console/links", { key: ADMIN_KEY })).url;

browserTest(
  "the first run: a link signs in, a document is dropped, a question answered with its source, a key made and used by a program",
  async () => {
    const opened = await openPage(weir.url);
    const { page } = opened;
    const link = await newLink();
    await page.goto(link);
    await page.getByRole("heading", { name: "1. Choose who answers" }).waitFor();
    // The code is gone from the address, and works for nobody else.
    assert.equal(page.url(), `${weir.url}/console/start`);
    await page.getByRole("tab", { name: "Anthropic" }).click();
    await page.getByText("apiKey: env:ANTHROPIC_API_KEY").waitFor();
    await page.getByText("extractive", { exact: true }).first().waitFor();

    await page.getByLabel("Choose files").setInputFiles({ name: "parking.md", mimeType: "text/markdown", buffer: Buffer.from(NOTE) });
    const before = await page.getByText(/documents can be found/).innerText();
    await page.waitForFunction((was) => !document.body.innerText.includes(was) && !document.body.innerText.includes("on the way"), before);

    await page.getByLabel("Question").fill("Where do visitors park?");
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    const answer = page.getByRole("region", { name: "Answer" });
    await answer
      .getByText(/behind the mill/)
      .first()
      .waitFor();
    await answer.getByText("Answered by extractive").waitFor();
    await page.screenshot({ path: join(SCREENS, "start-answered.png"), fullPage: false });

    await page.getByRole("button", { name: "Make a key for it" }).click();
    const shown = await page.getByText(/export WEIR_API_KEY=weir-/).innerText();
    const key = shown.replace("export WEIR_API_KEY=", "").trim();
    assert.equal((await fetch(`${weir.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status, 200);
    for (const [tab, words] of [
      ["Python", "from openai import OpenAI"],
      ["TypeScript", "new OpenAI("],
      ["curl", `curl ${weir.url}/v1/chat/completions`],
    ] as const) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByText(words).first().waitFor();
    }
    await expectAccessible(page, "start, all steps done");

    // The source opens in its document, at the passage.
    await answer
      .getByRole("button", { name: /Parking|parking/ })
      .first()
      .click();
    await page.waitForURL(/\/console\/collections\/.+\/files\/.+chunk=/);
    await page
      .getByText(/behind the mill/)
      .first()
      .waitFor();
    console.log("# console: first run in a browser: signed in by a link, 1 document, 1 cited answer opened, 1 key used");
    await opened.close();

    const other = await openPage(weir.url);
    await other.page.goto(link);
    await other.page.getByText("This link does not sign you in").waitFor();
    await other.page.getByRole("link", { name: "Sign in another way" }).click();
    await other.page.getByRole("heading", { name: "Sign in to Weir" }).waitFor();
    await other.close();
  },
  90_000,
);

for (const colorScheme of ["light", "dark"] as const)
  for (const viewport of ["desktop", "phone"] as const)
    browserTest(
      `the start is usable by everybody: ${viewport}, ${colorScheme}`,
      async () => {
        const opened = await openPage(weir.url, { viewport, colorScheme });
        await opened.page.goto(await newLink());
        await opened.page.getByText(/documents can be found/).waitFor();
        await expectAccessible(opened.page, `start ${viewport} ${colorScheme}`);
        await expectNoSideways(opened.page);
        await opened.page.setViewportSize({ width: viewport === "phone" ? 375 : 1280, height: 2200 });
        await opened.page.screenshot({ path: join(SCREENS, `start-whole-${viewport}-${colorScheme}.png`) });
        await opened.close();
      },
      60_000,
    );

browserTest(
  "somebody of the platform without a tenant is told what is missing, and gets it",
  async () => {
    const opened = await openPage(weir.url, { keys: [ADMIN_KEY], path: "/start" });
    await opened.page.getByRole("button", { name: /key/i }).first().waitFor();
    await expectAccessible(opened.page, "start without a tenant");
    await opened.close();
  },
  60_000,
);
