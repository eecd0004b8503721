import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, test } from "bun:test";
import { collectionIds, tenantIds } from "../kernel/ids.ts";
import type { Engine } from "./engine.ts";
import { tenantScope } from "./index.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";
import { createGraph, dropStaleGraphs, graphCast, indexSome } from "./vector-graphs.ts";
import { dropGenerationStep, dropGenerations, settleSpace, startGeneration, updateGeneration } from "./vector-generations.ts";
import { insertVectors, searchVectors, explainVectors, type VectorAsk, type VectorHit } from "./vectors.ts";

const DIMENSIONS = 48;
const VECTORS = 3000;
const DENSE_RECALL_MIN = 0.95;

/** Clustered, as texts are: round the centres of some topics. */
function makeVectors(count: number, dimensions: number, seed: number): readonly Float32Array[] {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296 - 0.5;
  };
  const bell = (): number => next() + next() + next();
  const centres = Array.from({ length: 60 }, () => Array.from({ length: dimensions }, bell));
  return Array.from({ length: count }, () => {
    const centre = centres[Math.floor((next() + 0.5) * centres.length)] ?? [];
    const raw = Array.from({ length: dimensions }, (_, at) => (centre[at] ?? 0) + bell() * 0.8);
    const length = Math.hypot(...raw);
    return Float32Array.from(raw, (value) => value / length);
  });
}

