/**
 * How fast a collection of many chunks is searched, and filled: `bun bench/postings.ts [pglite|postgres] [--chunks 100000] [--repeat 2]`.
 * Everything goes the whole way: files are uploaded and indexed, questions go through the retriever, as the application role under forced
 * row-level security. The corpus is described in knowledge/corpus.ts.
 */
import { parseArgs } from "node:util";
import { askedTerms } from "../src/retrieve/index.ts";
import { tenantScope } from "../src/store/index.ts";
import { READ_POSTINGS, readPostings } from "../src/store/postings.ts";
import { openCorpus, type Corpus } from "./knowledge/corpus.ts";
import { openBench, percentile, type Bench } from "./knowledge/engine.ts";

const WORDS_PER_FILE = 8_000;
const CONTENT_WORDS = 6;
const TOP_K = 8;

const idsOf = (question: string): readonly number[] => askedTerms(question, ["en"]).flatMap((one) => one.ids);

async function fill(bench: Bench, corpus: Corpus, wanted: number): Promise<number> {
  const { ingest, tenantId } = bench;
  await ingest.createCollection(tenantId, { name: "bench" });
  const startedMs = performance.now();
  let spentMs = 0;
  let chunks = 0;
  for (let at = 0; chunks < wanted; at++) {
    const bytes = Buffer.from(corpus.document(WORDS_PER_FILE));
    const fromMs = performance.now();
    const file = await ingest.createFile(tenantId, { filename: `document-${at}.txt`, purpose: "user_data", bytes });
    const added = await ingest.addFileToCollection(tenantId, "bench", file.id);
    spentMs += performance.now() - fromMs;
    if (added.status !== "completed") throw new Error(`document ${at}: ${added.lastError?.message ?? added.status}`);
    if (at % 100 !== 99 && at > 3) continue;
    ({ chunkCount: chunks } = await ingest.getCollection(tenantId, "bench"));
    process.stderr.write(
      `\r${chunks} chunks, ${Math.round((chunks / spentMs) * 1000)} chunks/s, ${Math.round((performance.now() - startedMs) / 1000)} s `,
    );
  }
  process.stderr.write("\n");
  return (chunks / spentMs) * 1000;
}

async function measure(
  name: string,
  questions: readonly string[],
  repeat: number,
  work: (question: string) => Promise<unknown>,
): Promise<void> {
  for (const question of questions.slice(0, 40)) await work(question);
  const times: number[] = [];
  for (let round = 0; round < repeat; round++) {
    for (const question of questions) {
      const fromMs = performance.now();
      await work(question);
      times.push(performance.now() - fromMs);
    }
  }
  const sorted = times.toSorted((one, other) => one - other);
  const shown = [0.5, 0.95, 0.99, 1].map((share) => `p${share * 100} ${percentile(sorted, share).toFixed(1)}`).join("  ");
  console.log(`${name.padEnd(34)} ${shown} ms  (${sorted.length} questions)`);
}

async function describe({ db, tenantId, ingest }: Bench, questions: readonly string[]): Promise<void> {
  const { id } = await ingest.getCollection(tenantId, "bench");
  const sizes = await db.asOwner((owner) =>
    owner.query<{ name: string; rows: number; mb: number }>(
      `SELECT relname AS name, pg_total_relation_size(oid) / 1048576 AS mb FROM pg_class WHERE relname IN ('postings', 'postings_pkey', 'chunks') ORDER BY 1`,
    ),
  );
  console.log(`size: ${sizes.map((row) => `${row.name} ${row.mb} MB`).join(", ")}`);
  let postings = 0;
  for (const question of questions) {
    const lists = await readPostings(db, tenantId, id, idsOf(question));
    for (const entries of lists.values()) postings += entries.length / 2;
  }
  console.log(`a question reads ${Math.round(postings / questions.length)} postings on average`);
  const plan = await db.query(tenantScope(tenantId), `EXPLAIN (ANALYZE) ${READ_POSTINGS}`, [id, idsOf(questions[0] ?? "")]);
  const lines = plan.map((row) => String(row["QUERY PLAN"]));
  for (const line of lines) if (/postings|Index Cond|Execution/.test(line)) console.log(`  ${line.trim().slice(0, 170)}`);
  if (!lines.some((line) => line.includes("postings_pkey"))) throw new Error("the search does not use the index of the postings");
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { chunks: { type: "string", default: "100000" }, repeat: { type: "string", default: "2" } },
});
const engine = positionals[0] ?? "pglite";
const corpus = openCorpus();
const questions = corpus.questions(CONTENT_WORDS);
const bench = await openBench(engine);
try {
  const speed = await fill(bench, corpus, Number(values.chunks));
  console.log(
    `${engine}: ${values.chunks} chunks, indexed at ${Math.round(speed)} chunks/s with ${bench.slow()} transactions over 25 ms, ${questions.length} questions of ${CONTENT_WORDS} content words`,
  );
  const { db, tenantId, retrieve } = bench;
  const { id } = await bench.ingest.getCollection(tenantId, "bench");
  await measure("index read and decoded", questions, Number(values.repeat), (question) => readPostings(db, tenantId, id, idsOf(question)));
  await measure(`passages, best ${TOP_K}`, questions, Number(values.repeat), (query) =>
    retrieve(tenantId, { collection: "bench", query, topK: TOP_K }),
  );
  await describe(bench, questions);
} finally {
  await bench.close();
}
