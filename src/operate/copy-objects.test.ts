import { test } from "bun:test";
import assert from "node:assert/strict";
import { bytesOf, createMemoryBlobs, textOf } from "../object/testing.ts";
import { pushObjects, writeObjects } from "./copy-objects.ts";

/** A bucket in memory that holds at each path its name, and fails where `fail` says. */
function createBucket(paths: readonly string[] = [], fail: (path: string) => boolean = () => false): ReturnType<typeof createMemoryBlobs> {
  const blobs = createMemoryBlobs();
  for (const path of paths) blobs.held.set(path, bytesOf(path));
  return {
    ...blobs,
    async put(path, bytes) {
      if (fail(path)) throw new Error("broken off");
      await blobs.put(path, bytes);
    },
    get: async (path) => (fail(path) ? undefined : blobs.get(path)),
  };
}
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `files/ten_1/${String(at).padStart(5, "0")}`);

test("a push of more than a page puts in what is missing, leaves what is there, and may be broken off and repeated", async () => {
  const from = createBucket(names(2_500));
  const state = { broken: true };
  const to = createBucket(["data-keys/ten_1/a", "files/ten_1/00002", "zz/later"], (path) => state.broken && path.endsWith("01500"));
  to.held.set("files/ten_1/00002", bytesOf("of the bucket"));
  await assert.rejects(pushObjects(from, to), /broken off/);
  state.broken = false;
  assert.deepEqual(await pushObjects(from, to), { pushed: 1_000, there: 1_500 });
  assert.deepEqual(await pushObjects(from, to), { pushed: 0, there: 2_500 });
  assert.equal(to.held.size, 2_502);
  assert.equal(textOf(to.held.get("files/ten_1/00002")), "of the bucket");
  assert.equal(textOf(to.held.get("files/ten_1/01500")), "files/ten_1/01500");
});

test("a backup has every object as it lies, without what went meanwhile and what is nobody's here", async () => {
  const bucket = createBucket([...names(1_001), "a stranger's/file name", "top-level", ".drafts/x/y"], (path) => path.endsWith("00500"));
  const pieces: Uint8Array[] = [];
  const totals = { files: 0, fileBytes: 0 };
  await writeObjects({ write: async (bytes) => void pieces.push(bytes) }, bucket, totals);
  assert.equal(totals.files, 1_000);
  const written = pieces.filter((_, at) => at % 2 === 0).map((line) => JSON.parse(String(line)) as { path: string; bytes: number });
  assert.ok(written.every(({ path, bytes }, at) => path.startsWith("objects/files/") && pieces[at * 2 + 1]?.length === bytes));
  assert.equal(
    totals.fileBytes,
    pieces.filter((_, at) => at % 2 === 1).reduce((sum, piece) => sum + piece.length, 0),
  );
});
