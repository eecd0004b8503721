import { test } from "bun:test";
import assert from "node:assert/strict";
import { collectionIds, fileIds, tenantIds } from "../kernel/ids.ts";
import { createJobs, type JobPayload } from "../queue/index.ts";
import { OPERATOR } from "../store/database.ts";
import type { Engine } from "../store/engine.ts";
import { listTestEngines, openTestDatabase } from "../store/testing.ts";

const NOW = Date.UTC(2026, 10, 1);
const file = (): JobPayload["index-file"] => ({
  tenantId: tenantIds.make(NOW),
  collectionId: collectionIds.make(NOW),
  fileId: fileIds.make(NOW),
});
const sqlOf = (db: Engine) => ({
  statement: (text: string, params: Parameters<Engine["query"]>[2]) => db.query(OPERATOR, text, params),
  script: (text: string) =>
    db.asOwner(async (owner) => {
      await owner.script(text);
      return [];
    }),
});

/** A job of this payload that has no try left after its next one. */
async function sendLast(db: Engine, jobs: ReturnType<typeof createJobs>, payload: JobPayload["index-file"]): Promise<void> {
  await jobs.send("index-file", payload, { afterSeconds: 60 });
  await db.query(
    OPERATOR,
    "UPDATE weir_jobs.job SET retry_limit = 0, start_after = now() WHERE name = 'index-file' AND state = 'created'",
    [],
  );
}

for (const engine of listTestEngines()) {
  test(`a job that died is listed with what it was for, and runs again when it is sent again (${engine})`, async () => {
    const db = await openTestDatabase({ engine });
    const options = { alone: engine === "pglite", pollSeconds: 0.5, startAfterMs: 0 };
    const jobs = createJobs({ sql: sqlOf(db), onError: () => undefined }, options);
    let fails = true;
    const ran: string[] = [];
    let told = (): void => undefined;
    const next = (): Promise<void> => new Promise((resolve) => (told = resolve));
    jobs.work("index-file", async ({ fileId }) => {
      ran.push(fileId);
      told();
      if (fails) throw new Error("the patient's name");
    });
    const payload = file();
    await sendLast(db, jobs, payload);
    let once = next();
    jobs.start();
    await once;
    const dead = async () => {
      for (;;) {
        const found = await jobs.listDead({ limit: 10, before: undefined });
        if (found.length > 0) return found;
      }
    };
    const [first, ...others] = await dead();
    assert.deepEqual([first?.name, first?.about, first?.tries, others.length], ["index-file", payload, 1, 0]);
    assert.equal((await jobs.counts()).find(({ name }) => name === "index-file")?.dead, 1);
    const [kept] = await db.query(OPERATOR, "SELECT count(*)::int AS n FROM weir_jobs.job WHERE output::text LIKE '%patient%'");
    assert.equal(kept?.["n"], 0);
    fails = false;
    once = next();
    assert.deepEqual(await jobs.retryDead(first?.id ?? ""), { name: "index-file", retried: true });
    await once;
    assert.deepEqual(ran, [payload.fileId, payload.fileId]);
    assert.deepEqual(await jobs.listDead({ limit: 10, before: undefined }), []);
    assert.equal(await jobs.retryDead(first?.id ?? ""), undefined);
    await jobs.stop();
    await db.close();
    console.log(`# dead jobs on ${engine}: 1 died, 1 sent again, ${ran.length} runs`);
  });

  test(`a dead job whose like waits already is not sent twice, and one that died again and again is listed once (${engine})`, async () => {
    const db = await openTestDatabase({ engine });
    const jobs = createJobs({ sql: sqlOf(db), onError: () => undefined }, { alone: engine === "pglite" });
    const payload = file();
    await jobs.send("index-file", payload, { afterSeconds: 600 });
    const text = `INSERT INTO weir_jobs.job (name, data, source_name, singleton_key, source_retry_count, policy)
      SELECT 'dead-jobs', data, name, singleton_key, 5, 'standard' FROM weir_jobs.job WHERE name = 'index-file'`;
    await db.query(OPERATOR, text);
    await db.query(OPERATOR, text);
    const [only, ...others] = await jobs.listDead({ limit: 10, before: undefined });
    assert.equal(others.length, 0);
    assert.equal(only?.tries, 6);
    assert.deepEqual(await jobs.listDead({ limit: 10, before: only?.id }), []);
    assert.deepEqual(await jobs.retryDead(only?.id ?? ""), { name: "index-file", retried: false });
    assert.deepEqual(await jobs.listDead({ limit: 10, before: undefined }), []);
    await jobs.stop();
    await db.close();
  });
}
