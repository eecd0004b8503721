import { afterAll, beforeAll } from "bun:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ADMIN_KEY, expectAccessible, expectNoSideways, openPage } from "./browser.ts";
import { browserTest, closeBrowser } from "./chromium.ts";
import { startOperatingWorld, type OperatingWorld } from "./operating-world.ts";

const SCREENS = join(import.meta.dirname, "../../tmp/screens");
let world: OperatingWorld;
beforeAll(async () => {
  mkdirSync(SCREENS, { recursive: true });
  world = await startOperatingWorld();
});
afterAll(async () => {
  await closeBrowser();
  await world.close();
});

const LOOKS = [
  ["desktop", "light"],
  ["desktop", "dark"],
  ["phone", "light"],
  ["phone", "dark"],
] as const;

browserTest("a provider that fails opens its model's breaker, and the page shows it and why", async () => {
  for (let n = 0; n < 4; n++) await world.ask("sonnet");
  await world.ask("llama-70b");
  const opened = await openPage(world.weir.url, { keys: [ADMIN_KEY], path: "/models" });
  const { page } = opened;
  const row = page.getByRole("row").filter({ hasText: "sonnet" });
  await row.getByText("Serves").waitFor();
  world.state.set("sonnet", "status=503");
  for (let n = 0; n < 3; n++) await world.ask("sonnet");
  await row.getByText("Breaker open").waitFor();
  await row.click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("target_failed").waitFor();
  await drawer.getByText(/open; probed in/).waitFor();
  await expectAccessible(page, "a model whose breaker is open");
  assert.ok(!(await page.content()).includes("secret-of"));
  world.state.clear();
  await opened.close();
});

browserTest("a test call is made past the breaker, and what came of it is shown, well or not", async () => {
  const opened = await openPage(world.weir.url, { keys: [ADMIN_KEY], path: "/models?model=sonnet" });
  const { page } = opened;
  await page.getByRole("button", { name: "Test call" }).click();
  const dialog = page.getByRole("dialog", { name: "Test call to sonnet" });
  await dialog.getByRole("button", { name: "Make the call" }).click();
  await dialog.getByText("It answered").waitFor();
  await dialog.getByText(/\$0\.0/).waitFor();
  await expectAccessible(page, "a test call that went well");
  world.state.set("sonnet", "status=503");
  await dialog.getByRole("button", { name: "Once more" }).click();
  await dialog.getByText("It did not answer").waitFor();
  await dialog.getByText("The provider’s status: 503").waitFor();
  await page.screenshot({ path: join(SCREENS, "model-test.png") });
  world.state.clear();
  await opened.close();
});

browserTest("after a drain the next call goes elsewhere and its path says why; enabled again it comes back", async () => {
  assert.equal((await world.ask("both")).model, "llama-70b");
  const opened = await openPage(world.weir.url, { keys: [ADMIN_KEY], path: "/models?tab=providers" });
  const { page } = opened;
  const row = page.getByRole("row").filter({ hasText: "gpu-a" });
  await row.focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: "Provider gpu-a" });
  await drawer.getByRole("button", { name: "Drain" }).click();
  const confirm = page.getByRole("dialog", { name: "Drain gpu-a?" });
  await confirm.getByText("llama-70b, vectors").waitFor();
  await confirm.getByLabel("Reason").fill("new driver <b>tonight</b>");
  await confirm.getByRole("button", { name: "Drain" }).click();
  await drawer.getByText("new driver <b>tonight</b>").waitFor();
  const next = await world.ask("both");
  assert.equal(next.model, "mistral");
  await page.goto(`${world.weir.url}/console/calls/${next.requestId}`);
  await page
    .getByText(/drained its provider|provider-draining/)
    .first()
    .waitFor();
  await page.goto(`${world.weir.url}/console/models?tab=providers&provider=gpu-a`);
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog", { name: "Disable gpu-a?" }).getByRole("button", { name: "Disable" }).click();
  await drawer.getByText("Disabled", { exact: true }).waitFor();
  await page.goto(`${world.weir.url}/console/models?model=llama-70b`);
  await page.getByRole("button", { name: "Test call" }).click();
  assert.equal(await page.getByRole("button", { name: "Make the call" }).isDisabled(), true);
  await page.goto(`${world.weir.url}/console/models?tab=providers&provider=gpu-a`);
  await drawer.getByRole("button", { name: "Enable" }).click();
  await page.getByRole("dialog", { name: "Enable gpu-a?" }).getByRole("button", { name: "Enable" }).click();
  await drawer.getByRole("button", { name: "Drain" }).waitFor();
  assert.equal((await world.ask("both")).model, "llama-70b");
  await opened.close();
});

browserTest("whoever runs nothing sees the models that the key may use, and no operator's view", async () => {
  const opened = await openPage(world.weir.url, { keys: [world.key], path: "/models" });
  const { page } = opened;
  await page.getByRole("row").filter({ hasText: "llama-70b" }).waitFor();
  assert.equal(await page.getByRole("tab").count(), 0);
  assert.equal(await page.getByRole("link", { name: "Operations" }).count(), 0);
  await expectAccessible(page, "a tenant's models");
  await opened.close();
});

for (const [viewport, colorScheme] of LOOKS)
  browserTest(`models, providers and their details are accessible and within the width: ${viewport}, ${colorScheme}`, async () => {
    const opened = await openPage(world.weir.url, { viewport, colorScheme, keys: [ADMIN_KEY], path: "/models" });
    const { page } = opened;
    let seen = 0;
    for (const [name, path] of [
      ["models", "/models"],
      ["providers", "/models?tab=providers"],
      ["model", "/models?model=sonnet"],
      ["provider", "/models?tab=providers&provider=gpu-a"],
    ] as const) {
      await page.goto(`${world.weir.url}/console${path}`);
      await page.getByText("gpu-a").first().waitFor();
      if (path.includes("=sonnet") || path.includes("=gpu")) await page.getByRole("dialog").waitFor();
      await page.screenshot({ path: join(SCREENS, `ops-${name}-${viewport}-${colorScheme}.png`) });
      await expectNoSideways(page);
      await expectAccessible(page, name);
      seen++;
    }
    console.log(`# models page, ${viewport}, ${colorScheme}: ${seen} views`);
    await opened.close();
  });
