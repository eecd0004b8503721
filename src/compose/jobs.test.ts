import { test } from "bun:test";
import assert from "node:assert/strict";
import { collectionIds, fileIds, tenantIds } from "../kernel/ids.ts";
import { OPERATOR, tenantScope } from "../store/database.ts";
import type { Engine } from "../store/engine.ts";
import { listTestEngines, openTestDatabase } from "../store/testing.ts";
import { createJobs, type JobPayload, type Jobs } from "../queue/index.ts";
import { findSchemaDrift } from "../queue/testing.ts";

const NOW = Date.UTC(2026, 10, 1);
const ten = tenantIds.make(NOW);
const other = tenantIds.make(NOW);
const collectionId = collectionIds.make(NOW);
const fileOf = (tenantId = ten): JobPayload["index-file"] => ({ tenantId, collectionId, fileId: fileIds.make(NOW) });

const sqlOf = (db: Engine) => ({
  statement: (text: string, params: Parameters<Engine["query"]>[2]) => db.query(OPERATOR, text, params),
  script: (text: string) =>
    db.asOwner(async (owner) => {
      await owner.script(text).catch(async (error: unknown) => {
        await owner.script("ROLLBACK");
        throw error;
      });
      return [];
    }),
});
const open = (db: Engine, errors: unknown[] = [], alone = db.engine === "pglite"): Jobs =>
  createJobs({ sql: sqlOf(db), onError: (_, error) => errors.push(error) }, { alone, pollSeconds: 0.5, startAfterMs: 0 });

/** Resolves once it has been called so often. */
function countTo(wanted: number) {
  let seen = 0;
  let done = (): void => undefined;
  const reached = new Promise<void>((resolve) => (done = resolve));
  return { reached, hit: () => void (++seen === wanted && done()), seen: () => seen };
}
const rows = async (db: Engine, state: string): Promise<number> =>
  Number(
    (await db.query(OPERATOR, "SELECT count(*)::int AS n FROM weir_jobs.job WHERE state::text = $1 AND name = 'index-file'", [state]))[0]?.[
      "n"
    ],
  );

for (const engine of listTestEngines()) {
  test(`every job runs once, and one that is sent twice is one (${engine})`, async () => {
    const db = await openTestDatabase({ engine });
    const errors: unknown[] = [];
    const jobs = open(db, errors);
    const files = Array.from({ length: 40 }, () => fileOf());
    const all = countTo(files.length);
    const ran: string[] = [];
    jobs.work("index-file", async ({ fileId }) => {
      ran.push(fileId);
      all.hit();
    });
    for (const file of files) await Promise.all([jobs.send("index-file", file), jobs.send("index-file", file)]);
    await jobs.sendAll("index-file", files);
    jobs.start();
    await all.reached;
    await jobs.stop();
    assert.deepEqual(ran.toSorted(), files.map((file) => file.fileId).toSorted());
    assert.deepEqual(errors, []);
    console.log(`# jobs on ${engine}: ${files.length} sent twice each, ${ran.length} ran`);
    await db.close();
  });

  test(`a body that throws is tried again, and nothing of what it says is kept (${engine})`, async () => {
    const db = await openTestDatabase({ engine });
    const errors: unknown[] = [];
    const jobs = open(db, errors);
    const tried = countTo(1);
    jobs.work("index-file", () => {
      tried.hit();
      throw new Error("the patient's name");
    });
    jobs.start();
    await jobs.send("index-file", fileOf());
    await tried.reached;
    await jobs.stop();
    assert.equal(await rows(db, "retry"), 1);
    assert.equal(errors.length, 1);
    const [kept] = await db.query(OPERATOR, "SELECT count(*)::int AS n FROM weir_jobs.job WHERE output::text LIKE '%patient%'");
    assert.equal(kept?.["n"], 0);
    await db.close();
  });

  test(`one tenant's jobs leave room for another's (${engine})`, async () => {
    const db = await openTestDatabase({ engine });
    const jobs = open(db);
    let opened = (): void => undefined;
    const gate = new Promise<void>((resolve) => (opened = resolve));
    const quick = countTo(1);
    let slow = 0;
    let most = 0;
    jobs.work("index-file", async ({ tenantId }) => {
      if (tenantId === other) return quick.hit();
      most = Math.max(most, ++slow);
      await gate;
      slow--;
    });
    for (let at = 0; at < 10; at++) await jobs.send("index-file", fileOf());
    await jobs.send("index-file", fileOf(other));
    jobs.start();
    await quick.reached;
    assert.ok(most <= 2, `${most} of one tenant at once`);
    opened();
    await jobs.stop();
    await db.close();
  });
}

test("the next process takes at once what a dead one had begun", async () => {
  const db = await openTestDatabase();
  const dead = open(db);
  const begun = countTo(1);
  const file = fileOf();
  dead.work("index-file", () => {
    begun.hit();
    return new Promise<never>(() => undefined);
  });
  dead.start();
  await dead.send("index-file", file);
  await begun.reached;
  const next = open(db);
  const done = countTo(1);
  next.work("index-file", async () => done.hit());
  // What it was for is in a table: whoever owns that sends it anew.
  await next.send("index-file", file);
  next.start();
  await done.reached;
  assert.equal(done.seen(), 1);
  await next.stop();
  await db.close();
});

test("a schedule takes the place of those before, and comes back after a start", async () => {
  const db = await openTestDatabase();
  const jobs = open(db);
  await jobs.schedule("sync-source", [{ cron: "0 4 * * *", payload: { name: "wiki" } }]);
  await jobs.schedule("sync-source", [
    { cron: "*/5 * * * *", payload: { name: "wiki" } },
    { cron: "0 5 * * *", payload: { name: "laws of Österreich" } },
  ]);
  const read = () => db.query(OPERATOR, "SELECT cron, data->>'name' AS name FROM weir_jobs.schedule ORDER BY cron");
  assert.deepEqual(await read(), [
    { cron: "*/5 * * * *", name: "wiki" },
    { cron: "0 5 * * *", name: "laws of Österreich" },
  ]);
  await jobs.schedule("sync-source", []);
  assert.deepEqual(await read(), []);
  await jobs.stop();
  await db.close();
});

test("the migration makes what the installed pg-boss wants, and no tenant reaches it", async () => {
  const db = await openTestDatabase();
  const sql = sqlOf(db);
  const { version, wanted, problems } = await findSchemaDrift(sql);
  assert.equal(version, wanted);
  assert.deepEqual(problems, []);
  for (const scope of [tenantScope(ten), { kind: "lookup" }, { kind: "ledger" }] as const)
    await assert.rejects(db.query(scope, "SELECT count(*) FROM weir_jobs.job"), /permission denied/);
  console.log(`# pg-boss schema ${wanted}: as migrated, closed to 3 of 4 roles`);
  await db.close();
});
