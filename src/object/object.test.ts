import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFolderBlobs, createFolderObjects } from "./index.ts";
import { bytesOf, encrypt, ESCAPES, OBJECT_CASES, secretWrapper, ten, textOf } from "./testing.ts";

const dir = await mkdtemp(join(tmpdir(), "weir-object-"));
afterAll(() => rm(dir, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(dir, `store-${made++}`);

for (const { name, run } of OBJECT_CASES) {
  test(`folder: ${name}`, () => run(createFolderObjects(fresh())));
  test(`folder, encrypted: ${name}`, () => run(encrypt(createFolderBlobs(fresh()), secretWrapper(7)).objects));
}

test("keys that would leave the folder are refused before any path is made", async () => {
  const objects = createFolderObjects(fresh());
  await writeFile(join(dir, "outside"), "out of reach");
  for (const key of ESCAPES) await assert.rejects(objects.deleteObject(ten, key), TypeError, JSON.stringify(key));
  assert.equal(await readFile(join(dir, "outside"), "utf8"), "out of reach");
});

test("an object that could not be written leaves neither a part of itself nor a draft", async () => {
  const root = fresh();
  const objects = createFolderObjects(root);
  await objects.putObject(ten, "files/a", bytesOf("old"));
  // The name is taken by a folder, so the rename fails.
  await objects.putObject(ten, "files/taken/by", bytesOf("x"));
  await assert.rejects(objects.putObject(ten, "files/taken", bytesOf("new")), /could not be stored/);
  assert.deepEqual(await readdir(join(root, ".drafts")), []);
  assert.equal(textOf(await objects.getObject(ten, "files/a")), "old");
});

test("a link in the folder is not listed as an object", async () => {
  const root = fresh();
  const objects = createFolderObjects(root);
  await objects.putObject(ten, "files/a", bytesOf("x"));
  await symlink("/etc", join(root, "files", ten, "etc"));
  assert.deepEqual(await objects.listObjects(ten, ""), ["files/a"]);
});

test("objects lie under area, tenant and name, and a folder of version 0.1, with the tenant first, is brought into that order", async () => {
  const root = fresh();
  await mkdir(join(root, ten, "files"), { recursive: true });
  await writeFile(join(root, ten, "files", "a"), "kept");
  const objects = createFolderObjects(root);
  assert.equal(textOf(await objects.getObject(ten, "files/a")), "kept");
  await objects.putObject(ten, "chat-logs/2026-11-21/x.ndjson", bytesOf("x"));
  assert.equal(await readFile(join(root, "chat-logs", ten, "2026-11-21", "x.ndjson"), "utf8"), "x");
  assert.deepEqual(
    (await readdir(root)).filter((name) => name.startsWith("ten_")),
    [],
  );
});