for (const engine of listTestEngines()) {
  describe(engine, () => {
    const [ten, other] = [tenantIds.make(1), tenantIds.make(2)];
    const collectionId = collectionIds.make(1);
    const key = { collectionId, generation: 1 };
    const vectors = makeVectors(VECTORS, DIMENSIONS, 7);
    const questions = makeVectors(40, DIMENSIONS, 7).map((vector, at) => vectors[at * 70] ?? vector);
    let db: Engine;

    const everything: VectorAsk["visible"] = { kind: "hidden", ranges: [] };
    const find = (way: "exact" | "graph" | "ranges", vector: Float32Array, visible = everything, by = ten): Promise<readonly VectorHit[]> =>
      searchVectors(db, { ...key, tenantId: by, vector, visible, limit: 10 }, way);
    /** What any right answer has to equal, counted here. */
    const nearest = (vector: Float32Array, isVisible: (no: number) => boolean): readonly number[] =>
      vectors
        .map((one, at) => ({ no: at + 1, score: one.reduce((sum, value, place) => sum + value * (vector[place] ?? 0), 0) }))
        .filter(({ no }) => isVisible(no))
        .toSorted((one, two) => two.score - one.score)
        .slice(0, 10)
        .map(({ no }) => no);
    const recallOf = async (
      way: "exact" | "graph" | "ranges",
      visible: VectorAsk["visible"],
      isVisible: (no: number) => boolean,
    ): Promise<number> => {
      let found = 0;
      for (const vector of questions) {
        const hits = (await find(way, vector, visible)).map(({ no }) => no);
        assert.ok(hits.every(isVisible), "nothing is found that may not be");
        assert.equal(hits.length, 10);
        const wanted = nearest(vector, isVisible);
        found += wanted.filter((no) => hits.includes(no)).length / wanted.length;
      }
      return found / questions.length;
    };

    beforeAll(async () => {
      db = await openTestDatabase({ engine });
      for (const [slug, id] of Object.entries({ one: ten, other })) {
        await db.asOwner((owner) =>
          owner.query("INSERT INTO tenants (id, slug, name, digest_salt, created_at) VALUES ($1, $2, $2, '\\x00', now())", [id, slug]),
        );
        await db.query(
          tenantScope(id),
          "INSERT INTO collections (tenant_id, id, name, created_at, active_at) VALUES ($1, $2, 'c', now(), now())",
          [id, collectionId],
        );
        await db.transaction(tenantScope(id), (tx) => startGeneration(tx, id, { collectionId, model: "m", space: "s", now: new Date(0) }));
      }
      assert.ok(await settleSpace(db, ten, key, { space: "s", dimensions: DIMENSIONS }));
      for (let from = 0; from < VECTORS; from += 100)
        await db.transaction(tenantScope(ten), (tx) =>
          insertVectors(
            tx,
            ten,
            key,
            vectors.slice(from, from + 100).map((vector, at) => ({ no: from + at + 1, textHash: `${from + at}`, vector })),
            false,
          ),
        );
      // The other tenant's, of the same collection id: nearer to every question than anything of ours.
      await db.transaction(tenantScope(other), (tx) =>
        insertVectors(
          tx,
          other,
          key,
          questions.map((vector, at) => ({ no: 9000 + at, textHash: `${at}`, vector })),
          false,
        ),
      );
    });
    afterAll(() => db.close());

    test("a search looks at every vector and finds the nearest", async () => {
      assert.equal(await recallOf("exact", everything, () => true), 1);
      const hidden: VectorAsk["visible"] = {
        kind: "hidden",
        ranges: [
          [1, 500],
          [2000, 900],
        ],
      };
      assert.equal(await recallOf("exact", hidden, (no) => no > 500 && (no < 2000 || no >= 2900)), 1);
      const allowed: VectorAsk["visible"] = {
        kind: "allowed",
        ranges: [
          [10, 30],
          [700, 5],
          [2500, 40],
        ],
      };
      const isAllowed = (no: number): boolean => (no >= 10 && no < 40) || (no >= 700 && no < 705) || (no >= 2500 && no < 2540);
      assert.equal(await recallOf("ranges", allowed, isAllowed), 1);
      assert.deepEqual(await find("ranges", questions[0] ?? new Float32Array(), { kind: "allowed", ranges: [] }), []);
      console.log(`# ${questions.length * 3} searches compared with all distances, on ${engine}`);
    });

    test("another space, or another length, is not taken for the same", async () => {
      assert.equal(await settleSpace(db, ten, key, { space: "s", dimensions: DIMENSIONS + 1 }), false);
      assert.equal(await settleSpace(db, ten, key, { space: "t", dimensions: DIMENSIONS }), false);
    });

    test("the approximate index finds nearly all of the nearest, filters inside, and what is not in it yet is found as well", async () => {
      await createGraph(db, ten, key, DIMENSIONS);
      await createGraph(db, ten, key, DIMENSIONS);
      await updateGeneration(db, ten, key, { graph: true });
      assert.equal(await recallOf("graph", everything, () => true), 1, "nothing is in the index yet: all of it is searched exactly");
      let done = 0;
      for (let some = 1; some > 0 && done < 2400; done += some)
        some = await db.transaction(tenantScope(ten), (tx) => indexSome(tx, key, 50));
      const half = await recallOf("graph", everything, () => true);
      while ((await db.transaction(tenantScope(ten), (tx) => indexSome(tx, key, 50))) > 0);
      const whole = await recallOf("graph", everything, () => true);
      const ranges = Array.from({ length: 300 }, (_, at): readonly [number, number] => [at * 10 + 1, 9]);
      // One in ten may be seen: an index that filters afterwards would find four or five of ten.
      const tenth = await recallOf("graph", { kind: "hidden", ranges }, (no) => no % 10 === 0);
      for (const recall of [half, whole, tenth]) assert.ok(recall >= DENSE_RECALL_MIN, `${recall}`);
      console.log(
        `# recall@10 on ${engine}: ${half.toFixed(3)} with ${done} of ${VECTORS} in the index, ${whole.toFixed(3)} with all, ${tenth.toFixed(3)} of a tenth`,
      );
    });

    test("as the tenant's role each search enters by the index that is meant for it", async () => {
      const vector = questions[0] ?? new Float32Array();
      const plans = await explainVectors(db, { ...key, tenantId: ten, vector, visible: everything, limit: 10 });
      assert.match(plans.graph, new RegExp(`Index Scan using chunk_vectors_graph_${collectionId}_1 `));
      assert.match(plans.loose, /Index Scan using chunk_vectors_loose .*Index Cond: .*tenant_id.*collection_id.*generation/s);
      assert.match(plans.exact, /Index Scan using chunk_vectors_pkey .*Index Cond: .*tenant_id.*collection_id.*generation/s);
      assert.match(plans.ranges, /Index Scan using chunk_vectors_pkey .*Index Cond: .*no >= r\.first.*no < r\.past/s);
      for (const plan of Object.values(plans)) assert.doesNotMatch(plan, /Seq Scan/);
    });

    test("nobody finds another tenant's vectors, whatever the collection is called", async () => {
      for (const way of ["exact", "graph"] as const) {
        const hits = await find(way, questions[0] ?? new Float32Array(), everything, other);
        assert.ok(hits.length > 0 && hits.every(({ no }) => no >= 9000));
      }
    });

    test("vectors of any length that models have are stored and found; beyond what the index takes, exactly", async () => {
      for (const dimensions of [1, 2000, 2001, 4000, 4096]) {
        const generation = dimensions + 10;
        const long = makeVectors(4, dimensions, 3);
        await db.transaction(tenantScope(ten), (tx) =>
          insertVectors(
            tx,
            ten,
            { collectionId, generation },
            long.map((vector, no) => ({ no, textHash: "x", vector })),
            false,
          ),
        );
        const ask = { collectionId, generation, tenantId: ten, vector: long[2] ?? new Float32Array(), visible: everything, limit: 1 };
        assert.ok(((await searchVectors(db, ask, "exact"))[0]?.score ?? 0) > 0.999);
        if (dimensions > 4000) continue;
        await createGraph(db, ten, { collectionId, generation }, dimensions);
        await db.transaction(tenantScope(ten), (tx) => indexSome(tx, { collectionId, generation }, 10));
        assert.ok(((await searchVectors(db, ask, "graph"))[0]?.score ?? 0) > 0.99, `${dimensions}`);
      }
      assert.equal(graphCast(2001).operators, "halfvec_ip_ops");
    });

    test("what is dropped goes in steps, and its index with it", async () => {
      for (const id of [ten, other]) assert.deepEqual(await dropGenerations(db, id, collectionId), [1]);
      while (await dropGenerationStep(db, ten, key, 500));
      assert.ok((await dropStaleGraphs(db)) >= 1);
      const [left] = await db.asOwner((owner) =>
        owner.query<{ rows: number; indexes: number }>(
          `SELECT (SELECT count(*) FROM chunk_vectors WHERE tenant_id = '${ten}' AND generation = 1) AS rows,
             (SELECT count(*) FROM pg_class WHERE relname LIKE 'chunk\\_vectors\\_graph%') AS indexes`,
        ),
      );
      assert.deepEqual(left, { rows: 0, indexes: 0 });
    });
  });
}
