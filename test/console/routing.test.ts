import { afterAll, beforeAll, expect } from "bun:test";
import { startLoginIssuer, type LoginIssuer } from "../../src/admit/login-issuer.fixture.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import type { TestWeir } from "../e2e/server.ts";
import { expectAccessible, expectNoSideways, startConsole, type ConsolePage, type PageOptions } from "./browser.ts";
import { consoleOf, openByIssuer } from "./by-issuer.ts";
import { browserTest, closeBrowser } from "./chromium.ts";

/** Routes, policies and rollouts, by two people in two browsers, against a whole server. */

let issuer: LoginIssuer;
let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
beforeAll(async () => {
  issuer = await startLoginIssuer(Date.now);
  upstream = await createFakeUpstream();
  const price = "price: { inputPerMTok: 1, outputPerMTok: 1 }";
  weir = await startConsole({
    demo: false,
    yaml: `
providers:
  own: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private }
  cloud: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: external }
models:
  llama-70b: { provider: own, upstream: mock, ${price} }
  small: { provider: own, upstream: mock-small, ${price} }
  sonnet: { provider: cloud, upstream: mock-sonnet }
routes:
  auto:
    - { use: [llama-70b, sonnet] }
auth:
  oidc:
    - issuer: "${issuer.url}"
      audience: weir-api
      roles: { engineer: engineer, viewer: viewer }
      console: ${consoleOf(issuer)}
`,
    env: { CONSOLE_SECRET: issuer.clientSecret },
  });
  ({ key } = await weir.tenant("acme"));
  await weir.tenant("globex", { rpm: 100 });
});
afterAll(async () => {
  await closeBrowser();
  await weir.close();
  await upstream.close();
  await issuer.close();
});

const open = (sub: string, path: string, more: PageOptions = {}): Promise<ConsolePage> =>
  openByIssuer(weir.url, issuer, { sub, role: sub === "looks" ? "viewer" : "engineer" }, path, more);
const servedBy = async (): Promise<string | null> => {
  const response = await weir.chat(key, { model: "auto", messages: [{ role: "user", content: "Hello" }] });
  await response.text();
  return response.headers.get("x-weir-model");
};
const WRONG = `routes:
  auto:
    - when: inputTokens < 500 && !tols
      use: [smal]
    - use: [llama-70b, sonnet]
`;

