import { afterAll, beforeAll } from "bun:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN_KEY, expectAccessible, expectNoSideways, openPage } from "./browser.ts";
import { browserTest, closeBrowser } from "./chromium.ts";
import { leaveDeadJob } from "./dead-job.ts";
import { startOperatingWorld, type OperatingWorld } from "./operating-world.ts";

const SCREENS = join(import.meta.dirname, "../../tmp/screens");
let world: OperatingWorld;
beforeAll(async () => {
  mkdirSync(SCREENS, { recursive: true });
  const dataDir = await mkdtemp(join(tmpdir(), "weir-operations-"));
  await leaveDeadJob(dataDir, "wiki");
  world = await startOperatingWorld(dataDir);
  for (let n = 0; n < 12; n++) await world.ask("llama-70b");
  for (let n = 0; n < 4; n++) await world.ask("sonnet");
}, 60_000);
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

browserTest("failures are seen while they happen: the share, the code, and an error budget that is overdrawn", async () => {
  const opened = await openPage(world.weir.url, { keys: [ADMIN_KEY], path: "/operations" });
  const { page } = opened;
  const answered = page.getByRole("region", { name: "Calls answered" });
  await answered.getByText("100.00 %").waitFor();
  await page.getByText("None failed or was refused in the last hour.").waitFor();
  world.state.set("sonnet", "status=503");
  for (let n = 0; n < 3; n++) await world.ask("sonnet");
  world.state.clear();
  await answered.getByText(/overdrawn by/).waitFor();
  await page.getByRole("region", { name: "Why attempts failed" }).getByText("target_failed").waitFor();
  // The breaker may be open before the third.
  await page.getByText(/^[23] of 1[89] in 15 min$/).waitFor();
  await expectAccessible(page, "operations with failures");
  await opened.close();
});

browserTest("the page looks again by itself, and not while it is stopped or hidden", async () => {
  const opened = await openPage(world.weir.url, { keys: [ADMIN_KEY] });
  const { page } = opened;
  let asked = 0;
  page.on("response", (response) => {
    if (response.url().endsWith("/admin/v1/operations")) asked++;
  });
  await page.clock.install();
  await page.goto(`${world.weir.url}/console/operations`);
  await page.getByText(/as of/).waitFor();
  const again = page.waitForResponse((response) => response.url().endsWith("/admin/v1/operations"));
  await page.clock.runFor(3_500);
  await again;
  await page.getByRole("button", { name: "Stop looking again" }).click();
  const stopped = asked;
  await page.clock.runFor(30_000);
  assert.equal(asked, stopped);
  const resumed = page.waitForResponse((response) => response.url().endsWith("/admin/v1/operations"));
  await page.getByRole("button", { name: "Look again by itself" }).click();
  await page.clock.runFor(3_500);
  await resumed;
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });
  const hidden = asked;
  await page.clock.runFor(30_000);
  assert.equal(asked, hidden);
  console.log(`# operations: 0 requests in a minute of being stopped and hidden, ${asked} while seen`);
  await opened.close();
});

for (const [viewport, colorScheme] of LOOKS)
  browserTest(`operations is accessible and within the width: ${viewport}, ${colorScheme}`, async () => {
    const opened = await openPage(world.weir.url, { viewport, colorScheme, keys: [ADMIN_KEY], path: "/operations" });
    const { page } = opened;
    await page.getByText("wiki").waitFor();
    await page.screenshot({ path: join(SCREENS, `ops-operations-${viewport}-${colorScheme}.png`) });
    await page.getByText("wiki").scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(SCREENS, `ops-operations-end-${viewport}-${colorScheme}.png`) });
    await expectNoSideways(page);
    await expectAccessible(page, "operations");
    await opened.close();
  });

browserTest("a dead job is listed with what it was for, and is sent again", async () => {
  const opened = await openPage(world.weir.url, { keys: [ADMIN_KEY], path: "/operations" });
  const { page } = opened;
  const row = page.getByRole("row").filter({ hasText: "wiki" });
  await row.getByText("Look at a source").waitFor();
  await row.getByRole("button", { name: "Send again: Look at a source" }).click();
  await page.getByText("Sent again.", { exact: true }).waitFor();
  await page.getByText("No job has died").waitFor();
  assert.ok(!(await page.content()).includes("the disk is full"), "what a body said is kept nowhere");
  await opened.close();
});
