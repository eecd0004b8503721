/**
 * Takes the pictures of the console that README and docs show: bun tools/console-pictures.ts. A real server with the demo, three weeks of calls by a clock that
 * is moved, answers by the demo's own documents or by a stand-in for a model, Debian's Chromium. Writes docs/images/*.png.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { systemClock } from "../src/kernel/clock.ts";
import { ADMIN_KEY, openPage, startConsole } from "../test/console/browser.ts";
import { closeBrowser } from "../test/console/chromium.ts";
import { createFakeUpstream } from "../test/upstream/index.ts";

const IMAGES = join(import.meta.dirname, "../docs/images");
const DAY_MS = 86_400_000;
const DAYS = 24;

const upstream = await createFakeUpstream();
let behindMs = DAYS * DAY_MS;
const weir = await startConsole({
  clock: { nowMs: () => systemClock.nowMs() - behindMs, monotonicMs: systemClock.monotonicMs },
  yaml: `
providers:
  own: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: none-needed, trust: private, region: eu-west-1 }
  cloud: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: none-needed, trust: external, region: us-east-1 }
models:
  llama-70b: { provider: own, upstream: llama, contextTokens: 32768, price: { inputPerMTok: 0.2, outputPerMTok: 0.6 } }
  sonnet: { provider: cloud, upstream: sonnet, contextTokens: 200000, price: { inputPerMTok: 3, outputPerMTok: 15 } }
routes:
  auto:
    - { when: "pii.found", use: [llama-70b], trust: private }
    - { when: "complexity > 0.8", use: [sonnet, llama-70b] }
    - { use: [llama-70b, sonnet] }
`,
});
const made = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/demo/keys", { name: "console", role: "tenant-admin" });
const hospital = await weir.tenant("hospital", { region: "eu-west-1", budgetUsd: 40 }, { name: "ward", team: "care" });

const FEATURES = ["help-desk", "letters", "search", "triage"];
async function call(key: string, at: number): Promise<void> {
  const model = at % 3 === 0 ? "sonnet" : "llama-70b";
  const body = { model, max_tokens: 900, messages: [{ role: "user", content: `parts=${200 + ((at * 137) % 600)}` }] };
  await (await weir.chat(key, body, { headers: { "x-weir-feature": FEATURES[at % FEATURES.length] ?? "" } })).text();
}
for (let at = 0; behindMs > 0; behindMs -= DAY_MS) {
  const isWeekend = [0, 6].includes(new Date(systemClock.nowMs() - behindMs).getUTCDay());
  for (let times = isWeekend ? 3 : 6 + (at % 5); times > 0; times--) await call(at % 4 === 0 ? hospital.key : made.key, at++);
}
behindMs = 0;

async function take(
  name: string,
  path: string,
  act: (page: Page) => Promise<unknown>,
  colorScheme: "light" | "dark" = "light",
): Promise<void> {
  const opened = await openPage(weir.url, { keys: [ADMIN_KEY, made.key], path, colorScheme });
  // Taller than a laptop's window, so that a picture shows what an answer looks like.
  await opened.page.setViewportSize({ width: 1280, height: 960 });
  await act(opened.page);
  await opened.page.screenshot({ path: join(IMAGES, `${name}.png`) });
  console.log(`${name}.png`);
  await opened.close();
}

const stores = await weir.call<{ data: readonly { id: string }[] }>("GET", "/v1/vector_stores", undefined, { key: made.key });
const store = stores.data[0]?.id ?? "";
let asked = "";

mkdirSync(IMAGES, { recursive: true });
await take("console-playground", `/playground?collection=${store}`, async (page) => {
  await page.getByRole("combobox", { name: "Model" }).first().selectOption("extractive");
  await page.getByRole("textbox", { name: "Message" }).fill("Within how many days of delivery can I return an unused product?");
  const answered = page.waitForResponse((response) => response.url().endsWith("/v1/chat/completions"));
  await page.getByRole("button", { name: "Send" }).click();
  asked = (await answered).headers()["x-weir-request-id"] ?? "";
  await page
    .getByRole("button", { name: /^Source 1|^1$/ })
    .first()
    .click();
  await page.locator("mark").first().waitFor();
});
await take("console-path", `/calls/${asked}`, (page) => page.getByTestId("waterfall").waitFor(), "dark");
await take("console-search", `/collections/${store}?tab=search`, async (page) => {
  await page.getByLabel("Question or words").fill("Who reviews access rights, and how often?");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.locator("main tbody tr").first().waitFor();
});
await take("console-routing", "/routing?tab=routes", async (page) => {
  await page.getByLabel("Message").fill("Write to anna.berg@example.com that her order has left.");
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await page.getByText("pii.found").nth(1).waitFor();
});
await take("console-guard", "/guard?tab=try&tenant=demo", async (page) => {
  await page
    .getByRole("textbox", { name: "Text" })
    .fill("Please call Anna Berg on +46 70 174 06 35 or write to anna.berg@example.com.\nHer card is 4111 1111 1111 1111.");
  await page.locator("mark").first().waitFor();
  await page.getByText("External models get").waitFor();
});
await take("console-usage", "/usage", (page) => page.locator("main canvas").first().waitFor(), "dark");
await take("console-audit", "/audit?tenant=demo", async (page) => {
  await page.getByRole("button", { name: "Verify in this browser" }).click();
  await page.getByRole("button", { name: "Verify now" }).click();
  await page.getByText("The server's own verdict").last().waitFor();
});
await closeBrowser();
await weir.close();
await upstream.close();
