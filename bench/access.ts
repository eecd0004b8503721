/**
 * What access lists and filters cost a search: `bun bench/access.ts [pglite|postgres] [--chunks 135000] [--repeat 1]`, 27 chunks a document. Documents of
 * three groups and of none, a quarter each; natural questions by somebody who may see all, by a member, and by a member with a filter. `changed`: the
 * collection has changed since the last search, so that what may be seen is read anew.
 */
import { parseArgs } from "node:util";
import type { AttributeFilter, Reader } from "../src/domain/reader.ts";
import { WHOLE_TENANT } from "../src/domain/reader.ts";
import { tenantScope } from "../src/store/index.ts";
import { openCorpus } from "./knowledge/corpus.ts";
import { openSearch, percentile, type SearchBench } from "./knowledge/engine.ts";
import { fillSynthetic } from "./knowledge/synthetic.ts";

const CONTENT_WORDS = 6;
const TOP_K = 8;

/** As `updateCollectionFile` would, for all of them at once: what a document is for, and a year, by its place. */
const TAGGED = `UPDATE collection_files m SET attributes = json_build_object('year', 2020 + n.no % 6),
    access_groups = CASE n.no / 6 % 4 WHEN 1 THEN ARRAY['hr'] WHEN 2 THEN ARRAY['legal'] WHEN 3 THEN ARRAY['sales'] END
  FROM (SELECT file_id, row_number() OVER (ORDER BY file_id) AS no FROM collection_files) n WHERE n.file_id = m.file_id`;

const MEMBER: Reader = { kind: "member", groups: ["hr", "works council"], clearance: undefined, jurisdiction: undefined };
const FILTER: AttributeFilter = { type: "gte", key: "year", value: 2023 };

type Ask = { readonly reader: Reader; readonly filter?: AttributeFilter; readonly changed?: boolean };

/** Each question is asked in every way before the next, so that what else the machine does is the same for all of them. */
async function measure(bench: SearchBench, ways: Readonly<Record<string, Ask>>, repeat: number): Promise<void> {
  const { db, tenantId, retrieve } = bench;
  const questions = openCorpus().questions(CONTENT_WORDS);
  const search = async (query: string, { changed = false, ...ask }: Ask): Promise<number> => {
    if (changed) await db.query(tenantScope(tenantId), "UPDATE collections SET version = version + 1");
    const fromMs = performance.now();
    await retrieve(tenantId, { collection: "bench", query, topK: TOP_K, ...ask });
    return performance.now() - fromMs;
  };
  const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (const question of questions.slice(0, 40)) for (const ask of Object.values(ways)) await search(question, ask);
  for (let round = 0; round < repeat; round++)
    for (const question of questions) for (const [name, ask] of Object.entries(ways)) times.get(name)?.push(await search(question, ask));
  for (const [name, own] of times) {
    const sorted = own.toSorted((one, other) => one - other);
    const shown = [0.1, 0.5, 0.95].map((share) => `p${share * 100} ${percentile(sorted, share).toFixed(1)}`).join("  ");
    console.log(`${name.padEnd(58)} ${shown} ms  (${sorted.length} questions)`);
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    chunks: { type: "string", default: "135000" },
    repeat: { type: "string", default: "1" },
  },
});
const engine = positionals[0] ?? "pglite";
const repeat = Number(values.repeat);
const bench = await openSearch(engine);
try {
  const { chunks } = await fillSynthetic(bench.db, bench.tenantId, "bench", Number(values.chunks));
  const [row] = await bench.db.query<{ count: number }>(tenantScope(bench.tenantId), "SELECT count(*)::int AS count FROM documents");
  console.log(`${engine}: ${chunks} chunks in ${row?.count} documents, ${CONTENT_WORDS} content words a question, best ${TOP_K}`);
  await measure(
    bench,
    { "nothing restricted, whole tenant": { reader: WHOLE_TENANT }, "nothing restricted, a member": { reader: MEMBER } },
    repeat,
  );
  await bench.db.query(tenantScope(bench.tenantId), TAGGED);
  await bench.db.query(tenantScope(bench.tenantId), "UPDATE collections SET version = version + 1");
  const ways: Readonly<Record<string, Ask>> = {
    "three groups, whole tenant": { reader: WHOLE_TENANT },
    "three groups, a member of one: half the documents": { reader: MEMBER },
    "the same with a filter: a quarter of them": { reader: MEMBER, filter: FILTER },
  };
  await measure(bench, ways, repeat);
  await measure(
    bench,
    Object.fromEntries(Object.entries(ways).map(([name, ask]) => [`${name}, changed`, { ...ask, changed: true }])),
    repeat,
  );
} finally {
  await bench.close();
}
