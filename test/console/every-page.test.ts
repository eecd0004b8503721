import { afterAll, beforeAll, expect } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { closeBrowser, browserTest } from "./chromium.ts";
import { ADMIN_KEY, expectAccessible, expectNoSideways, openPage, type Viewport } from "./browser.ts";
import { startWorld, type World } from "./world.ts";

/** Pictures of every page, to be looked at. */
const SCREENS = join(import.meta.dirname, "../../tmp/screens");

let world: World;
beforeAll(async () => {
  world = await startWorld();
  mkdirSync(SCREENS, { recursive: true });
});
afterAll(async () => {
  await closeBrowser();
  await world.close();
});

/** Name and address of every page and every tab. */
const pages = ({ store, file, requestId, policyId, rolloutId }: World): readonly (readonly [name: string, path: string])[] => [
  ["start", "/start"],
  ["playground", "/playground"],
  ["call", `/calls/${requestId}`],
  ["collections", "/collections"],
  ...["files", "search", "quarantine", "access", "settings"].map(
    (tab) => [`collection-${tab}`, `/collections/${store}?tab=${tab}`] as const,
  ),
  ["document", `/collections/${store}/files/${file}`],
  ["models", "/models"],
  ["providers", "/models?tab=providers"],
  ["operations", "/operations"],
  ...["routes", "policies", "rollouts"].map((tab) => [`routing-${tab}`, `/routing?tab=${tab}`] as const),
  ["policy-new", "/routing/policies/new"],
  ["policy", `/routing/policies/${policyId}`],
  ["rollout", `/routing/rollouts/${rolloutId}`],
  ...["modes", "try", "events", "reports", "redteam"].map((tab) => [`guard-${tab}`, `/guard?tab=${tab}&tenant=demo`] as const),
  ["usage", "/usage"],
  ["usage-budgets", "/usage?tab=budgets"],
  ["usage-calls", "/usage?tab=calls"],
  ["audit", "/audit?tenant=demo"],
  ["tenants", "/tenants"],
  ...["overview", "keys", "people", "settings"].map((tab) => [`tenant-${tab}`, `/tenants/demo?tab=${tab}`] as const),
  ["roles", "/roles"],
  ["unknown", "/nowhere"],
];

const LOOKS: readonly (readonly [viewport: Viewport, colorScheme: "light" | "dark"])[] = [
  ["desktop", "light"],
  ["desktop", "dark"],
  ["phone", "light"],
  ["phone", "dark"],
];

for (const [viewport, colorScheme] of LOOKS)
  browserTest(
    `every page is accessible, stays within its width and calls nobody: ${viewport}, ${colorScheme}`,
    async () => {
      const opened = await openPage(world.weir.url, { viewport, colorScheme, keys: [ADMIN_KEY, world.tenantKey], path: "/start" });
      const told: string[] = [];
      const all = pages(world);
      for (const [name, path] of all) {
        try {
          await opened.page.goto(`${world.weir.url}/console${path}`);
          await opened.page.locator("h1").first().waitFor();
          if (viewport === "desktop") await opened.page.getByRole("navigation").first().waitFor();
          await opened.page.locator('main [role="status"][aria-label="Loading"]').first().waitFor({ state: "detached" });
          await opened.page.screenshot({ path: join(SCREENS, `${name}-${viewport}-${colorScheme}.png`) });
          if (viewport === "phone") await expectNoSideways(opened.page);
          await expectAccessible(opened.page, name);
          if (name !== "unknown" && (await opened.page.getByRole("alert").count()) > 0)
            told.push(`${name}: ${await opened.page.getByRole("alert").first().innerText()}`);
        } catch (error) {
          told.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      console.log(`# console, ${viewport}, ${colorScheme}: ${all.length} pages, ${told.length} with a problem`);
      expect(told).toEqual([]);
      await opened.close();
    },
    180_000,
  );
