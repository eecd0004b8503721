import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { findIndexLag } from "../store/file-progress.ts";
import type { Detectors } from "./judge.ts";
import { MARKED, openKnowledge } from "./testing.ts";

const k = await openKnowledge();
const { ingest, ten } = k;
afterAll(() => k.close());

/** Detectors that fail so often, then work. */
function failing(times: number): Detectors & { readonly asked: () => number } {
  let asked = 0;
  return {
    ...MARKED,
    asked: () => asked,
    scoreInjection(text) {
      asked += 1;
      if (asked <= times) throw new Error(`the detector broke down over ${text}`);
      return MARKED.scoreInjection(text);
    },
  };
}
let made = 0;
async function put(times: number, attributes = {}) {
  const name = `letters-${++made}`;
  await ingest.createCollection(ten, { name });
  const file = await ingest.createFile(ten, { filename: "a.txt", purpose: "user_data", bytes: Buffer.from("Some words.") });
  const detectors = failing(times);
  const by = k.again(k.db, { detectors });
  const first = await by.addFileToCollection(ten, name, file.id, attributes);
  await by.idle();
  const last = await ingest.getCollectionFile(ten, name, file.id);
  const tries = last.tries?.attempts ?? 0;
  return { name, fileId: file.id, first, last, tries, asked: detectors.asked(), by };
}

test("what the server fails is tried three times by itself; what passes then is completed, what does not is a dead letter", async () => {
  const seen: unknown[] = [];
  for (const times of [0, 1, 2, 3, 9]) {
    const { first, last, tries, asked } = await put(times);
    seen.push([times, first.status, last.status, last.lastError?.code, tries, asked]);
  }
  assert.deepEqual(seen, [
    [0, "completed", "completed", undefined, 0, 1],
    [1, "in_progress", "completed", undefined, 1, 2],
    [2, "in_progress", "completed", undefined, 2, 3],
    [3, "in_progress", "failed", "server_error", 3, 3],
    [9, "in_progress", "failed", "server_error", 3, 3],
  ]);
  console.log(`# dead letters: ${seen.length} files whose server failed 0 to 9 times`);
});

test("a refused file is tried once; a dead letter that is retried begins a new round, as it was put in", async () => {
  await ingest.createCollection(ten, { name: "refused" });
  const bad = await ingest.createFile(ten, { filename: "a.pdf", purpose: "user_data", bytes: Buffer.from("%PDF-1.7 no") });
  const refused = await ingest.addFileToCollection(ten, "refused", bad.id);
  await ingest.idle();
  assert.deepEqual([refused.status, refused.lastError?.code], ["failed", "invalid_file"]);
  assert.equal(refused.tries, undefined);
  assert.equal((await ingest.retryCollectionFile(ten, "refused", bad.id)).lastError?.code, "invalid_file");

  const { name, fileId, last } = await put(9, { path: "a/b" });
  assert.deepEqual(last.tries, { attempts: 3, triedAtMs: k.clock.nowMs() });
  const retried = await ingest.retryCollectionFile(ten, name, fileId);
  assert.deepEqual([retried.status, retried.lastError, retried.attributes], ["completed", undefined, { path: "a/b" }]);
  assert.deepEqual(await k.find(name, "words"), ["a.txt"]);
  assert.equal(retried.tries, undefined);
  await assert.rejects(ingest.retryCollectionFile(ten, name, fileId), { code: "conflict" });
  await assert.rejects(ingest.retryCollectionFile(k.other, name, fileId), { code: "collection_unknown" });
});

test("the lag is that of the oldest file on its way, and none where there is none", async () => {
  assert.equal(await findIndexLag(k.db), 0);
  const { name, fileId } = await put(0);
  const age = (seconds: number, status: string) =>
    k.db.asOwner(async (owner) => {
      await owner.script("ALTER TABLE collection_files DISABLE TRIGGER mark_change");
      await owner.query("UPDATE collection_files SET status = $2, queued_at = now() - make_interval(secs => $3) WHERE file_id = $1", [
        fileId,
        status,
        seconds,
      ]);
      await owner.script("ALTER TABLE collection_files ENABLE TRIGGER mark_change");
    });
  await age(90, "in_progress");
  const lag = await findIndexLag(k.db);
  assert.ok(lag >= 90 && lag < 120, `${lag} s`);
  await age(90, "completed");
  assert.equal(await findIndexLag(k.db), 0);
  await ingest.removeFileFromCollection(ten, name, fileId);
});
