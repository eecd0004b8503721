import assert from "node:assert/strict";
import { tenantIds } from "../kernel/ids.ts";
import { createDataKeys } from "./data-keys.ts";
import { createEncryptedObjects } from "./encrypted.ts";
import { createSecretWrapper, type KeyWrapper } from "./key-wrapper.ts";
import type { Blobs, ObjectStore } from "./spec.ts";
import { createTenantObjects } from "./tenant-objects.ts";

/** For tests: what every kind of object store must do, each case on a store of its own. The folder, a bucket and both encrypted pass the same. */

export const ten = tenantIds.make(1);
export const other = tenantIds.make(2);
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (found: Uint8Array | undefined): string | undefined =>
  found === undefined ? undefined : new TextDecoder().decode(found);

export type ObjectCase = { readonly name: string; run(objects: ObjectStore): Promise<void> };

export const ESCAPES: readonly string[] = [
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
  "area-without-name",
  "data-keys/x",
];

export const OBJECT_CASES: readonly ObjectCase[] = [
  {
    name: "an object is read back, replaced, listed in order and deleted",
    async run(objects) {
      await objects.putObject(ten, "files/b", bytesOf("one"));
      await objects.putObject(ten, "files/a=1", bytesOf("two"));
      await objects.putObject(ten, "chunks/x/y", bytesOf("three"));
      await objects.putObject(ten, "files/b", bytesOf("four"));
      assert.equal(textOf(await objects.getObject(ten, "files/b")), "four");
      assert.equal(textOf(await objects.getObject(ten, "files/a=1")), "two");
      assert.deepEqual(await objects.listObjects(ten, "files/"), ["files/a=1", "files/b"]);
      assert.deepEqual(await objects.listObjects(ten, "files/a"), ["files/a=1"]);
      assert.deepEqual(await objects.listObjects(ten, ""), ["chunks/x/y", "files/a=1", "files/b"]);
      assert.deepEqual(await objects.listObjects(ten, "", { after: "chunks/x/y", limit: 1 }), ["files/a=1"]);
      await objects.deleteObject(ten, "files/b");
      await objects.deleteObject(ten, "files/b");
      assert.equal(await objects.getObject(ten, "files/b"), undefined);
    },
  },
  {
    name: "an empty object and one of three megabytes come back as they were",
    async run(objects) {
      const large = new Uint8Array(3 * 1024 * 1024).map((_, at) => (at * 31) & 255);
      await objects.putObject(ten, "files/empty", new Uint8Array(0));
      await objects.putObject(ten, "files/large", large);
      assert.equal((await objects.getObject(ten, "files/empty"))?.length, 0);
      assert.ok(Buffer.from((await objects.getObject(ten, "files/large")) ?? []).equals(Buffer.from(large)));
    },
  },
  {
    name: "a tenant neither reads nor lists another tenant's objects",
    async run(objects) {
      await objects.putObject(ten, "files/secret", bytesOf("mine"));
      assert.equal(await objects.getObject(other, "files/secret"), undefined);
      assert.deepEqual(await objects.listObjects(other, ""), []);
      await objects.deleteObject(other, "files/secret");
      assert.equal(textOf(await objects.getObject(ten, "files/secret")), "mine");
    },
  },
  {
    name: "keys and tenants that would leave the tenant's part are refused",
    async run(objects) {
      for (const key of ESCAPES) {
        await assert.rejects(objects.getObject(ten, key), TypeError, JSON.stringify(key));
        await assert.rejects(objects.putObject(ten, key, bytesOf("x")), TypeError);
        await assert.rejects(objects.deleteObject(ten, key), TypeError);
      }
      for (const tenant of ["..", "ten_../../x", ""]) await assert.rejects(objects.getObject(tenant as typeof ten, "files/x"), TypeError);
    },
  },
  {
    name: "twenty writes of one object at once leave one of them whole",
    async run(objects) {
      const texts = Array.from({ length: 20 }, (_, at) => String(at).repeat(10_000));
      await Promise.all(texts.map((text) => objects.putObject(ten, "files/contested", bytesOf(text))));
      assert.ok(texts.includes(textOf(await objects.getObject(ten, "files/contested")) ?? ""));
    },
  },
  {
    name: "a listing of 45 objects comes in pages",
    async run(objects) {
      const keys = Array.from({ length: 45 }, (_, at) => `logs/d/${String(at).padStart(3, "0")}`);
      await Promise.all(keys.map((key) => objects.putObject(ten, key, bytesOf("x"))));
      const seen: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await objects.listObjects(ten, "logs/", { after, limit: 20 });
        seen.push(...page);
        after = page.at(-1);
        if (page.length < 20) break;
      }
      assert.deepEqual(seen, keys);
    },
  },
];

export const secretWrapper = (byte: number): KeyWrapper => createSecretWrapper(new Uint8Array(32).fill(byte));

/** A fresh opening of the same store: nothing is remembered of the last. */
export function encrypt(blobs: Blobs, ...wrappers: readonly [KeyWrapper, ...KeyWrapper[]]) {
  const keys = createDataKeys({ blobs, wrappers, nowMs: () => 1_800_000_000_000 });
  return { keys, objects: createEncryptedObjects(createTenantObjects(blobs), keys) };
}

export function createMemoryBlobs(): Blobs & { readonly held: Map<string, Uint8Array> } {
  const held = new Map<string, Uint8Array>();
  return {
    held,
    put: async (path, bytes) => void held.set(path, Uint8Array.from(bytes)),
    get: async (path) => held.get(path),
    delete: async (path) => void held.delete(path),
    list: async (prefix, { after = "", limit }) =>
      [...held.keys()]
        .toSorted()
        .filter((path) => path.startsWith(prefix) && path > after)
        .slice(0, limit),
    areas: async () => [...new Set([...held.keys()].map((path) => path.split("/")[0] ?? ""))],
  };
}
