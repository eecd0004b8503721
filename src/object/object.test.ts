import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tenantIds } from "../kernel/ids.ts";
import { createEncryptedObjects, createFolderObjects } from "./index.ts";

const dir = await mkdtemp(join(tmpdir(), "weir-object-"));
afterAll(() => rm(dir, { recursive: true, force: true }));
const ten = tenantIds.make(1);
const other = tenantIds.make(2);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (found: Uint8Array | undefined): string | undefined => (found === undefined ? undefined : new TextDecoder().decode(found));

test("an object is read back, replaced, listed in order and deleted", async () => {
  const objects = createFolderObjects(join(dir, "a"));
  await objects.putObject(ten, "files/b", bytes("one"));
  await objects.putObject(ten, "files/a", bytes("two"));
  await objects.putObject(ten, "chunks/x/y", bytes("three"));
  await objects.putObject(ten, "files/b", bytes("four"));
  assert.equal(textOf(await objects.getObject(ten, "files/b")), "four");
  assert.deepEqual(await objects.listObjects(ten, "files/"), ["files/a", "files/b"]);
  assert.deepEqual(await objects.listObjects(ten, ""), ["chunks/x/y", "files/a", "files/b"]);
  assert.deepEqual(await objects.listObjects(ten, "", { after: "chunks/x/y", limit: 1 }), ["files/a"]);
  await objects.deleteObject(ten, "files/b");
  await objects.deleteObject(ten, "files/b");
  assert.equal(await objects.getObject(ten, "files/b"), undefined);
});

test("a tenant neither reads nor lists another tenant's objects", async () => {
  const objects = createFolderObjects(join(dir, "b"));
  await objects.putObject(ten, "files/secret", bytes("mine"));
  assert.equal(await objects.getObject(other, "files/secret"), undefined);
  assert.deepEqual(await objects.listObjects(other, ""), []);
});

test("keys and tenants that would leave the folder are refused before any path is made", async () => {
  const objects = createFolderObjects(join(dir, "c"));
  await writeFile(join(dir, "outside"), "out of reach");
  const escapes = [
    "../outside",
    "..",
    ".",
    "/etc/passwd",
    "a/../../outside",
    "a//b",
    "a/./b",
    "",
    "a\\b",
    "a\0b",
    ".drafts/x",
    "a/.b",
    "é",
    `a/${"x".repeat(201)}`,
    "a/".repeat(500) + "b",
  ];
  for (const key of escapes) {
    await assert.rejects(objects.getObject(ten, key), TypeError, JSON.stringify(key));
    await assert.rejects(objects.putObject(ten, key, bytes("x")), TypeError);
    await assert.rejects(objects.deleteObject(ten, key), TypeError);
  }
  for (const tenant of ["..", "ten_../../x", ""]) await assert.rejects(objects.getObject(tenant as typeof ten, "outside"), TypeError);
  assert.equal(await readFile(join(dir, "outside"), "utf8"), "out of reach");
});

test("an object that could not be written leaves neither a part of itself nor a draft", async () => {
  const root = join(dir, "d");
  const objects = createFolderObjects(root);
  await objects.putObject(ten, "files/a", bytes("old"));
  // The name is taken by a folder, so the rename fails.
  await objects.putObject(ten, "files/taken/by", bytes("x"));
  await assert.rejects(objects.putObject(ten, "files/taken", bytes("new")), /could not be stored/);
  assert.deepEqual(await readdir(join(root, ".drafts")), []);
  assert.equal(textOf(await objects.getObject(ten, "files/a")), "old");
});

test("a link in the folder is not listed as an object", async () => {
  const root = join(dir, "e");
  const objects = createFolderObjects(root);
  await objects.putObject(ten, "files/a", bytes("x"));
  await symlink("/etc", join(root, ten, "files", "etc"));
  assert.deepEqual(await objects.listObjects(ten, ""), ["files/a"]);
});

test("encrypted objects open under their own name only, and not when a single bit was changed", async () => {
  const inner = createFolderObjects(join(dir, "f"));
  const objects = createEncryptedObjects(inner, new Uint8Array(32).fill(7));
  await objects.putObject(ten, "files/a", bytes("the words"));
  assert.equal(textOf(await objects.getObject(ten, "files/a")), "the words");
  const sealed = await inner.getObject(ten, "files/a");
  assert.ok(sealed !== undefined && !Buffer.from(sealed).includes("the words"));

  await inner.putObject(ten, "files/b", sealed);
  await inner.putObject(other, "files/a", sealed);
  await assert.rejects(objects.getObject(ten, "files/b"), /could not be opened/);
  await assert.rejects(objects.getObject(other, "files/a"), /could not be opened/);
  let found = 0;
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await inner.putObject(ten, "files/c", changed);
    const opened = await createEncryptedObjects({ ...inner, getObject: async () => changed }, new Uint8Array(32).fill(7))
      .getObject(ten, "files/a")
      .catch(() => undefined);
    if (opened === undefined) found += 1;
  }
  assert.equal(found, sealed.length);
  await assert.rejects(createEncryptedObjects(inner, new Uint8Array(32).fill(8)).getObject(ten, "files/a"), /could not be opened/);
});
