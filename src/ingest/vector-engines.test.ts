import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { startFakeQdrant, type FakeQdrant } from "../qdrant/testing.ts";
import { createQdrant, type Qdrant } from "../qdrant/index.ts";
import { tenantScope } from "../store/index.ts";
import { openKnowledge, type Knowledge } from "./testing.ts";
import { createTestEmbedding } from "./testing-embedding.ts";

/** Every document its own subject, so that what a question is about is known. */
const SUBJECTS = "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa".split(" ");
const textOf = (subject: string): string => `Inspecting ${subject} equipment takes an hour. ${subject} valves are checked weekly.`;
const questionOf = (subject: string): string => `how are ${subject}-valve inspections done`;

type Engine = { readonly name: string; open(): Promise<{ k: Knowledge; fake: FakeQdrant | undefined; close(): Promise<void> }> };
const ENGINES: readonly Engine[] = [
  {
    name: "pgvector",
    async open() {
      const k = await openKnowledge("pglite", createTestEmbedding());
      return { k, fake: undefined, close: () => k.close() };
    },
  },
  { name: "qdrant", open: openWithQdrant },
];

async function openWithQdrant(): Promise<{ k: Knowledge; fake: FakeQdrant; qdrant: Qdrant; close(): Promise<void> }> {
  const fake = await startFakeQdrant();
  const qdrant = createQdrant({ url: fake.url, apiKey: undefined, timeoutMs: 5_000 });
  const k = await openKnowledge("pglite", createTestEmbedding(), qdrant);
  return {
    k,
    fake,
    qdrant,
    async close() {
      await k.close();
      await fake.close();
    },
  };
}

const dense = { dense: 1, sparse: 0 };
const findDense = async (k: Knowledge, query: string, topK = 3): Promise<readonly string[]> =>
  (await k.retrieve(k.ten, { collection: "c", query, topK, weights: dense })).passages.map(({ filename }) => filename);
const looseIn = async (k: Knowledge): Promise<number> =>
  (await k.db.query(tenantScope(k.ten), "SELECT 1 FROM chunk_vectors WHERE NOT indexed")).length;
const pointsOf = (fake: FakeQdrant): number => [...fake.collections.values()].reduce((sum, { points }) => sum + points.size, 0);

for (const engine of ENGINES) {
  describe(`the contract of both engines: ${engine.name}`, () => {
    test("what is added is found by meaning at once, deleted it is found no more, and tenants do not meet", async () => {
      const { k, close } = await engine.open();
      try {
        await k.ingest.createCollection(k.ten, { name: "c" });
        const files = new Map<string, Awaited<ReturnType<Knowledge["add"]>>["fileId"]>();
        for (const subject of SUBJECTS) files.set(subject, (await k.add("c", `${subject}.md`, textOf(subject))).fileId);
        let cases = 0;
        const check = async (there: readonly string[]): Promise<void> => {
          for (const subject of SUBJECTS) {
            const found = await findDense(k, questionOf(subject));
            assert.equal(found[0] === `${subject}.md`, there.includes(subject), `${engine.name}: ${subject}`);
            assert.ok(found.every((filename) => there.includes(filename.replace(".md", ""))));
            cases += 1;
          }
        };
        // Some may be in the approximate index, some not yet: both are found.
        await check(SUBJECTS);
        await k.ingest.idle();
        await check(SUBJECTS);
        const [first = "", second = ""] = SUBJECTS;
        for (const subject of [first, second]) {
          const id = files.get(subject);
          assert.ok(id !== undefined);
          await k.ingest.removeFileFromCollection(k.ten, "c", id);
          const left = SUBJECTS.filter((one) => one !== first && (subject === first || one !== second));
          await check(left);
        }
        await k.ingest.idle();
        await check(SUBJECTS.slice(2));
        await k.ingest.createCollection(k.other, { name: "c" });
        assert.equal((await k.retrieve(k.other, { collection: "c", query: questionOf(first), topK: 3 })).passages.length, 0);
        console.log(`# ${engine.name}: ${cases} searches by meaning, each with what may be found and no more`);
      } finally {
        await close();
      }
    });
  });
}

describe("Qdrant in the place of pgvector's index", () => {
  test("it holds every vector once the work is done, and no word of a document", async () => {
    const { k, fake, close } = await openWithQdrant();
    try {
      await k.ingest.createCollection(k.ten, { name: "c" });
      for (const subject of SUBJECTS) await k.add("c", `${subject}.md`, textOf(subject));
      await k.ingest.idle();
      assert.deepEqual([await looseIn(k), pointsOf(fake)], [0, SUBJECTS.length]);
      assert.ok(fake.bodies.every((body) => !SUBJECTS.some((subject) => body.includes(subject))));
      const before = fake.seen.filter((one) => one.includes("points/query")).length;
      await findDense(k, questionOf("kilo"));
      assert.equal(fake.seen.filter((one) => one.includes("points/query")).length, before + 1);
    } finally {
      await close();
    }
  });

  test("away while documents are added: they are complete and found all the same, and brought there when it is back", async () => {
    const { k, fake, close } = await openWithQdrant();
    try {
      await k.ingest.createCollection(k.ten, { name: "c" });
      await k.add("c", "alpha.md", textOf("alpha"));
      await k.ingest.idle();
      for (let at = 0; at < 40; at++) fake.fail("error");
      const { status } = await k.add("c", "bravo.md", textOf("bravo"));
      assert.equal(status, "completed");
      await k.ingest.idle();
      assert.equal(await looseIn(k), 1);
      // Words find meanwhile, and the search says that it went by them alone.
      const found = await k.retrieve(k.ten, { collection: "c", query: "inspecting bravo", topK: 3 });
      assert.deepEqual([found.passages[0]?.filename, found.degraded], ["bravo.md", "dense"]);
      fake.recover();
      await k.ingest.resume();
      await k.ingest.idle();
      assert.deepEqual([await looseIn(k), pointsOf(fake)], [0, 2]);
      assert.deepEqual((await findDense(k, questionOf("bravo")))[0], "bravo.md");
    } finally {
      await close();
    }
  });

  test("emptied behind the server's back it is filled again by the next process", async () => {
    const { k, fake, qdrant, close } = await openWithQdrant();
    try {
      await k.ingest.createCollection(k.ten, { name: "c" });
      for (const subject of SUBJECTS) await k.add("c", `${subject}.md`, textOf(subject));
      await k.ingest.idle();
      await qdrant.dropTenant(k.ten);
      assert.equal(pointsOf(fake), 0);
      const next = k.again();
      await next.resume();
      await next.idle();
      await next.close();
      assert.deepEqual([await looseIn(k), pointsOf(fake)], [0, SUBJECTS.length]);
    } finally {
      await close();
    }
  });
});
