import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { WHOLE_VIEW } from "../domain/principal.ts";
import type { FileId } from "../kernel/ids.ts";
import { createPostgresIndex, createRetriever, type PassageIndex } from "../retrieve/index.ts";
import { MARKED, openKnowledge } from "./testing.ts";

const k = await openKnowledge();
afterAll(() => k.close());
const index = createPostgresIndex({ db: k.db, clock: k.clock, guardRev: MARKED.rev });
const DELETED = 50;

async function upload(name: string, text: string): Promise<FileId> {
  k.clock.advance(1);
  return (await k.ingest.createFile(k.ten, { filename: name, purpose: "user_data", bytes: Buffer.from(text) })).id;
}

/** Deletes documents while eight callers search without a pause, and tells what came back of a document whose deletion had answered before. */
async function deleteUnderLoad(
  collection: string,
  searched: PassageIndex,
): Promise<{ searches: number; passages: number; deletedFound: number }> {
  const { id } = await k.ingest.createCollection(k.ten, { name: collection });
  const files: FileId[] = [];
  for (let at = 0; at < DELETED + 10; at++) {
    const file = await upload(`note-${at}.txt`, `A note on leave, number word${at}.`);
    assert.equal((await k.ingest.addFileToCollection(k.ten, id, file)).status, "completed");
    files.push(file);
  }
  const retrieve = createRetriever({ index: searched });
  const gone = new Set<string>();
  const told = { searches: 0, passages: 0, deletedFound: 0 };
  const load = { ended: false };
  const search = async (): Promise<void> => {
    while (!load.ended) {
      // What was gone when the search began must not be in it; what went meanwhile may be.
      const before = new Set(gone);
      const { passages } = await retrieve(k.ten, { collection: id, query: "leave", topK: 50, reader: { kind: "all" } });
      told.searches++;
      told.passages += passages.length;
      told.deletedFound += passages.filter(({ fileId }) => before.has(fileId)).length;
    }
  };
  const searches = Array.from({ length: 8 }, search);
  for (const [at, file] of files.slice(0, DELETED).entries()) {
    if (at % 2 === 0) await k.ingest.deleteFile(k.ten, file);
    else await k.ingest.removeFileFromCollection(k.ten, id, file);
    gone.add(file);
  }
  load.ended = true;
  await Promise.all(searches);
  return told;
}

test("50 documents deleted while searches go on: nothing of one comes back once its deletion has answered", async () => {
  const { searches, passages, deletedFound } = await deleteUnderLoad("deleting", index);
  assert.equal(deletedFound, 0);
  assert.ok(searches > 50 && passages > 1000);
  console.log(`# deletion: ${DELETED} documents deleted during ${searches} searches with ${passages} passages, 0 of deleted ones`);
  // A cache of what was read is what would bring them back: the same check sees it.
  const views = new Map<string, ReturnType<PassageIndex["open"]>>();
  const bodies = new Map<number, Awaited<ReturnType<PassageIndex["read"]>>[number]>();
  const remembering: PassageIndex = {
    ...index,
    open(ask) {
      const view = views.get(ask.collection) ?? index.open(ask);
      views.set(ask.collection, view);
      return view;
    },
    async read(view, numbers) {
      const missing = numbers.filter((no) => !bodies.has(no));
      for (const chunk of await index.read(view, missing)) bodies.set(chunk.no, chunk);
      return numbers.flatMap((no) => bodies.get(no) ?? []);
    },
  };
  const planted = await deleteUnderLoad("remembered", remembering);
  assert.ok(planted.deletedFound > 0);
  console.log(`# deletion: planted memory of passages seen, ${planted.deletedFound} of deleted documents`);
});

