import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import { moveToPostgres } from "../../src/operate/index.ts";
import { createTestRecord, KILL_CALLERS } from "../../src/record/testing.ts";
import { openDatabase, type Engine } from "../../src/store/index.ts";
import { createServerDatabase, openPostgresAsOwner } from "../../src/store/testing.ts";
import { fillKnowledge, fillLedger } from "../e2e/fill.ts";

const LONG = process.env["WEIR_TEST_LONG"] === "1";
const EVENTS = LONG ? 100_000 : 5_000;
const CHUNKS = LONG ? 10_000 : 1_000;
const log = { warn: () => undefined };
const deps = { clock: systemClock, log, pid: process.pid, step: () => undefined };

let dataDir: string;
let target: Awaited<ReturnType<typeof createServerDatabase>>;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "weir-move-"));
  target = await createServerDatabase();
  const db = await openDatabase({ databaseUrl: undefined, dataDir, connections: 1, clock: systemClock, log });
  await fillLedger(db, join(dataDir, "filled"), EVENTS);
  await fillKnowledge(db, CHUNKS);
  await db.close();
}, 600_000);
afterAll(async () => {
  await target.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const failAtPostings = (table: string): void => {
  if (table === "postings") throw new Error("planted");
};

const verifyAll = async (db: Engine): Promise<number> => {
  const { record } = createTestRecord(db, join(dataDir, "filled"));
  let entries = 0;
  for (const { tenantId } of KILL_CALLERS) {
    const verdict = await record.verifyAudit(tenantId);
    assert.equal(verdict.ok, true, String(verdict.reason));
    entries += verdict.entries;
  }
  return entries;
};

test("an embedded database is moved to PostgreSQL: rows and checksums agree, chains verify, a second move and a target in use are refused", async () => {
  // A fault on the way: the target stays unused, and the folder as it was.
  await assert.rejects(moveToPostgres({ ...deps, step: failAtPostings }, { dataDir, to: target.url }), /planted/);
  assert.ok((await readdir(dataDir)).includes("postgres"));

  const startedMs = performance.now();
  const { sums, kept } = await moveToPostgres(deps, { dataDir, to: target.url });
  const tookMs = Math.round(performance.now() - startedMs);
  const rows = Object.values(sums).reduce((all, one) => all + one.rows, 0);
  console.log(`# move: ${sums["events"]?.rows} events, ${sums["chunks"]?.rows} chunks, ${rows} rows in all, ${tookMs} ms, 0 lost`);
  assert.equal(sums["events"]?.rows, EVENTS);
  assert.equal(sums["chunks"]?.rows, CHUNKS);
  assert.ok(tookMs < 60_000);
  assert.ok(!(await readdir(dataDir)).includes("postgres") && (await readdir(kept)).includes("PG_VERSION"));

  const db = openPostgresAsOwner(target.url);
  assert.equal(await verifyAll(db), EVENTS);
  await db.close();
  await assert.rejects(moveToPostgres(deps, { dataDir, to: target.url }), /in use already/);
  await assert.rejects(openDatabase({ databaseUrl: undefined, dataDir, connections: 1, clock: systemClock, log }), /is gone/);
}, 600_000);

test("a row that changes on the way is noticed, and then nothing is kept", async () => {
  const { checkSums } = await import("../../src/operate/index.ts");
  const sum = (rows: number, text: string) => ({ rows, sum: text });
  assert.doesNotThrow(() => checkSums({ a: sum(1, "x") }, { a: sum(1, "x"), b: sum(0, "0") }));
  assert.throws(() => checkSums({ a: sum(1, "x") }, { a: sum(1, "y") }), /a \(1 rows given, 1 found\)/);
  assert.throws(() => checkSums({ a: sum(2, "x") }, { a: sum(1, "x") }), /a \(2 rows given, 1 found\)/);
  assert.throws(() => checkSums({ a: sum(2, "x") }, {}), /a \(2 rows given, 0 found\)/);
});
