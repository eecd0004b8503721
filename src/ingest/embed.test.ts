import assert from "node:assert/strict";
import { describe, test } from "bun:test";
import { Fault } from "../kernel/fault.ts";
import { listTestEngines } from "../store/testing.ts";
import { openKnowledge, POISON, testProse, type Knowledge } from "./testing.ts";
import { createTestEmbedding, type TestEmbedding } from "./testing-embedding.ts";

type Stored = { readonly no: number; readonly generation: number; readonly hash: string };

async function storedIn({ db }: Knowledge): Promise<readonly Stored[]> {
  return await db.asOwner((owner) =>
    owner.query<Stored>("SELECT no, generation, text_hash AS hash FROM chunk_vectors ORDER BY generation, collection_id, no"),
  );
}

async function withKnowledge(
  engine: "pglite" | "postgres",
  body: (k: Knowledge, embedding: TestEmbedding) => Promise<void>,
): Promise<void> {
  const embedding = createTestEmbedding();
  const k = await openKnowledge(engine, embedding);
  try {
    await body(k, embedding);
  } finally {
    await k.close();
  }
}

for (const engine of listTestEngines()) {
  describe(engine, () => {
    test("a completed file is found by both legs: what shares no whole word with the question as well", () =>
      withKnowledge(engine, async (k, embedding) => {
        await k.ingest.createCollection(k.ten, { name: "c" });
        const { status } = await k.add("c", "battery.md", "Calibrating accumulators takes an hour.");
        await k.add("c", "holiday.md", "Salaries are paid before holidays begin.");
        assert.equal(status, "completed");
        assert.equal((await storedIn(k)).length, 2);
        assert.deepEqual(await k.find("c", "accumulator recalibration?", 1), ["battery.md"]);
        const { passages, indexVersion } = await k.retrieve(k.ten, { collection: "c", query: "how is a thing calibrated", topK: 5 });
        assert.match(indexVersion, /\.1$/);
        assert.equal(passages[0]?.filename, "battery.md");
        // Words alone where the caller says so: then nothing is embedded.
        const before = embedding.asked.length;
        const words = await k.retrieve(k.ten, { collection: "c", query: "recalibration", topK: 5, weights: { dense: 0, sparse: 1 } });
        assert.deepEqual([words.passages.length, embedding.asked.length], [0, before]);
      }));

    test("the same text is never asked for twice: not in a file, not in another collection, not after a restart", () =>
      withKnowledge(engine, async (k, embedding) => {
        for (const name of ["c", "d"]) await k.ingest.createCollection(k.ten, { name });
        const text = testProse(3, 4000);
        await k.add("c", "one.txt", text);
        const asked = embedding.asked.flat();
        assert.ok(asked.length > 5);
        await k.add("d", "one.txt", text);
        assert.equal(embedding.asked.flat().length, asked.length);
        await k.add("d", "one.txt", `${text}\n\nAnd one more paragraph.`);
        const fresh = embedding.asked.flat().slice(asked.length);
        assert.ok(fresh.length > 0 && fresh.length < 3, `${fresh.length} of ${asked.length} were asked for again`);
        // A paragraph that stands there forty times is one text.
        await k.add("c", "repeated.md", Array.from({ length: 40 }, () => `# Notice\n\n${"Same words. ".repeat(250)}`).join("\n\n"));
        const everything = embedding.asked.flat();
        assert.equal(new Set(everything).size, everything.length);
        console.log(`# ${asked.length} texts, ${fresh.length} of a longer copy`);
      }));

    test("an unfit answer fails the file with its name, stores nothing, and stops nothing else", () =>
      withKnowledge(engine, async (k, embedding) => {
        await k.ingest.createCollection(k.ten, { name: "c" });
        await k.add("c", "good.md", "The first document, which says how long vectors are.");
        const before = (await storedIn(k)).length;
        const broken: readonly [string, TestEmbedding["twist"]][] = [
          ["63 numbers where this collection's have 64", (all) => all.map((one) => one.slice(1))],
          ["without a direction", (all) => all.map((one) => [Number.NaN, ...one.slice(1)])],
          ["without a direction", (all) => all.map((one) => [...one.slice(1), Number.POSITIVE_INFINITY])],
          ["without a direction", (all) => all.map((one) => one.map(() => 0))],
          ["0 vectors for 1 texts", (all) => all.slice(1)],
          ["2 vectors for 1 texts", (all) => [...all, ...all]],
        ];
        for (const [at, [why, twist]] of broken.entries()) {
          embedding.twist = twist;
          const { fileId, status } = await k.add("c", `bad${at}.md`, `Document number ${at} of the broken ones.`);
          const { lastError } = await k.ingest.getCollectionFile(k.ten, "c", fileId);
          assert.equal(status, "failed");
          const said = lastError?.message ?? "";
          assert.ok(said.includes(why) && said.includes(`bad${at}.md`), said);
        }
        await k.ingest.idle();
        assert.equal((await storedIn(k)).length, before);
        embedding.twist = (all) => all;
        assert.equal((await k.add("c", "after.md", "And one that is well again.")).status, "completed");
        console.log(`# ${broken.length} kinds of unfit answers`);
      }));

    test("a model that is away leaves the file under way; it is tried again, and completes", () =>
      withKnowledge(engine, async (k, embedding) => {
        await k.ingest.createCollection(k.ten, { name: "c" });
        embedding.twist = () => {
          throw new Fault("target_down");
        };
        const { fileId, status } = await k.add("c", "one.md", "A document about waiting.");
        assert.equal(status, "in_progress");
        assert.deepEqual(await k.find("c", "waiting"), []);
        embedding.twist = (all) => all;
        await k.ingest.resume();
        await k.ingest.idle();
        assert.equal((await k.ingest.getCollectionFile(k.ten, "c", fileId)).status, "completed");
        assert.deepEqual(await k.find("c", "waiting"), ["one.md"]);
      }));

    test("a question whose vector cannot be had is answered by words, and says so", () =>
      withKnowledge(engine, async (k, embedding) => {
        await k.ingest.createCollection(k.ten, { name: "c" });
        await k.add("c", "one.md", "A document about waiting.");
        for (const [twist, why] of [
          [
            () => {
              throw new Fault("target_down");
            },
            "embedding-failed",
          ],
          [(all: number[][]) => all.map((one) => one.slice(1)), "vector-unfit"],
          [(all: number[][]) => all.map((one) => one.map(() => 0)), "vector-unfit"],
        ] as const) {
          embedding.twist = twist;
          const found = await k.retrieve(k.ten, { collection: "c", query: `waiting ${why}`, topK: 3 });
          assert.deepEqual([found.degraded, found.passages[0]?.filename], ["dense", "one.md"]);
          assert.equal(k.told.at(-1), `degraded: ${why}`);
        }
      }));

    test("what is deleted is not found from that moment, and its vectors go; what is held never has any until it is released", () =>
      withKnowledge(engine, async (k) => {
        await k.ingest.createCollection(k.ten, { name: "c" });
        const { fileId } = await k.add("c", "one.md", "A document about calibration.");
        await k.add("c", "two.md", "Another document, of calibrations.");
        await k.ingest.removeFileFromCollection(k.ten, "c", fileId);
        assert.deepEqual(await k.find("c", "calibrated", 5), ["two.md"]);
        await k.ingest.idle();
        assert.equal((await storedIn(k)).length, 1);
        const poisoned = await k.add("c", "three.md", `${POISON} and calibrate.`);
        assert.equal(poisoned.status, "failed");
        assert.equal((await storedIn(k)).length, 1);
        await k.ingest.deleteCollection(k.ten, "c");
        await k.ingest.idle();
        assert.equal((await storedIn(k)).length, 0);
        const [left] = await k.db.asOwner((owner) =>
          owner.query<{ rows: number }>(
            "SELECT (SELECT count(*) FROM vector_generations) + (SELECT count(*) FROM embedded_documents) AS rows",
          ),
        );
        assert.equal(left?.rows, 0);
      }));

    test("a private collection's documents go to no external model, and one that names no model is told so", () =>
      withKnowledge(engine, async (k, embedding) => {
        await k.ingest.createCollection(k.ten, { name: "inside", settings: { embedding: "m9", trust: "private" } });
        await k.ingest.createCollection(k.ten, { name: "nowhere", settings: { embedding: "gone" } });
        for (const [name, why] of [
          ["inside", "private models only"],
          ["nowhere", "no model of kind embedding"],
        ] as const) {
          const { fileId, status } = await k.add(name, "one.md", "A document that stays.");
          const said = (await k.ingest.getCollectionFile(k.ten, name, fileId)).lastError?.message ?? "";
          assert.ok(status === "failed" && said.includes(why), said);
        }
        assert.equal(embedding.asked.length, 0);
      }));

    test("without pgvector, and in a collection that wants none, words find everything", () =>
      withKnowledge(engine, async (k, embedding) => {
        await k.ingest.createCollection(k.ten, { name: "plain", settings: { embedding: null } });
        await k.add("plain", "one.md", "A document about waiting.");
        embedding.stored = false;
        await k.ingest.createCollection(k.ten, { name: "c" });
        await k.add("c", "one.md", "A document about waiting.");
        assert.deepEqual(
          [embedding.asked.length, await k.find("c", "waiting"), await k.find("plain", "waiting")],
          [0, ["one.md"], ["one.md"]],
        );
      }));
  });
}