browserTest(
  "a policy is written with its mistakes at their lines, mended, tried, asked for, refused to who asked, approved by another, and counts",
  async () => {
    expect(await servedBy()).toBe("llama-70b");
    const first = await open("writes", "/routing/policies/new");
    const { page } = first;
    const editor = page.getByRole("textbox", { name: "Policy" });
    await editor.fill(WRONG);
    await page.getByText("2 problems").waitFor();
    expect(await page.locator('[data-severity="problem"]').evaluateAll((all) => all.map((one) => one.dataset["line"]))).toEqual(["3", "4"]);
    await page.getByText('there is no signal "tols".').waitFor();
    await expectAccessible(page, "editor with problems");
    expect(await page.getByRole("button", { name: "Save to staging" }).isDisabled()).toBe(true);
    // The keyboard leaves the editor by Tab, as any field.
    await editor.press("Tab");
    expect(await editor.evaluate((element) => element === document.activeElement)).toBe(false);
    expect(await editor.inputValue()).toBe(WRONG);
    await page.getByRole("button", { name: "Use tools" }).click();
    await page.getByText("1 problem", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Use small" }).click();
    await page.getByText("No problems").waitFor();
    expect(await editor.inputValue()).toBe(WRONG.replace("tols", "tools").replace("smal]", "small]"));
    await page.getByText("1 warning").waitFor();

    // Under the draft, before anybody has approved it.
    await page.getByRole("tab", { name: "Try a request" }).click();
    await page.getByLabel("Tenant").fill("acme");
    await page.getByLabel("Message").fill("Hello");
    await page.getByRole("button", { name: "Explain" }).click();
    await page.getByText("Goes to small").waitFor();
    expect(await servedBy()).toBe("llama-70b");

    await page.getByRole("button", { name: "Save to staging" }).click();
    await page.getByRole("heading", { name: "Routes, version 1" }).waitFor();
    await page.getByRole("button", { name: "Ask for production" }).click();
    await page.getByText("Waits for approval").waitFor();
    await page.getByText("You, or a key of yours, asked for it: a second person has to approve it.").waitFor();
    expect(await page.getByRole("button", { name: "Approve" }).isDisabled()).toBe(true);
    const address = new URL(page.url()).pathname;
    // The server refuses it all the same.
    const status = await page.evaluate(async (id) => {
      const headers = { "content-type": "application/json", "x-weir-console": "1" };
      return (await fetch(`/admin/v1/policies/${id}/approve`, { method: "POST", headers, body: "{}" })).status;
    }, address.split("/").at(-1));
    expect(status).toBe(403);

    const second = await open("approves", address.replace("/console", ""));
    await second.page.getByText("when inputTokens < 500 && !tools; use small").waitFor();
    await second.page.getByRole("button", { name: "Approve" }).click();
    await second.page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
    await second.page.getByText("In production", { exact: true }).first().waitFor();
    expect(await servedBy()).toBe("small");

    await second.page.goto(`${weir.url}/console/routing?tab=routes&for=acme`);
    await second.page.getByText("Approved rules are version 1 of the policy").waitFor();
    await second.page.getByLabel("Message").fill("Hello");
    await second.page.getByRole("button", { name: "Explain" }).click();
    await second.page.getByText("Goes to small").waitFor();
    await second.page.getByText("takes it").waitFor();
    await expectAccessible(second.page, "an explanation");
    await second.close();
    await first.close();
    console.log("# a policy: written, mended, tried, asked for, refused, approved, counted");
  },
  120_000,
);

browserTest(
  "a second version is written from the first, in JSON, and both stand side by side",
  async () => {
    const { data } = await weir.call<{ data: { id: string; environment: string }[] }>(
      "GET",
      "/admin/v1/policies?kind=routes&state=production",
    );
    const { page, close } = await open("writes", `/routing/policies/${data[0]?.id ?? ""}`);
    await page.getByRole("link", { name: "New version from this" }).click();
    await page.getByRole("textbox", { name: "Policy" }).waitFor();
    await page.getByLabel("Format").selectOption("json");
    const editor = page.getByRole("textbox", { name: "Policy" });
    const body = (await editor.inputValue()).replace('"llama-70b"', '"llama-70b",\n          "small"').replace("500", "50");
    await editor.fill(body);
    await page.getByText("No problems").waitFor();
    await page.getByRole("button", { name: "Save to staging" }).click();
    await page.getByRole("heading", { name: "Routes, version 2" }).waitFor();
    await page.getByRole("tab", { name: "Compare" }).click();
    const rows = page.locator('tr[data-diff="changed"]');
    await rows.first().waitFor();
    const changed = (await rows.allInnerTexts()).map((row) => row.replaceAll(/\s+/g, " ").trim());
    expect(changed.map((row) => row.includes("removed") && row.includes("added"))).toEqual([true, true]);
    expect(changed[0]).toContain("inputTokens < 50 && !tools");
    expect(changed[1]).toContain("use: [llama-70b, small, sonnet]");
    await expectAccessible(page, "two versions side by side");
    // Back to the list, by state.
    await page.goto(`${weir.url}/console/routing?tab=policies&state=staging`);
    await page.getByRole("link", { name: "Routes, version 2" }).waitFor();
    expect(await page.getByRole("link", { name: "Routes, version 1" }).count()).toBe(0);
    await close();
  },
  120_000,
);

browserTest(
  "a tenant's settings are written as a policy, with a misspelt name told and what they change",
  async () => {
    const { page, close } = await open("writes", "/routing/policies/new?tenant=globex", { viewport: "phone", colorScheme: "dark" });
    const editor = page.getByRole("textbox", { name: "Policy" });
    await editor.fill("rpmm: 50\n");
    await page.getByRole("button", { name: "Use rpm" }).click();
    await page.getByText("No problems").waitFor();
    await page.getByRole("tab", { name: "What it changes" }).click();
    await page.getByRole("cell", { name: "100", exact: true }).waitFor();
    await page.getByRole("cell", { name: "50", exact: true }).waitFor();
    await expectNoSideways(page);
    await page.getByRole("button", { name: "Save to staging" }).click();
    await page.getByRole("heading", { name: "Tenant settings, version 1" }).waitFor();
    await expectNoSideways(page);
    await expectAccessible(page, "a policy on a telephone");
    await close();
  },
  120_000,
);

browserTest(
  "a rollout is started, told with its gates and figures, and rolled back by a button",
  async () => {
    const { page, close } = await open("writes", "/routing?tab=rollouts");
    await page.getByRole("button", { name: "Start a rollout" }).click();
    await page.getByLabel("Calls that ask for").fill("llama-70b");
    await page.getByLabel("To", { exact: true }).fill("small");
    await page.getByLabel("Shares in percent").fill("50, 100");
    await page.getByRole("dialog").getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("heading", { name: "Rollout: llama-70b → small" }).waitFor();
    await page.getByText("Too few calls yet").first().waitFor();
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    // Both variants are asked until the page has figures of them: a share counts some seconds after it was decided.
    const asked = async (): Promise<void> => {
      for (let user = 0; user < 24; user++)
        await (await weir.chat(key, { model: "llama-70b", user: `user ${user}`, messages: [{ role: "user", content: "Hello" }] })).text();
    };
    const figures = page.getByRole("region", { name: "Both variants, step by step" });
    for (let at = 0; at < 30 && (await figures.count()) === 0; at++) {
      await asked();
      await page.waitForTimeout(500);
    }
    await figures.waitFor();
    await page.getByText("Passed").first().waitFor();
    await expectAccessible(page, "a rollout with figures");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "Roll back" }).click();
    await page.getByLabel("Reason").fill("the answers are too short");
    await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
    await page.getByText("Rolled back", { exact: true }).first().waitFor();
    await page.getByRole("cell", { name: "the answers are too short" }).waitFor();
    for (const gone of ["Pause", "Resume", "Next share", "Roll back"])
      expect(await page.getByRole("button", { name: gone }).count()).toBe(0);
    const { state } = await weir.call<{ state: string }>("GET", `/admin/v1/rollouts/${id}`);
    expect(state).toBe("rolled-back");
    await close();
  },
  180_000,
);

browserTest(
  "who may only read sees no button that writes, no rules of weir.yaml, and is refused by the address, too",
  async () => {
    const { data } = await weir.call<{ data: { id: string }[] }>("GET", "/admin/v1/policies?kind=routes&state=staging");
    const { page, close } = await open("looks", "/routing");
    await page.getByRole("link", { name: "Routes, version 2" }).waitFor();
    expect(await page.getByRole("tab").allInnerTexts()).toEqual(["Policies", "Rollouts"]);
    expect(await page.getByRole("link", { name: "New policy" }).count()).toBe(0);
    await page.goto(`${weir.url}/console/routing/policies/${data[0]?.id ?? ""}`);
    await page.getByRole("heading", { name: "Routes, version 2" }).waitFor();
    for (const hidden of ["Ask for production", "Approve", "Roll out step by step"])
      expect(await page.getByRole("button", { name: hidden }).count()).toBe(0);
    await page.goto(`${weir.url}/console/routing/policies/new`);
    await page.getByText("Your role may read policies and not write them.").waitFor();
    await close();
  },
  60_000,
);
