import { afterAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { DEFAULT_CUTTING } from "../domain/collection.ts";
import type { CollectionSettings, Cutting } from "../domain/collection.ts";
import { listTestEngines } from "../store/testing.ts";
import { createPrepareApart } from "./prepare-apart.ts";
import { prepare } from "./prepare.ts";
import { openKnowledge, POISON, testProse } from "./testing.ts";

const text = `# Handbook\n\n${testProse(4, 900)}`;
const cutting = (settings: Partial<Cutting>): Cutting => ({ ...DEFAULT_CUTTING, ...settings });

for (const engine of listTestEngines()) {
  const k = await openKnowledge(engine);
  const { ingest, ten } = k;
  describe(engine, () => {
    afterAll(() => k.close());
    const create = (name: string, settings: CollectionSettings) => ingest.createCollection(ten, { name, settings });
    const passages = async (collection: string, query: string) => (await k.retrieve(ten, { collection, query, topK: 5 })).passages;
    const chunksOf = async (name: string) => {
      const { id } = await ingest.getCollection(ten, name);
      return await k.db.asOwner((owner) =>
        owner.query<{ no: number; parent: number | null; context: string | null; held: boolean }>(
          "SELECT no, parent, context, quarantine IS NOT NULL AS held FROM chunks WHERE collection_id = $1 ORDER BY no",
          [id],
        ),
      );
    };

    test("small chunks are searched and the larger ones come back, as they stand in the text", async () => {
      await create("family", { chunking: { strategy: "parent-child", tokens: 64, parentTokens: 256 } });
      await k.add("family", "h.md", text);
      const chunks = await chunksOf("family");
      const parents = new Set(chunks.map(({ parent }) => parent));
      assert.ok(parents.size > 3 && parents.size < chunks.length / 2);
      const parsed = await prepare("h.md", Buffer.from(text));
      assert.ok(parsed.ok);
      const [best] = await passages("family", "own4x600");
      assert.ok(best !== undefined && best.text.includes("own4x600") && best.text.length > 600);
      assert.equal(best.end - best.start, best.text.length);
    });

    test("what is held of a larger chunk is never returned with the rest of it, until it is released", async () => {
      await create("poisoned", { chunking: { strategy: "parent-child", tokens: 64, parentTokens: 512 } });
      const marked = testProse(5, 250).replace("own5x120.", `own5x120 ${POISON} hiddenword.`);
      await k.add("poisoned", "p.txt", marked);
      const chunks = await chunksOf("poisoned");
      assert.equal(chunks.filter(({ held }) => held).length, 1);
      for (const query of ["own5x60", "own5x180", "hiddenword", "sensor warranty"])
        for (const passage of await passages("poisoned", query)) assert.ok(!passage.text.includes("hiddenword"), passage.text);
      assert.ok((await passages("poisoned", "own5x180")).length > 0);
    });

    test("small chunks are found by their neighbours' words, and by none of what is held beside them", async () => {
      await create("windows", { chunking: { strategy: "window", tokens: 64 } });
      const marked = testProse(6, 400).replace("own6x180.", `own6x180 ${POISON} hiddenword.`);
      await k.add("windows", "w.txt", marked);
      assert.deepEqual(await passages("windows", "hiddenword"), []);
      const found = await passages("windows", "own6x240");
      const whole = found.find((passage) => passage.text.includes("own6x240")) ?? assert.fail();
      // Its neighbours are found by its word too, so they stand in the same passage.
      assert.ok(whole.text.length > 2 * 64 * 4);
      assert.equal(whole.end - whole.start, whole.text.length);
      const [held] = (await ingest.listQuarantine(ten, "windows", { after: 0, limit: 5 })).data;
      assert.ok(held?.text.includes("hiddenword"));
    });

    test("a line of context is searched and not returned, and goes with its document", async () => {
      await create("lines", { context: "structure" });
      const { fileId } = await k.add("lines", "zebra-manual.md", text);
      assert.match((await chunksOf("lines"))[0]?.context ?? "", /^zebra-manual\.md · Handbook/);
      const [best] = await passages("lines", "zebra");
      assert.ok(best !== undefined && !best.text.includes("zebra"));
      await ingest.removeFileFromCollection(ten, "lines", fileId);
      await ingest.idle();
      const { id } = await ingest.getCollection(ten, "lines");
      const [left] = await k.db.asOwner((owner) =>
        owner.query<{ postings: number }>("SELECT count(*)::int AS postings FROM postings WHERE collection_id = $1", [id]),
      );
      assert.equal(left?.postings, 0);
    });

    test("a collection whose settings changed cuts what comes anew, and what is there stays found", async () => {
      await create("changing", {});
      await k.add("changing", "one.md", text);
      await ingest.updateCollection(ten, "changing", { settings: { chunking: { to: { strategy: "window", tokens: 64 } } } });
      await k.add("changing", "two.md", text);
      const names = new Set(
        (await k.retrieve(ten, { collection: "changing", query: "own4x600", topK: 5 })).passages.map(({ filename }) => filename),
      );
      assert.deepEqual([...names].toSorted(), ["one.md", "two.md"]);
    });
  });
}

test("a file's identity has its cutting in it, and its name only where that is searched", async () => {
  const hash = async (filename: string, how?: Cutting): Promise<string> => {
    const outcome = await prepare(filename, Buffer.from(text), how);
    return outcome.ok ? outcome.prepared.contentHash : assert.fail();
  };
  const usual = await hash("a.md");
  assert.equal(await hash("b.md", DEFAULT_CUTTING), usual);
  const window = cutting({ chunking: { strategy: "window", tokens: 64 } });
  assert.notEqual(await hash("a.md", window), usual);
  assert.equal(await hash("b.md", window), await hash("a.md", window));
  const lines = cutting({ context: "structure" });
  assert.notEqual(await hash("a.md", lines), await hash("b.md", lines));
});

test("a file that is read in a process of its own is cut the same", async () => {
  const apart = createPrepareApart();
  const large = Buffer.from(`# Title\n\n${testProse(8, 60_000)}`);
  const how = cutting({ chunking: { strategy: "parent-child", tokens: 128, parentTokens: 512 }, context: "structure" });
  assert.deepEqual(await apart.prepare("a.md", Buffer.from(large), how), await prepare("a.md", large, how));
  apart.close();
});
