/**
 * How fast a large collection is searched by words and vectors together: `bun bench/hybrid.ts [pglite|postgres] [--chunks 100000] [--repeat 2]`. Questions
 * go through the whole retriever as the application role under forced row-level security; a question's vector is there already. The words are
 * those of knowledge/synthetic.ts, the vectors have 384 numbers and lie in clusters, as those of texts do.
 *
 * `--index N`: instead, how fast N vectors are put into the approximate index as they come, five in a transaction as ingestion does it, while somebody
 * else asks the database something small every 10 ms.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { composeDetectors } from "../src/compose/detectors.ts";
import { WHOLE_TENANT } from "../src/domain/reader.ts";
import { systemClock } from "../src/kernel/clock.ts";
import type { TenantId } from "../src/kernel/ids.ts";
import { createPostgresIndex, createRetriever } from "../src/retrieve/index.ts";
import { explainVectors, insertVectors, searchVectors } from "../src/store/vectors.ts";
import { createGraph } from "../src/store/vector-graphs.ts";
import { settleSpace, startGeneration, updateGeneration } from "../src/store/vector-generations.ts";
import type { Engine } from "../src/store/engine.ts";
import { tenantScope } from "../src/store/index.ts";
import { openCorpus } from "./knowledge/corpus.ts";
import { openSearch, percentile } from "./knowledge/engine.ts";
import { fillSynthetic } from "./knowledge/synthetic.ts";
import { createVectorSource, DIMENSIONS } from "./knowledge/vectors.ts";

const CONTENT_WORDS = 6;
const TOP_K = 8;
const ROWS_PER_INSERT = 200;
const INDEXED_PER_STEP = 5;
const ASKED_EVERY_MS = 10;
const RECALL_QUESTIONS = 100;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { chunks: { type: "string", default: "100000" }, repeat: { type: "string", default: "2" }, index: { type: "string" } },
});
const engine = positionals[0] ?? "pglite";
const source = createVectorSource(1);

/** Processor time of this process (with PGlite in it) and of PostgreSQL's, ms: what a question takes where nobody else wants the cores. */
async function processorMs(db: Engine): Promise<number> {
  const { user, system } = process.cpuUsage();
  if (db.engine === "pglite") return (user + system) / 1000;
  const rows = await db.asOwner((owner) =>
    owner.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE application_name = 'weir'"),
  );
  const ticks = rows.map(({ pid }) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []);
  return (user + system) / 1000 + ticks.reduce((sum, at) => sum + (Number(at[11]) + Number(at[12])) * 10, 0);
}

const show = (name: string, times: readonly number[]): void => {
  const sorted = times.toSorted((one, other) => one - other);
  const shown = [0.5, 0.95, 0.99, 1].map((share) => `p${share * 100} ${percentile(sorted, share).toFixed(1)}`).join("  ");
  console.log(`${name.padEnd(34)} ${shown} ms  (${sorted.length})`);
};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const fromMs = performance.now();
  await work();
  return performance.now() - fromMs;
}

/** All at once: first the rows, then their index, which takes a fraction of what it takes row by row. */
async function fillVectors(db: Engine, tenantId: TenantId, collectionId: Awaited<ReturnType<typeof fillSynthetic>>["id"], count: number) {
  const key = { collectionId, generation: 1 };
  await db.asOwner((owner) =>
    owner.query(
      "INSERT INTO vector_generations (tenant_id, collection_id, generation, model, space, dimensions, role, graph, created_at) VALUES ($1, $2, 1, 'm', 's', $3, 'serving', true, now())",
      [tenantId, collectionId, DIMENSIONS],
    ),
  );
  for (let from = 1; from <= count; from += ROWS_PER_INSERT) {
    const some = Array.from({ length: Math.min(ROWS_PER_INSERT, count - from + 1) }, (_, at) => ({
      no: from + at,
      textHash: String(from + at),
      vector: source.chunk(),
    }));
    await db.transaction(tenantScope(tenantId), (tx) => insertVectors(tx, tenantId, key, some, true));
    if (from % 20_000 === 1) process.stderr.write(`\r${from} vectors `);
  }
  const fromMs = performance.now();
  await db.asOwner((owner) => owner.script("SET maintenance_work_mem = '512MB'"));
  await createGraph(db, tenantId, key, DIMENSIONS);
  process.stderr.write(`index made in ${Math.round((performance.now() - fromMs) / 1000)} s\n`);
  await db.asOwner((owner) => owner.script("VACUUM (ANALYZE) chunk_vectors"));
  return key;
}

