import { afterAll, beforeAll } from "bun:test";
import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import type { Locator, Page } from "playwright-core";
import { addDocument } from "../e2e/access-world.ts";
import { WITHOUT_BREAKERS, type TestWeir } from "../e2e/server.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { expectNoSideways, openPage, startConsole } from "./browser.ts";
import { browserTest, closeBrowser } from "./chromium.ts";
import { hostileTexts } from "./hostile-texts.ts";

/** Content that wants to run, to be asked for, or to be taken for the page's own. Answers, prompts, tools, names and documents are of others. */

let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
let store: string;
let file: string;
let says: readonly string[] = [];
let steered: string | undefined;
/** Connections to an address that only hostile content names. */
let trapped = 0;
const trapServer = createServer((socket) => {
  trapped++;
  socket.destroy();
});
let texts: Readonly<Record<string, string>> = {};

const NAME = '"><img src=x onerror=globalThis.__ran=1>\u202Egnp.txt';

beforeAll(async () => {
  await new Promise<void>((resolve) => trapServer.listen(0, "127.0.0.1", resolve));
  const { port } = trapServer.address() as AddressInfo;
  texts = hostileTexts(`http://127.0.0.1:${port}`);
  upstream = await createFakeUpstream({ say: () => says, steer: () => steered });
  weir = await startConsole({
    demo: false,
    yaml: `${WITHOUT_BREAKERS}
providers:
  up: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private }
models:
  m: { provider: up, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
routes:
  auto:
    - { use: [m] }
guard: { pii: off, injection: off, outputLinks: off, canary: false }
`,
  });
  ({ key } = await weir.tenant("acme", undefined, { role: "tenant-admin" }));
  store = (await weir.call<{ id: string }>("POST", "/v1/vector_stores", { name: `<b onclick=x>${NAME}` }, { key })).id;
  const { "one long word": _, "deep list": _list, brackets: _brackets, emphasis: _emphasis, ...written } = texts;
  const document = `# <img src=x onerror=globalThis.__ran=1>\n\nEmployees have 30 vacation days a year.\n\n${Object.values(written).join("\n\n")}\n`;
  ({ file } = await addDocument(weir, key, store, [NAME, document]));
}, 120_000);
afterAll(async () => {
  await closeBrowser();
  await weir.close();
  await upstream.close();
  await new Promise<void>((resolve) => void trapServer.close(() => resolve()));
});

const open = async (path = "/playground") => openPage(weir.url, { keys: [key], path });
async function ask(page: Page, text: string): Promise<Locator> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Control+Enter");
  const exchange = page.getByTestId("exchange").last();
  await exchange.getByRole("button", { name: "Code" }).last().waitFor();
  return exchange;
}

/** What of the page could act: empty where content stayed text. */
const actingIn = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    if ("__ran" in globalThis) found.push("something ran");
    if ("polluted" in {}) found.push("a prototype was changed");
    const scope = document.querySelector("main") ?? document.body;
    for (const element of document.querySelectorAll("main *, [role=dialog] *, aside *")) {
      const tag = element.tagName.toLowerCase();
      if (["script", "iframe", "object", "embed", "base", "meta", "link", "style", "video", "audio"].includes(tag)) found.push(tag);
      if (tag === "img" && !/^(data:image\/(png|jpeg|gif|webp);|\/console\/)/.test(element.getAttribute("src") ?? ""))
        found.push("an image");
      for (const { name, value } of element.attributes) {
        if (name.startsWith("on")) found.push(`${tag} with ${name}`);
        if (
          ["href", "src", "action", "formaction", "xlink:href"].includes(name) &&
          !/^(https?:\/\/|mailto:|\/console|#|data:image\/|$)/.test(value)
        )
          found.push(`${tag} to ${value.slice(0, 30)}`);
      }
      if (tag === "a" && /^https?:/.test(element.getAttribute("href") ?? "") && !(element.getAttribute("rel") ?? "").includes("noreferrer"))
        found.push("a link that tells where it is from");
    }
    return scope === document.body ? [...found, "no page"] : found;
  });

/** Nothing acts, nothing was asked for, and the page is no wider than it was. */
async function expectText(page: Page, name: string): Promise<void> {
  assert.deepEqual(await actingIn(page), [], name);
  assert.equal(trapped, 0, `${name} asked for something`);
  await expectNoSideways(page);
}

browserTest(
  "answers and prompts of every hostile kind stay text: nothing runs, nothing is asked for, and the page keeps its width",
  async () => {
    const { page, problems, close } = await open();
    await page.getByLabel("Model or route").selectOption("m");
    let count = 0;
    for (const [name, text] of Object.entries(texts)) {
      says = text.match(/[\s\S]{1,4000}/g) ?? [];
      const exchange = await ask(page, text);
      await exchange.getByTestId("answer-text").waitFor();
      await expectText(page, name);
      assert.deepEqual(problems, [], name);
      count++;
      await page.getByRole("button", { name: "New conversation" }).click();
    }
    console.log(`# ${count} hostile texts as prompt and as answer: 0 ran, 0 requests, 0 policy reports`);
    await close();
  },
  180_000,
);

