/**
 * How fast a collection of a million chunks is searched by words: `bun bench/million.ts [pglite|postgres] [--chunks 1000000] [--repeat 2]`. The whole
 * retriever as the application role under forced row-level security; the index is filled as `knowledge/synthetic.ts` says.
 */
import { parseArgs } from "node:util";
import { openCorpus } from "./knowledge/corpus.ts";
import { openSearch, percentile } from "./knowledge/engine.ts";
import { fillSynthetic } from "./knowledge/synthetic.ts";

const CONTENT_WORDS = 6;
const TOP_K = 8;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { chunks: { type: "string", default: "1000000" }, repeat: { type: "string", default: "2" } },
});
const engine = positionals[0] ?? "postgres";
const questions = openCorpus().questions(CONTENT_WORDS);
const bench = await openSearch(engine);
try {
  const { db, tenantId, retrieve } = bench;
  const { chunks, postings } = await fillSynthetic(db, tenantId, "million", Number(values.chunks));
  console.log(`${engine}: ${chunks} chunks, ${postings} postings, ${questions.length} questions of ${CONTENT_WORDS} content words`);
  const ask = (query: string) => retrieve(tenantId, { collection: "million", query, topK: TOP_K });
  for (const question of questions.slice(0, 40)) await ask(question);
  const times: number[] = [];
  for (let round = 0; round < Number(values.repeat); round++) {
    for (const question of questions) {
      const fromMs = performance.now();
      await ask(question);
      times.push(performance.now() - fromMs);
    }
  }
  const sorted = times.toSorted((one, other) => one - other);
  console.log([0.5, 0.95, 0.99, 1].map((share) => `p${share * 100} ${percentile(sorted, share).toFixed(1)} ms`).join("  "));
} finally {
  await bench.close();
}