async function measureSearch(chunks: number, repeat: number): Promise<void> {
  const bench = await openSearch(engine);
  const { db, tenantId } = bench;
  try {
    const { id } = await fillSynthetic(db, tenantId, "bench", chunks);
    const key = await fillVectors(db, tenantId, id, chunks);
    const questions = openCorpus().questions(CONTENT_WORDS);
    const vectors = new Map(questions.map((question) => [question, source.question()]));
    const vectorOf = (question: string): Float32Array => vectors.get(question) ?? source.question();
    const degraded: string[] = [];
    const retrieve = createRetriever({
      index: createPostgresIndex({ db, clock: systemClock, guardRev: composeDetectors().rev }),
      dense: {
        clock: systemClock,
        embedQuery: async (_tenant, _model, text) => ({ vector: vectorOf(text), space: "s" }),
        degraded: (why) => void degraded.push(why),
      },
    });
    const everything = { kind: "hidden", ranges: [] } as const;
    const near = (question: string, way: "exact" | "graph") =>
      searchVectors(db, { ...key, tenantId, vector: vectorOf(question), visible: everything, limit: 60 }, way);
    const ask = (query: string, weights?: { dense: number; sparse: number }) =>
      retrieve(tenantId, { collection: "bench", query, topK: TOP_K, reader: WHOLE_TENANT, weights });
    console.log(
      `${engine}: ${chunks} chunks with vectors of ${DIMENSIONS}, ${questions.length} questions of ${CONTENT_WORDS} content words`,
    );
    const ways: readonly (readonly [string, (question: string) => Promise<unknown>])[] = [
      ["words alone", (question) => ask(question, { dense: 0, sparse: 1 })],
      ["vectors alone, the search itself", (question) => near(question, "graph")],
      ["hybrid, the whole retriever", (question) => ask(question)],
    ];
    for (const [name, work] of ways) {
      for (const question of questions.slice(0, 40)) await work(question);
      const times: number[] = [];
      const beforeMs = await processorMs(db);
      for (let round = 0; round < repeat; round++) for (const question of questions) times.push(await timed(() => work(question)));
      show(name, times);
      console.log(`${"".padEnd(34)} ${(((await processorMs(db)) - beforeMs) / times.length).toFixed(1)} ms of processor time each`);
    }
    let found = 0;
    for (const question of questions.slice(0, RECALL_QUESTIONS)) {
      const [exact, graph] = [(await near(question, "exact")).slice(0, 10), new Set((await near(question, "graph")).map(({ no }) => no))];
      found += exact.filter(({ no }) => graph.has(no)).length / exact.length;
    }
    console.log(
      `recall@10 of the approximate index: ${(found / Math.min(RECALL_QUESTIONS, questions.length)).toFixed(3)}; degraded: ${degraded.length}`,
    );
    const plans = await explainVectors(db, { ...key, tenantId, vector: source.question(), visible: everything, limit: 60 });
    console.log(plans.graph.replaceAll(/'\[[^']*'/g, "'[…]'"));
  } finally {
    await bench.close();
  }
}

async function measureIndexing(count: number): Promise<void> {
  const bench = await openSearch(engine);
  const { db, tenantId } = bench;
  try {
    const { id: collectionId } = await fillSynthetic(db, tenantId, "bench", 300);
    await db.asOwner((owner) => owner.query("UPDATE collections SET chunk_count = 0"));
    const key = { collectionId, generation: 1 };
    await db.transaction(tenantScope(tenantId), (tx) =>
      startGeneration(tx, tenantId, { collectionId, model: "m", space: "s", now: new Date(0) }),
    );
    await settleSpace(db, tenantId, key, { space: "s", dimensions: DIMENSIONS });
    await createGraph(db, tenantId, key, DIMENSIONS);
    await updateGeneration(db, tenantId, key, { graph: true });
    const waits: number[] = [];
    const end = new AbortController();
    const asker = (async () => {
      while (!end.signal.aborted) {
        waits.push(await timed(() => db.query(tenantScope(tenantId), "SELECT id FROM collections WHERE name = 'bench'")));
        await new Promise((resolve) => setTimeout(resolve, ASKED_EVERY_MS));
      }
    })();
    const steps: number[] = [];
    const beforeMs = await processorMs(db);
    const fromMs = performance.now();
    for (let from = 1; from <= count; from += INDEXED_PER_STEP) {
      const some = Array.from({ length: INDEXED_PER_STEP }, (_, at) => ({
        no: from + at,
        textHash: String(from + at),
        vector: source.chunk(),
      }));
      steps.push(await timed(() => db.transaction(tenantScope(tenantId), (tx) => insertVectors(tx, tenantId, key, some, true))));
    }
    const tookMs = performance.now() - fromMs;
    end.abort();
    await asker;
    console.log(`${(((await processorMs(db)) - beforeMs) / count).toFixed(2)} ms of processor time each`);
    console.log(`${engine}: ${Math.round((count / tookMs) * 1000)} vectors/s into the approximate index, up to ${count}`);
    show(`a transaction of ${INDEXED_PER_STEP}`, steps);
    show("somebody else's query meanwhile", waits);
  } finally {
    await bench.close();
  }
}

if (values.index === undefined) await measureSearch(Number(values.chunks), Number(values.repeat));
else await measureIndexing(Number(values.index));