browserTest("tools, their arguments and structured answers stay text", async () => {
  const { page, close } = await open();
  await page.getByLabel("Model or route").selectOption("m");
  const tool = { name: "weather", description: texts["script"], parameters: { type: "object" } };
  await page.getByLabel("Tools").fill(JSON.stringify([tool]));
  steered = "tools=2";
  const exchange = await ask(page, "call them");
  steered = undefined;
  for (const field of await exchange.getByLabel("Result of weather").all()) await field.fill(texts["image error"] ?? "");
  says = [texts["markdown image"] ?? ""];
  await exchange.getByRole("button", { name: "Give the results back" }).click();
  await exchange.getByTestId("answer-text").waitFor();
  await expectText(page, "tools");
  await page.getByLabel("Tools").fill("");
  await page.getByLabel("Form of the answer").selectOption("object");
  const deep = `${'{"a":['.repeat(400)}"<img src=x onerror=globalThis.__ran=1>"${"]}".repeat(400)}`;
  for (const text of [texts["prototype"] ?? "", deep, JSON.stringify({ [texts["script"] ?? ""]: texts["svg"] })]) {
    says = [text];
    await ask(page, "as JSON");
    await expectText(page, "structured");
  }
  await close();
});

browserTest("names and documents stay text: as a source, in the path of a call, and on the pages of the collection", async () => {
  const { page, problems, close } = await open();
  await page.getByLabel("Model or route").selectOption("m");
  await page.getByLabel("Answer from documents").selectOption(store);
  says = ["Employees have 30 vacation days a year [1]."];
  const exchange = await ask(page, "How many vacation days do employees have?");
  await exchange.getByTestId("answer-text").getByRole("button").first().click();
  await page.getByTestId("quote").waitFor();
  await expectText(page, "source");
  await exchange.getByRole("button", { name: "Path" }).click();
  await page.getByTestId("waterfall").waitFor();
  await expectText(page, "path");
  const pages = ["/collections", `/collections/${store}`, `/collections/${store}/files/${file}`];
  for (const path of pages) {
    await page.goto(`${weir.url}/console${path}`);
    // The name, or the text, is shown as it is.
    await page.locator("main").getByText("onerror=").first().waitFor();
    await expectText(page, path);
    assert.deepEqual(problems, [], path);
  }
  console.log(`# a hostile name and document on ${pages.length + 2} views: 0 ran, 0 requests`);
  await close();
});

browserTest("what is of others is kept in a direction of its own, so that it reorders nothing of the page", async () => {
  const { page, close } = await open();
  await page.getByLabel("Model or route").selectOption("m");
  says = [texts["bidi"] ?? ""];
  const exchange = await ask(page, texts["bidi"] ?? "");
  const loose = await exchange.evaluate((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (!/[\u202A-\u202E\u2066-\u2069]/.test(node.textContent ?? "")) continue;
      const holder = node.parentElement?.closest(".foreign, bdi");
      if (holder == null || getComputedStyle(holder).unicodeBidi !== "isolate") found.push(node.textContent ?? "");
    }
    return found;
  });
  assert.deepEqual(loose, []);
  await close();
});

browserTest("planted: what would run or be asked for is seen, by the policy's report and by the page itself", async () => {
  const plants: readonly (readonly [string, (text: string) => void])[] = [
    ["HTML of a text", (text) => void (document.querySelector("main")!.innerHTML = text)],
    [
      "a parsed document",
      (text) => document.querySelector("main")!.append(...new DOMParser().parseFromString(text, "text/html").body.children),
    ],
    [
      "an image from elsewhere",
      (text) => {
        const image = document.createElement("img");
        image.src = /http:[^"]+/.exec(text)?.[0] ?? "";
        document.querySelector("main")!.append(image);
      },
    ],
    [
      "a script element",
      (text) => {
        const script = document.createElement("script");
        script.append(text);
        document.querySelector("main")!.append(script);
      },
    ],
    [
      "a link that runs",
      () => {
        const link = document.createElement("a");
        link.setAttribute("href", "javascript:globalThis.__ran=1");
        document.querySelector("main")!.append(link);
      },
    ],
  ];
  let caught = 0;
  for (const [name, plant] of plants) {
    const { page, problems, context } = await open();
    await page.getByLabel("Message", { exact: true }).waitFor();
    await page.evaluate(plant, texts["image error"] ?? "").catch(() => undefined);
    await page.waitForLoadState("networkidle");
    const acting = await actingIn(page);
    assert.ok(problems.length + acting.length > 0, `${name} was not seen`);
    assert.equal(await page.evaluate(() => "__ran" in globalThis), false, `${name}: the policy holds`);
    caught++;
    await context.close();
  }
  assert.equal(trapped, 0, "the policy lets nothing out");
  console.log(`# ${caught} of ${plants.length} planted ways from text to code or to another host were seen`);
});
