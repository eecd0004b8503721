import { afterAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { collectionIds, fileIds } from "../kernel/ids.ts";
import { rankChunks } from "../retrieve/bm25.ts";
import { terms } from "../retrieve/terms.ts";
import { termId } from "../retrieve/term-id.ts";
import { READ_POSTINGS } from "../store/postings.ts";
import { tenantScope } from "../store/index.ts";
import { explainUses, listTestEngines } from "../store/testing.ts";
import { chunk } from "./chunk.ts";
import { parse } from "./parse.ts";
import { indexedTerms } from "./segment.ts";
import { openKnowledge, testProse } from "./testing.ts";

for (const engine of listTestEngines()) {
  const k = await openKnowledge(engine);
  describe(`on ${engine}`, () => {
    const { ingest, ten, other } = k;
    afterAll(() => k.close());

    test("a file that was added is found at once, with its exact place", async () => {
      await ingest.createCollection(ten, { name: "places" });
      const source = "# Handbook\n\nWelcome.\n\n## Vacation\n\nFull-time employees have 30 vacation days a year.\n";
      const { fileId, status } = await k.add("places", "handbook.md", source);
      assert.equal(status, "completed");
      const { passages, indexVersion } = await k.retrieve(ten, { collection: "places", query: "How many vacation days?", topK: 3 });
      const [passage] = passages;
      assert.ok(passage !== undefined && passages.length === 1);
      const parsed = await parse("handbook.md", Buffer.from(source));
      assert.ok(parsed.ok);
      assert.equal(passage.text, parsed.text.slice(passage.start, passage.end));
      assert.deepEqual(
        [passage.fileId, passage.filename, passage.title, passage.collectionName],
        [fileId, "handbook.md", "Handbook", "places"],
      );
      await k.add("places", "more.txt", "Something about vacation elsewhere.");
      assert.notEqual((await k.retrieve(ten, { collection: "places", query: "vacation", topK: 3 })).indexVersion, indexVersion);
      const byId = await k.retrieve(ten, { collection: passage.collectionId, query: "vacation", topK: 3 });
      assert.equal(byId.passages.length, 2);
    });

    test("codes, numbers and addresses are found", async () => {
      await ingest.createCollection(ten, { name: "codes" });
      await k.add("codes", "a.txt", "The logger shows E-4021 when its memory is worn out.");
      await k.add("codes", "b.txt", "Write to returns@alderbrook.example within 30 days.");
      await k.add("codes", "c.txt", "The limit is EUR 2,000,000 per year.");
      assert.deepEqual(await k.find("codes", "What is E-4021?", 1), ["a.txt"]);
      assert.deepEqual(await k.find("codes", "returns@alderbrook.example", 1), ["b.txt"]);
      assert.deepEqual(await k.find("codes", "2000000", 1), ["c.txt"]);
      assert.deepEqual(await k.find("codes", "the of and", 5), []);
    });

    test("ranking is BM25 over what is in the collection, through adding and removing", async () => {
      await ingest.createCollection(ten, { name: "ranked" });
      const held = new Map<string, { fileId: Awaited<ReturnType<typeof k.add>>["fileId"]; text: string }>();
      let compared = 0;
      for (let round = 0; round < 6; round++) {
        for (let at = 0; at < 4; at++) {
          const filename = `r${round}-${at}.txt`;
          const text = testProse(round * 10 + at, 300 + at * 500);
          held.set(filename, { fileId: (await k.add("ranked", filename, text)).fileId, text });
        }
        const victim = [...held.keys()][round] ?? "";
        const { fileId } = held.get(victim) ?? { fileId: fileIds.make(1) };
        if (round % 2 === 0) await ingest.removeFileFromCollection(ten, "ranked", fileId);
        else await ingest.deleteFile(ten, fileId);
        held.delete(victim);
        if (round === 4) await ingest.idle();
        for (const query of ["warranty of the probe", "calibration battery report", "invoice period 17 notice"]) {
          const expected = await rankTexts(held, query);
          const { passages } = await k.retrieve(ten, { collection: "ranked", query, topK: 1 });
          assert.equal(passages[0]?.filename, expected.filename);
          assert.ok(Math.abs((passages[0]?.score ?? 0) - expected.score) < 1e-6, `${passages[0]?.score ?? 0} ${expected.score}`);
          compared += 1;
        }
      }
      assert.equal(compared, 18);
    });

    test("what cannot be read fails with a reason, and may be tried again", async () => {
      await ingest.createCollection(ten, { name: "failing" });
      const cases = [
        ["a.pdf", Buffer.from("%PDF-1.7 x"), "invalid_file", /PDF is damaged/],
        ["a.docx", Buffer.from("plain words"), "invalid_file", /\.docx/],
        ["a.txt", Buffer.from([0xff, 0xfe, 0x41]), "invalid_file", /UTF-8/],
        ["b.txt", Buffer.from(" \n "), "invalid_file", /empty/],
        ["c.txt", Buffer.from("a\0b"), "invalid_file", /NUL/],
        ["d.html", Buffer.from("<html><script>x</script></html>"), "invalid_file", /no text/],
      ] as const;
      for (const [filename, bytes, code, message] of cases) {
        const file = await ingest.createFile(ten, { filename, purpose: "user_data", bytes });
        for (let tries = 0; tries < 2; tries++) {
          const added = await ingest.addFileToCollection(ten, "failing", file.id);
          assert.equal(added.status, "failed", filename);
          assert.equal(added.lastError?.code, code, filename);
          assert.match(added.lastError?.message ?? "", message);
        }
      }
      const { fileCounts, chunkCount } = await ingest.getCollection(ten, "failing");
      assert.deepEqual([fileCounts.failed, fileCounts.total, chunkCount], [6, 6, 0]);
    });

    test("adding twice, and the same content under another name, indexes once; either may go and the other stays", async () => {
      const { id } = await ingest.createCollection(ten, { name: "twice" });
      const one = await k.add("twice", "one.txt", "The cafeteria opens at noon.");
      const chunks = (await ingest.getCollection(ten, id)).chunkCount;
      await ingest.addFileToCollection(ten, "twice", one.fileId);
      const two = await k.add("twice", "one.txt", "The cafeteria opens at noon.");
      assert.equal(two.status, "completed");
      const after = await ingest.getCollection(ten, id);
      assert.deepEqual([after.chunkCount, after.fileCounts.completed], [chunks, 2]);
      await ingest.removeFileFromCollection(ten, "twice", one.fileId);
      const { passages } = await k.retrieve(ten, { collection: "twice", query: "cafeteria", topK: 5 });
      assert.deepEqual(
        passages.map((passage) => passage.fileId),
        [two.fileId],
      );
      await ingest.removeFileFromCollection(ten, "twice", two.fileId);
      assert.deepEqual(await k.find("twice", "cafeteria"), []);
      assert.equal((await ingest.getCollection(ten, id)).chunkCount, 0);
      await k.add("twice", "one.txt", "The cafeteria opens at noon.");
      assert.equal((await k.find("twice", "cafeteria")).length, 1);
    });

    test("a deleted file is gone from every collection at once, and from every table after cleaning", async () => {
      const before = await settled();
      await ingest.createCollection(ten, { name: "left" });
      await ingest.createCollection(ten, { name: "right" });
      const { fileId } = await k.add("left", "gone.txt", testProse(99, 3000));
      await ingest.addFileToCollection(ten, "right", fileId);
      assert.ok((await k.find("left", "own99x60")).length > 0);
      await ingest.deleteFile(ten, fileId);
      for (const name of ["left", "right"]) {
        assert.deepEqual(await k.find(name, "own99x60"), []);
        assert.deepEqual(await k.find(name, "warranty sensor"), []);
        assert.equal((await ingest.getCollection(ten, name)).fileCounts.total, 0);
      }
      await assert.rejects(ingest.getFile(ten, fileId), { code: "not_found" });
      await assert.rejects(ingest.readFile(ten, fileId), { code: "not_found" });
      assert.deepEqual(await k.objects.listObjects(ten, `files/${fileId}`), []);
      await ingest.deleteCollection(ten, "left");
      await ingest.deleteCollection(ten, "right");
      assert.deepEqual(await settled(), before);
    });

    test("a deleted collection is unknown at once and its name is free; another with the name starts empty", async () => {
      const before = await settled();
      const { id } = await ingest.createCollection(ten, { name: "short-lived" });
      const { fileId } = await k.add("short-lived", "a.txt", testProse(5, 2000));
      await ingest.deleteCollection(ten, "short-lived");
      for (const name of ["short-lived", id]) {
        await assert.rejects(k.find(name, "sensor"), { code: "collection_unknown" });
        await assert.rejects(ingest.getCollection(ten, name), { code: "collection_unknown" });
        await assert.rejects(ingest.addFileToCollection(ten, name, fileId), { code: "collection_unknown" });
      }
      await ingest.createCollection(ten, { name: "short-lived" });
      assert.deepEqual(await k.find("short-lived", "sensor"), []);
      await ingest.deleteCollection(ten, "short-lived");
      await ingest.deleteFile(ten, fileId);
      assert.deepEqual(await settled(), before);
    });

    test("another tenant's collections and files are to a tenant as if they did not exist", async () => {
      await ingest.createCollection(ten, { name: "secret" });
      const { fileId } = await k.add("secret", "canary.txt", "The canary is called Zebediah.");
      const { id } = await ingest.getCollection(ten, "secret");
      const attempts = [
        (collection: string, file: typeof fileId) => k.retrieve(other, { collection, query: "canary Zebediah", topK: 5 }).then(() => file),
        (collection: string) => ingest.getCollection(other, collection),
        (collection: string) => ingest.deleteCollection(other, collection),
        (collection: string) => ingest.updateCollection(other, collection, { name: "mine" }),
        (_: string, file: typeof fileId) => ingest.getFile(other, file),
        (_: string, file: typeof fileId) => ingest.readFile(other, file),
        (_: string, file: typeof fileId) => ingest.deleteFile(other, file),
        (collection: string, file: typeof fileId) => ingest.addFileToCollection(other, collection, file),
        (collection: string, file: typeof fileId) => ingest.getCollectionFile(other, collection, file),
        (collection: string, file: typeof fileId) => ingest.removeFileFromCollection(other, collection, file),
        (collection: string) => ingest.listCollectionFiles(other, collection),
      ];
      const tell = (error: unknown): string => JSON.stringify(error instanceof Error ? [error.name, error.message, error] : error);
      for (const attempt of attempts) {
        const foreign = await attempt(id, fileId).then(() => "passed", tell);
        const unknown = await attempt(collectionIds.make(1), fileIds.make(1)).then(() => "passed", tell);
        assert.equal(foreign, unknown);
        assert.notEqual(foreign, "passed");
      }
      await ingest.createCollection(other, { name: "secret" });
      await assert.rejects(ingest.addFileToCollection(other, "secret", fileId), { code: "not_found" });
      assert.equal((await ingest.listFiles(other)).data.length, 0);
      for (const table of ["files", "collections", "collection_files", "documents", "chunks", "postings"]) {
        const own = await k.db.query(tenantScope(ten), `SELECT 1 FROM ${table} LIMIT 1`);
        const foreign = await k.db.query(tenantScope(other), `SELECT 1 FROM ${table} WHERE tenant_id = $1 LIMIT 1`, [ten]);
        assert.deepEqual([own.length, foreign.length], [1, 0], table);
      }
      assert.deepEqual(await k.find("secret", "Zebediah"), ["canary.txt"]);
    });

    test("the search reaches postings by their primary key alone, as the application's role", async () => {
      const ids = ["sensor", "warranty", "probe"].map(termId);
      const use = await explainUses(k.db, tenantScope(ten), READ_POSTINGS, [(await ingest.getCollection(ten, "ranked")).id, ids]);
      const entered = use.indexes.find((one) => one.index === "postings_pkey");
      assert.match(entered?.condition ?? "", /tenant_id = .*collection_id = .*term_id = ANY/);
      assert.deepEqual(use.sequential, []);
    });

    test("two processes fill one collection at once, and every posting is written once", async () => {
      const { id } = await ingest.createCollection(ten, { name: "crowded" });
      const texts = Array.from({ length: 10 }, (_, at) => testProse(200 + Math.floor(at / 2), 1500));
      const files = await Promise.all(
        texts.map((text, at) => ingest.createFile(ten, { filename: "same.txt", purpose: `p${at}`, bytes: Buffer.from(text) })),
      );
      const [one, two] = [k.again(), k.again()];
      await Promise.all(files.map((file, at) => (at % 2 === 0 ? one : two).addFileToCollection(ten, id, file.id)));
      const { data } = await ingest.listCollectionFiles(ten, id);
      assert.deepEqual(new Set(data.map((each) => each.status)), new Set(["completed"]));
      // Ten files of five contents.
      const [sums] = await k.db.query(
        tenantScope(ten),
        `SELECT (SELECT count(*)::int FROM documents WHERE collection_id = $1 AND state = 'ready') AS documents,
           (SELECT count(*)::int FROM chunks WHERE collection_id = $1) AS chunks, (SELECT chunk_count FROM collections WHERE id = $1) AS counted,
           (SELECT sum(octet_length(entries))::int / 8 FROM postings WHERE collection_id = $1) AS postings`,
        [id],
      );
      const pieces: number[] = [];
      for (const text of new Set(texts)) {
        const parsed = await parse("same.txt", Buffer.from(text));
        assert.ok(parsed.ok);
        pieces.push(...chunk(parsed.text).map((piece) => new Set(indexedTerms({ title: parsed.title, language: "en" }, piece)).size));
      }
      const postings = pieces.reduce((sum, count) => sum + count, 0);
      assert.deepEqual(sums, { documents: 5, chunks: pieces.length, counted: pieces.length, postings });
    });

    test("names are unique in a tenant, may change, and never look like an id", async () => {
      const { id, name } = await ingest.createCollection(ten, {});
      assert.equal(name, id);
      await ingest.createCollection(ten, { name: "taken", metadata: { team: "sales" } });
      await assert.rejects(ingest.createCollection(ten, { name: "taken" }), { code: "conflict" });
      await assert.rejects(ingest.updateCollection(ten, id, { name: "taken" }), { code: "conflict" });
      assert.equal((await ingest.updateCollection(ten, id, { name: "renamed" })).name, "renamed");
      assert.deepEqual((await ingest.getCollection(ten, "taken")).metadata, { team: "sales" });
      await ingest.createCollection(other, { name: "taken" });
      for (const bad of [collectionIds.make(9), " blank", "a\nb", "x".repeat(257)]) {
        await assert.rejects(ingest.createCollection(ten, { name: bad }), { code: "body_invalid" });
      }
      await ingest.createCollection(ten, { name: "x".repeat(256) });
    });

    test("lists are paged both ways without gap or repeat", async () => {
      const { id } = await ingest.createCollection(ten, { name: "paged" });
      const added: string[] = [];
      for (let at = 0; at < 7; at++) added.push((await k.add("paged", `p${at}.txt`, `Page number ${at}.`)).fileId);
      const walk = async (order: "asc" | "desc"): Promise<string[]> => {
        const seen: string[] = [];
        for (let after: string | undefined; ; after = seen.at(-1)) {
          const page = await ingest.listCollectionFiles(ten, id, { limit: 3, order, after });
          seen.push(...page.data.map((one) => one.fileId));
          if (!page.hasMore) return seen;
        }
      };
      assert.deepEqual(await walk("asc"), added);
      assert.deepEqual(await walk("desc"), added.toReversed());
      const before = await ingest.listCollectionFiles(ten, id, { limit: 2, order: "asc", before: added[4] });
      assert.deepEqual(
        before.data.map((one) => one.fileId),
        added.slice(2, 4),
      );
      assert.equal((await ingest.listCollectionFiles(ten, id, { status: "failed" })).data.length, 0);
      const files = await ingest.listFiles(ten, { limit: 2, order: "asc", purpose: "user_data" });
      assert.deepEqual([files.data.length, files.hasMore], [2, true]);
      assert.equal((await ingest.listCollections(ten, { limit: 1000 })).data.filter((one) => one.name === "paged").length, 1);
    });

    test("file names lose their path, and bad ones and bytes past the limit are refused", async () => {
      const file = await ingest.createFile(ten, { filename: "C:\\docs\\a.md", purpose: "user_data", bytes: Buffer.from("x") });
      assert.equal(file.filename, "a.md");
      for (const filename of ["", "dir/", "a\nb.md", `${"x".repeat(253)}.md`]) {
        await assert.rejects(ingest.createFile(ten, { filename, purpose: "user_data", bytes: Buffer.from("x") }), { code: "body_invalid" });
      }
    });

    async function settled(): Promise<Readonly<Record<string, number>>> {
      await ingest.idle();
      return await k.count();
    }
  });
}

/** The best chunk of some texts by the formula over the chunks themselves. */
async function rankTexts(
  held: ReadonlyMap<string, { readonly text: string }>,
  query: string,
): Promise<{ readonly filename: string; readonly score: number }> {
  const chunks: { filename: string; found: string[] }[] = [];
  for (const [filename, { text }] of held) {
    const parsed = await parse(filename, Buffer.from(text));
    assert.ok(parsed.ok);
    for (const piece of chunk(parsed.text)) chunks.push({ filename, found: indexedTerms({ title: parsed.title, language: "en" }, piece) });
  }
  const asked = [...new Set(terms(query))];
  const searched = asked.map((term) => ({
    asked: 1,
    lists: [
      Uint32Array.from(
        chunks.flatMap(({ found }, no) => {
          const count = found.filter((one) => one === term).length;
          return count === 0 ? [] : [no, count + found.length * 65536];
        }),
      ),
    ],
  }));
  const lengthSum = chunks.reduce((sum, { found }) => sum + found.length, 0);
  const [best] = rankChunks({ chunkCount: chunks.length, lengthSum, hidden: [], terms: searched }, 1);
  return { filename: chunks[best?.no ?? -1]?.filename ?? "", score: best?.score ?? 0 };
}
