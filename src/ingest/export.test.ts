import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { exportChunks, exportKeyOf } from "./export.ts";
import { openKnowledge, POISON, testProse } from "./testing.ts";
import { readRows } from "./parquet.fixture.ts";

const k = await openKnowledge();
const { ingest, ten } = k;
afterAll(() => k.close());
const keys = (tenantId = ten) => k.objects.listObjects(tenantId, "rag/chunks/");

test("a document's chunks lie beside the index in Parquet, with everything but what is held, and go with it", async () => {
  await ingest.createCollection(ten, { name: "house" });
  const text = `# Leave\n\nÜbung macht den Meister. ${testProse(1, 3000)}\n\n# Attack\n\n${POISON}. ${testProse(2, 100)}`;
  const { fileId } = await k.add("house", "handbook.md", text);
  const [key] = await keys();
  assert.match(key ?? "", /^rag\/chunks\/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}\.parquet$/);
  assert.equal((await keys()).length, 1);
  const rows = await readRows((await k.objects.getObject(ten, key ?? "")) ?? new Uint8Array());
  const stored = await k.db.asOwner((owner) =>
    owner.query<{ no: number; body: string; headings: string[] }>(
      "SELECT no, body, headings FROM chunks WHERE quarantine IS NULL ORDER BY no",
    ),
  );
  assert.ok(rows.length > 10, `${rows.length} rows`);
  assert.deepEqual(
    rows.map(({ no, body, headings }) => [no, body, JSON.parse(headings) as unknown]),
    stored.map(({ no, body, headings }) => [no, body, headings]),
  );
  assert.ok(!rows.some(({ body }) => body.includes(POISON)));
  assert.ok(rows.some(({ body }) => body.includes("Übung")));

  await ingest.removeFileFromCollection(ten, "house", fileId);
  await ingest.idle();
  assert.deepEqual(await keys(), []);
  console.log(`# parquet: ${rows.length} rows as the database has them, ${stored.length} of them findable, gone with the document`);
});

test("a collection's go with it; files of one content have one object; another tenant has none of it", async () => {
  await ingest.createCollection(ten, { name: "many" });
  for (const name of ["a", "b", "c"]) await k.add("many", `${name}.txt`, `Words of ${name}.`);
  await k.add("many", "a.txt", "Words of a.");
  assert.equal((await keys()).length, 3);
  assert.deepEqual(await keys(k.other), []);
  await ingest.deleteCollection(ten, "many");
  await ingest.idle();
  assert.deepEqual(await keys(), []);
});

test("more than one group of rows is written whole, and the same document has the same key always", async () => {
  await ingest.createCollection(ten, { name: "long" });
  await k.add("long", "long.txt", testProse(3, 60_000));
  const [key = ""] = await keys();
  const rows = await readRows((await k.objects.getObject(ten, key)) ?? new Uint8Array());
  assert.ok(rows.length > 128, `${rows.length} rows`);
  const [{ firstChunk, id } = { firstChunk: 0, id: "" }] = await k.db.asOwner((owner) =>
    owner.query<{ firstChunk: number; id: string }>(
      `SELECT first_chunk AS "firstChunk", collection_id AS id FROM documents WHERE state = 'ready'`,
    ),
  );
  const document = { collectionId: id as Parameters<typeof exportKeyOf>[0]["collectionId"], firstChunk };
  assert.equal(exportKeyOf(document), key);
  await exportChunks({ db: k.db, objects: k.objects }, { tenantId: ten, key: document, filename: "long.txt", title: "" });
  assert.deepEqual(await keys(), [key]);
});
