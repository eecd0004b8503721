import { test } from "bun:test";
import assert from "node:assert/strict";
import { createCipheriv, randomBytes } from "node:crypto";
import { createDataKeys, createEncryptedObjects, createTenantObjects } from "./index.ts";
import { bytesOf, createMemoryBlobs, encrypt, OBJECT_CASES, other, secretWrapper, ten, textOf } from "./testing.ts";

for (const { name, run } of OBJECT_CASES) test(`encrypted: ${name}`, () => run(encrypt(createMemoryBlobs(), secretWrapper(7)).objects));

test("encrypted objects open under their own name only, and not when a single bit was changed", async () => {
  const blobs = createMemoryBlobs();
  const { objects } = encrypt(blobs, secretWrapper(7));
  await objects.putObject(ten, "files/a", bytesOf("the words"));
  await objects.putObject(other, "files/b", bytesOf("theirs"));
  const sealed = blobs.held.get(`files/${ten}/a`) ?? new Uint8Array(0);
  assert.ok(!Buffer.from(sealed).includes("the words"));
  await blobs.put(`files/${ten}/b`, sealed);
  await blobs.put(`files/${other}/a`, sealed);
  await assert.rejects(objects.getObject(ten, "files/b"), { code: "object_damaged" });
  await assert.rejects(objects.getObject(other, "files/a"), { code: "object_damaged" });
  let found = 0;
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await blobs.put(`files/${ten}/a`, changed);
    await assert.rejects(objects.getObject(ten, "files/a"), { code: "object_damaged" }, `byte ${at}`);
    found++;
  }
  for (const cut of [0, 8, 71, sealed.length - 1]) {
    await blobs.put(`files/${ten}/a`, sealed.subarray(0, cut));
    await assert.rejects(objects.getObject(ten, "files/a"), { code: "object_damaged" }, `cut at ${cut}`);
    found++;
  }
  console.log(`# object store: ${found} changed or cut objects, ${found} refused`);
});

test("a data key that was changed, moved to another tenant or is missing opens nothing", async () => {
  const blobs = createMemoryBlobs();
  await encrypt(blobs, secretWrapper(7)).objects.putObject(ten, "files/a", bytesOf("x"));
  const [path = ""] = await blobs.list(`data-keys/${ten}/`, { limit: 1 });
  const record = blobs.held.get(path) ?? new Uint8Array(0);
  const changed = Buffer.from(record)
    .toString()
    .replace(/"wrapped":"(.)/, (_, first: string) => `"wrapped":"${first === "A" ? "B" : "A"}`);
  for (const bad of [changed, "{}", "no json"]) {
    await blobs.put(path, bytesOf(bad));
    await assert.rejects(encrypt(blobs, secretWrapper(7)).objects.getObject(ten, "files/a"), /data key of the object store was changed/);
  }
  await blobs.delete(path);
  await assert.rejects(encrypt(blobs, secretWrapper(7)).objects.getObject(ten, "files/a"), /data key of a stored file is missing/);
  await blobs.put(path.replace(ten, other), record);
  await blobs.put(`files/${other}/a`, blobs.held.get(`files/${ten}/a`) ?? new Uint8Array(0));
  await assert.rejects(encrypt(blobs, secretWrapper(7)).objects.getObject(other, "files/a"), { code: "object_damaged" });
});

test("a change of the secret rewraps every tenant's data keys, rewrites no object, and then the old secret is not needed", async () => {
  const blobs = createMemoryBlobs();
  const before = encrypt(blobs, secretWrapper(1)).objects;
  const tenants = [ten, other];
  for (const tenant of tenants) for (let at = 0; at < 50; at++) await before.putObject(tenant, `files/${at}`, bytesOf(`${tenant} ${at}`));
  const bodies = () => new Map([...blobs.held].filter(([path]) => path.startsWith("files/")));
  const kept = bodies();

  await assert.rejects(encrypt(blobs, secretWrapper(2)).objects.getObject(ten, "files/1"), /Set that one as WEIR_SECRET_PREVIOUS/);
  const during = encrypt(blobs, secretWrapper(2), secretWrapper(1));
  assert.equal(textOf(await during.objects.getObject(ten, "files/1")), `${ten} 1`);
  assert.deepEqual(await during.keys.rewrap(), { rewrapped: 2, tenants: 2 });
  assert.deepEqual(bodies(), kept);

  const after = encrypt(blobs, secretWrapper(2)).objects;
  for (const tenant of tenants)
    for (let at = 0; at < 50; at++) assert.equal(textOf(await after.getObject(tenant, `files/${at}`)), `${tenant} ${at}`);
  await assert.rejects(encrypt(blobs, secretWrapper(1)).objects.getObject(ten, "files/1"), { code: "object_damaged" });
  console.log(`# object store: secret changed, 2 data keys rewrapped, 100 of 100 objects readable, 0 rewritten`);
});

test("two replicas that make a tenant's first key at once both read what both wrote", async () => {
  const blobs = createMemoryBlobs();
  const [a, b] = [encrypt(blobs, secretWrapper(1)).objects, encrypt(blobs, secretWrapper(1)).objects];
  await Promise.all([a.putObject(ten, "files/a", bytesOf("a")), b.putObject(ten, "files/b", bytesOf("b"))]);
  assert.equal(textOf(await a.getObject(ten, "files/b")), "b");
  assert.equal(textOf(await b.getObject(ten, "files/a")), "a");
  assert.deepEqual(await a.listObjects(ten, ""), ["files/a", "files/b"]);
});

test("what version 0.1 wrote is still read, under the present secret or the previous one", async () => {
  const master = new Uint8Array(32).fill(9);
  const name = Buffer.from(`${ten}/files/old`);
  const seal = (key: Uint8Array, text: Uint8Array) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(name);
    const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
    return { nonce, sealed, tag: cipher.getAuthTag() };
  };
  const dataKey = randomBytes(32);
  const wrapped = seal(master, dataKey);
  const content = seal(dataKey, bytesOf("from 0.1"));
  const blobs = createMemoryBlobs();
  const parts = [wrapped.nonce, wrapped.sealed, wrapped.tag, content.nonce, content.tag, content.sealed];
  await blobs.put(`files/${ten}/old`, Buffer.concat([Buffer.from("WEIRENC1"), ...parts]));
  const open = (...keys: Uint8Array[]) =>
    createEncryptedObjects(
      createTenantObjects(blobs),
      createDataKeys({ blobs, wrappers: [secretWrapper(1)], nowMs: () => 0 }),
      keys,
    ).getObject(ten, "files/old");
  assert.equal(textOf(await open(new Uint8Array(32).fill(8), master)), "from 0.1");
  await assert.rejects(open(new Uint8Array(32).fill(8)), { code: "object_damaged" });
});
