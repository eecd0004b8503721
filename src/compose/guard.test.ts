import { test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeClock } from "../kernel/clock.ts";
import { loadConfig, type Config, type RuleConfig } from "../config/index.ts";
import type { Call } from "../domain/chat.ts";
import type { RolloutMark } from "../domain/rollout.ts";
import { external, guardCall } from "../guard/testing.ts";
import { policyIds, rolloutIds } from "../kernel/ids.ts";
import { OPERATOR } from "../store/database.ts";
import { openTestDatabase } from "../store/testing.ts";
import { createTenant } from "../store/tenants.ts";
import { silentLog } from "../telemetry/index.ts";
import { composeGuard } from "./guard.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 21);

test("pseudonyms are kept as long as the newest configuration says, and those that are keep their date", async () => {
  const db = await openTestDatabase();
  const data = await mkdtemp(join(tmpdir(), "weir-guard-"));
  try {
    const config = await loadConfig({ flags: { data }, env: { WEIR_ADMIN_KEY: "test-admin-key-0123456789" }, cwd: data });
    const nothing = (): void => undefined;
    const guard = composeGuard({ config, db, clock: createFakeClock(NOW_MS), log: silentLog, note: nothing, refused: nothing });
    const { id: tenantId } = await createTenant(db, NOW_MS, { slug: "acme", name: "Acme" });
    const keep = async (name: string): Promise<void> => {
      guard.book.remember(tenantId, "c", [[name, "Ada"]]);
      await guard.book.close();
    };
    await keep("[PERSON_1]");
    guard.reconfigure({ guard: { ...config.guard, pseudonymDays: 3 } });
    await keep("[PERSON_2]");
    const rows = await db.query<{ name: string; until: Date }>(OPERATOR, "SELECT name, expires_at AS until FROM pseudonyms ORDER BY name");
    assert.deepEqual(
      rows.map(({ name, until }) => [name, (until.getTime() - NOW_MS) / DAY_MS]),
      [
        ["[PERSON_1]", config.guard.pseudonymDays],
        ["[PERSON_2]", 3],
      ],
    );
  } finally {
    await db.close();
    await rm(data, { recursive: true, force: true });
  }
});

test("what is asked about beside a call leaves no pseudonyms behind, though its tenant's are kept", async () => {
  const db = await openTestDatabase();
  const data = await mkdtemp(join(tmpdir(), "weir-guard-"));
  try {
    const config = await loadConfig({ flags: { data }, env: { WEIR_ADMIN_KEY: "test-admin-key-0123456789" }, cwd: data });
    const nothing = (): void => undefined;
    const guard = composeGuard({ config, db, clock: createFakeClock(NOW_MS), log: silentLog, note: nothing, refused: nothing });
    const { id } = await createTenant(db, NOW_MS, { slug: "acme", name: "Acme" });
    const policy = { ...config.guard.policy, pii: "mask", pseudonyms: "kept" } as const;
    const rules = guard.rulesOf({ ...config, guard: { ...config.guard, policy } });
    const keptBy = async (check: typeof rules.check): Promise<number> => {
      const checked = await check(guardCall({ messages: [{ role: "user", content: "Mail jane.doe@example.com" }] }, { id }));
      assert.doesNotMatch(JSON.stringify(checked.leave(external, "off", []).chat.messages), /jane/);
      await guard.book.close();
      return (await db.query(OPERATOR, "SELECT 1 FROM pseudonyms")).length;
    };
    assert.equal(await keptBy(rules.checkQuietly), 0);
    assert.equal(await keptBy(rules.check), 1);
  } finally {
    await db.close();
    await rm(data, { recursive: true, force: true });
  }
});

const VERSION = policyIds.make(1);
const MARK: RolloutMark = { id: rolloutIds.make(1), variant: "candidate", share: 50 };

test("a call that takes part in a rollout of routes is looked at where they ask, though nothing else does", async () => {
  const db = await openTestDatabase();
  const data = await mkdtemp(join(tmpdir(), "weir-guard-"));
  try {
    const config = await loadConfig({ flags: { data }, env: { WEIR_ADMIN_KEY: "test-admin-key-0123456789" }, cwd: data });
    const nothing = (): void => undefined;
    const guard = composeGuard({ config, db, clock: createFakeClock(NOW_MS), log: silentLog, note: nothing, refused: nothing });
    const off: Config = {
      ...config,
      routes: {},
      guard: { ...config.guard, policy: { ...config.guard.policy, pii: "off", injection: "off" } },
    };
    const routesOf = (rule: Partial<RuleConfig>) => ({ auto: [{ when: undefined, use: [], trust: undefined, ...rule }] });
    const looked = async (goingOut: Config["routes"] | undefined, trial: Call["trial"]) => {
      const { check } = guard.rulesOf(off, (version) => (version === VERSION ? goingOut : undefined));
      const { standing } = await check({ ...guardCall({ messages: [{ role: "user", content: "Mail jane.doe@example.com" }] }), trial });
      return standing.looked === false ? "not looked" : standing.personal;
    };
    const policy: Call["trial"] = { change: { kind: "policy", version: VERSION }, mark: MARK };
    for (const rule of [{ pii: "mask" }, { when: "pii.found" }, { when: "no signal" }] as const)
      assert.equal(await looked(routesOf(rule), policy), true);
    assert.equal(await looked(undefined, policy), true, "what cannot be read may ask");
    assert.equal(await looked(routesOf({ when: "tools" }), policy), "not looked");
    assert.equal(await looked(routesOf({ pii: "mask" }), undefined), "not looked", "it takes part in none");
    const model: Call["trial"] = { change: { kind: "model", model: "a", to: "b" }, mark: MARK };
    assert.equal(await looked(routesOf({ pii: "mask" }), model), "not looked");
  } finally {
    await db.close();
    await rm(data, { recursive: true, force: true });
  }
});