test("a batch counts its files as they come along, and a cancelled one indexes no more of them", async () => {
  const { id } = await k.ingest.createCollection(k.ten, { name: "batch" });
  const files = await Promise.all(["one", "two", "three"].map((word) => upload(`${word}.txt`, `A note on leave ${word}.`)));
  const asked = files.map((fileId, at) => ({ fileId, param: `file_ids[${at}]` }));
  const batch = await k.ingest.createFileBatch(k.ten, id, [...asked, ...asked], WHOLE_VIEW);
  assert.equal(batch.fileCounts.total, 3);
  await k.ingest.idle();
  const read = () => k.ingest.getFileBatch(k.ten, id, batch.id, WHOLE_VIEW);
  assert.deepEqual((await read()).fileCounts, { inProgress: 0, completed: 3, failed: 0, cancelled: 0, total: 3 });
  await k.ingest.removeFileFromCollection(k.ten, id, files[0] ?? assert.fail());
  assert.deepEqual((await read()).fileCounts, { inProgress: 0, completed: 2, failed: 0, cancelled: 1, total: 3 });
  const more = await Promise.all(["four", "five"].map((word) => upload(`${word}.txt`, `A note on leave ${word}.`)));
  const second = await k.ingest.createFileBatch(
    k.ten,
    id,
    more.map((fileId, at) => ({ fileId, param: `file_ids[${at}]` })),
    WHOLE_VIEW,
  );
  const ended = await k.ingest.cancelFileBatch(k.ten, id, second.id, WHOLE_VIEW);
  await k.ingest.idle();
  const { fileCounts, cancelled } = await k.ingest.getFileBatch(k.ten, id, second.id, WHOLE_VIEW);
  assert.deepEqual([cancelled, fileCounts.inProgress, fileCounts.completed + fileCounts.cancelled], [true, 0, 2]);
  assert.deepEqual(fileCounts, ended.fileCounts);
  const found = await k.find("batch", "leave");
  assert.equal(found.length, 2 + fileCounts.completed);
  assert.equal((await k.ingest.deleteCollection(k.ten, id)).id, id);
  await k.ingest.idle();
  const [left] = await k.db.asOwner((owner) =>
    owner.query<{ n: number }>("SELECT (SELECT count(*)::int FROM file_batches) + (SELECT count(*)::int FROM file_batch_files) AS n"),
  );
  assert.equal(left?.n, 0);
});

test("one file that is not there, or one attribute that cannot be read, refuses a whole batch and says which", async () => {
  const { id } = await k.ingest.createCollection(k.ten, { name: "refused" });
  const good = { fileId: await upload("good.txt", "A note on leave."), param: "files[0]" };
  const bad = [
    { ...good, fileId: "file_00000000000000000000000000" as FileId, param: "files[1]" },
    { ...good, attributes: { groups: "" }, param: "files[1]" },
  ];
  for (const file of bad)
    await assert.rejects(k.ingest.createFileBatch(k.ten, id, [good, file], WHOLE_VIEW), (error: { detail?: { param?: string } }) =>
      String(error.detail?.param).startsWith("files[1]"),
    );
  assert.equal((await k.ingest.getCollection(k.ten, id)).fileCounts.total, 0);
});

const DAY_MS = 86_400_000;

test("a collection that nobody uses deletes itself, a search is a use, and no search finds one whose time is over", async () => {
  const { id } = await k.ingest.createCollection(k.ten, { name: "short", settings: { expiresAfterDays: 2 } });
  const file = await upload("short.txt", "A note on leave.");
  await k.ingest.addFileToCollection(k.ten, id, file);
  const search = () => createRetriever({ index })(k.ten, { collection: id, query: "leave", topK: 5, reader: { kind: "all" } });
  for (let day = 0; day < 5; day++) {
    k.clock.advance(DAY_MS);
    assert.equal((await search()).passages.length, 1);
    // Written beside the search, not before its answer.
    for (let turn = 0; turn < 200 && (await k.ingest.getCollection(k.ten, id)).activeAtMs < k.clock.nowMs(); turn++)
      await Promise.resolve();
    assert.equal((await k.ingest.getCollection(k.ten, id)).activeAtMs, k.clock.nowMs());
    await k.ingest.expireCollections();
  }
  k.clock.advance(2 * DAY_MS);
  await assert.rejects(search(), { code: "collection_unknown" });
  assert.equal((await k.ingest.getCollection(k.ten, id)).expiresAtMs, k.clock.nowMs());
  await k.db.asOwner((owner) =>
    owner.query("INSERT INTO holds (tenant_id, subject_id, digests, reason, set_at, set_by) VALUES ($1, '', '{}', 'case', now(), 'x')", [
      k.ten,
    ]),
  );
  await k.ingest.expireCollections();
  assert.equal((await k.ingest.getCollection(k.ten, id)).id, id, "what is held stays");
  await k.db.asOwner((owner) => owner.query("DELETE FROM holds"));
  await k.ingest.expireCollections();
  await assert.rejects(k.ingest.getCollection(k.ten, id), { code: "collection_unknown" });
  assert.equal((await k.ingest.getFile(k.ten, file)).id, file);
});
