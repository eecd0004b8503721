import { test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeClock } from "../kernel/clock.ts";
import { loadConfig } from "../config/index.ts";
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
