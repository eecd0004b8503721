/**
 * Ranking quality on Cranfield (1,400 abstracts, 225 queries, graded judgements) through the real index:
 * `bun bench/cranfield.ts [pglite|postgres]`. Each abstract is uploaded as a text file; a query's documents are ranked by their best passage.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DATA } from "./knowledge/corpus.ts";
import { openBench, type Bench } from "./knowledge/engine.ts";

const CUT = 10;
/** More than ten passages, because two may be of one document. */
const TOP_K = 30;

type Entry = { readonly id: string; readonly text: string };

const readLines = (path: string): readonly Entry[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { _id: id, text }: { readonly _id: string; readonly text: string } = JSON.parse(line);
      return { id, text };
    });

function readJudgements(path: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const byQuery = new Map<string, Map<string, number>>();
  for (const line of readFileSync(path, "utf8").split("\n").slice(1)) {
    const [query = "", document = "", score = ""] = line.trim().split("\t");
    if (query === "") continue;
    const judged = byQuery.get(query) ?? new Map<string, number>();
    byQuery.set(query, judged.set(document, Number(score)));
  }
  return byQuery;
}

const gain = (scores: readonly number[]): number => scores.slice(0, CUT).reduce((sum, score, at) => sum + score / Math.log2(at + 2), 0);

/** Normalised discounted cumulative gain with linear gains, as trec_eval computes it. */
function ndcg(ranked: readonly string[], judged: ReadonlyMap<string, number>): number {
  const ideal = gain([...judged.values()].toSorted((one, other) => other - one));
  return ideal === 0 ? 0 : gain(ranked.map((document) => judged.get(document) ?? 0)) / ideal;
}

async function fill({ ingest, tenantId }: Bench, documents: readonly Entry[]): Promise<void> {
  await ingest.createCollection(tenantId, { name: "cranfield" });
  for (const document of documents) {
    const bytes = Buffer.from(document.text);
    // Two entries of the collection are empty.
    if (document.text.trim() === "") continue;
    const file = await ingest.createFile(tenantId, { filename: `${document.id}.txt`, purpose: "user_data", bytes });
    const added = await ingest.addFileToCollection(tenantId, "cranfield", file.id);
    if (added.status !== "completed") throw new Error(`${document.id}: ${added.lastError?.message ?? added.status}`);
  }
}

async function rank({ retrieve, tenantId }: Bench, query: string): Promise<readonly string[]> {
  const { passages } = await retrieve(tenantId, { collection: "cranfield", query, topK: TOP_K });
  return [...new Set(passages.map((passage) => passage.filename.replace(".txt", "")))];
}

const folder = join(DATA, "cranfield");
if (!existsSync(folder)) throw new Error(`the collection is expected in ${folder}`);
const judgements = readJudgements(join(folder, "qrels.tsv"));
const documents = readLines(join(folder, "corpus.jsonl"));
const queries = readLines(join(folder, "queries.jsonl"));
const engine = process.argv[2] ?? "pglite";
const bench = await openBench(engine);
try {
  const startedMs = performance.now();
  await fill(bench, documents);
  const filledMs = performance.now() - startedMs;
  let sum = 0;
  for (const query of queries) sum += ndcg(await rank(bench, query.text), judgements.get(query.id) ?? new Map());
  console.log(
    `${engine}: ${documents.length} documents in ${(filledMs / 1000).toFixed(1)} s, ${queries.length} queries, nDCG@${CUT} ${(sum / queries.length).toFixed(4)} (reference 0.3836)`,
  );
} finally {
  await bench.close();
}
