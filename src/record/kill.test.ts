import { test } from "bun:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { systemClock } from "../kernel/clock.ts";
import { settleBudgets } from "../store/budgets.ts";
import { openPglite } from "../store/pglite.ts";
import { copyTemplate } from "../store/template.ts";
import { createDice } from "./audit-mutations.fixture.ts";
import { createTestRecord, KILL_CALLERS, makeFolder } from "./testing.ts";

const CHILD = fileURLToPath(new URL("./kill-child.fixture.ts", import.meta.url));
const LONG = process.env["WEIR_TEST_LONG"] === "1";

/** What children have promised before they were killed. */
type Promised = {
  readonly open: Map<string, number>;
  readonly done: Map<string, { readonly cost: number; readonly hash: string }>;
};

/** Kills a child this long after it was ready; without being ready once, half of that after its start. */
async function runAndKill(dataDir: string, fault: string, afterMs: number, promised: Promised): Promise<void> {
  const child = spawn(process.execPath, [CHILD, dataDir, fault], { stdio: ["ignore", "pipe", "inherit"] as const });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const early = afterMs < 20;
  if (early) setTimeout(() => child.kill("SIGKILL"), 200 + afterMs * 40);
  for await (const line of createInterface(child.stdout)) {
    const [word, id = "", amount = "", hash = ""] = line.split(" ");
    if (word === "ready" && !early) setTimeout(() => child.kill("SIGKILL"), afterMs);
    if (word === "open") promised.open.set(id, Number(amount));
    if (word === "done") promised.done.set(id, { cost: Number(amount), hash });
    if (word === "error") assert.fail(line);
  }
  await exited;
}

/** Starts once more, and compares what the ledger holds with what was promised. */
async function settleUp(dataDir: string, promised: Promised) {
  const engine = await openPglite({ clock: systemClock, log: { warn: () => undefined } }, { kind: "folder", dir: join(dataDir, "db") });
  const { record } = createTestRecord(engine, dataDir, { settleBudgets, clock: systemClock });
  assert.equal(await record.adopt(), true);
  const rows = new Map<string, { readonly cost: number; readonly outcome: string; readonly receipt: string }>();
  let doubled = 0;
  let sum = 0;
  let entries = 0;
  for (const { tenantId } of KILL_CALLERS) {
    let cursor: string | undefined;
    do {
      const page = await record.readUsage({ tenantId, cursor, limit: 1000 });
      for (const { requestId, costMicroUsd, outcome, receipt } of page.data) {
        if (rows.has(requestId)) doubled++;
        rows.set(requestId, { cost: costMicroUsd, outcome, receipt });
        sum += costMicroUsd;
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    const verdict = await record.verifyAudit(tenantId);
    assert.equal(verdict.ok, true, verdict.reason ?? "");
    entries += verdict.entries;
  }
  doubled += entries - rows.size;
  const totals = (await record.readUsage({ limit: 1 })).totals;
  const spent = await engine.asOwner((owner) => owner.query<{ spent: number }>("SELECT committed_micro_usd AS spent FROM budgets"));
  await record.drain();
  await engine.close();
  const lost = [...promised.done].filter(([id, { cost, hash }]) => rows.get(id)?.cost !== cost || rows.get(id)?.receipt !== hash);
  const underWay = [...promised.open].filter(([id]) => !promised.done.has(id));
  const unbilled = underWay.filter(([id, bound]) => {
    const row = rows.get(id);
    // It may have ended without having had the time to say so.
    return row === undefined || (row.outcome === "failed" && row.cost !== bound);
  });
  return {
    answered: promised.done.size,
    underWay: underWay.length,
    entries,
    lost: lost.length,
    doubled,
    unbilled: unbilled.length,
    sumsOff: totals.costMicroUsd - sum,
    budgetOff: (spent[0]?.spent ?? 0) - sum,
  };
}

async function rounds(fault: string, killAfterMs: readonly number[]) {
  const folder = makeFolder();
  const promised: Promised = { open: new Map(), done: new Map() };
  await copyTemplate(join(folder.path, "db"));
  const engine = await openPglite({ clock: systemClock, log: { warn: () => undefined } }, { kind: "folder", dir: join(folder.path, "db") });
  await engine.asOwner((owner) =>
    owner.query(
      "INSERT INTO budgets (tenant_id, key_id, period, committed_micro_usd) VALUES ('', '', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM'), 0)",
    ),
  );
  await engine.close();
  for (const afterMs of killAfterMs) await runAndKill(folder.path, fault, afterMs, promised);
  const result = await settleUp(folder.path, promised);
  folder.remove();
  return result;
}

test("killed at random points: no answered call is lost, none counts twice, calls under way have failed and are billed", async () => {
  const count = LONG ? 200 : 6;
  const roll = createDice(LONG ? Date.now() : 11);
  const result = await rounds(
    "none",
    Array.from({ length: count }, () => roll(450)),
  );
  console.log(`${count} kills:`, JSON.stringify(result));
  assert.ok(result.answered > 100 && result.underWay > 0);
  const { lost, doubled, unbilled, sumsOff, budgetOff } = result;
  assert.deepEqual({ lost, doubled, unbilled, sumsOff, budgetOff }, { lost: 0, doubled: 0, unbilled: 0, sumsOff: 0, budgetOff: 0 });
}, 1_800_000);

test("the test sees a journal that acknowledges before it writes", async () => {
  const { lost, unbilled } = await rounds("early", [300]);
  assert.ok(lost + unbilled > 0);
}, 60_000);

test("the test sees budgets that are settled outside the transaction that ships", async () => {
  const { budgetOff, lost } = await rounds("apart", [480, 560]);
  assert.equal(lost, 0);
  assert.notEqual(budgetOff, 0);
}, 60_000);
