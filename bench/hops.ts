/**
 * What a second search and a choice over documents find: `bun bench/hops.ts [pglite|postgres]`. Own questions whose answer is in two places of the demo
 * documents (beside Weir's own documentation), and the documentation questions of anthropic-docs, most of which have two right chunks; by words alone.
 */
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { asksForSynthesis } from "../src/retrieve/diversity.ts";
import { DATA } from "./knowledge/corpus.ts";
import { openBench, type Bench } from "./knowledge/engine.ts";

const ROOT = join(import.meta.dirname, "..");
const TOP = 5;
const percent = (part: number, all: number): string => `${((100 * part) / all).toFixed(1)} %`;

async function add({ ingest, tenantId }: Bench, collection: string, filename: string, bytes: Buffer): Promise<void> {
  const file = await ingest.createFile(tenantId, { filename, purpose: "user_data", bytes });
  await ingest.addFileToCollection(tenantId, collection, file.id);
}

async function measureOwn(bench: Bench): Promise<void> {
  const { ingest, tenantId } = bench;
  await ingest.createCollection(tenantId, { name: "house", settings: { chunking: { strategy: "sentence", tokens: 128, overlap: 0 } } });
  for (const folder of ["demo/documents", "docs"])
    for (const name of (await readdir(join(ROOT, folder))).toSorted())
      if (/\.(?:md|txt|html)$/.test(name)) await add(bench, "house", name, readFileSync(join(ROOT, folder, name)));
  const lines = readFileSync(join(ROOT, "test/follow-ups/two-places.txt"), "utf8").split("\n");
  const questions = lines.flatMap((line) => {
    const [places, query] = line.split(" = ");
    return line.startsWith("#") || places === undefined || query === undefined ? [] : [{ places: places.split(" & "), query }];
  });
  for (const hops of [1, 2] as const) {
    let [both, one] = [0, 0];
    for (const { places, query } of questions) {
      const { passages } = await bench.retrieve(tenantId, { collection: "house", topK: TOP, query, hops });
      const text = passages.map((passage) => passage.text.replace(/\s+/g, " ")).join("\n");
      const found = places.filter((place) => text.includes(place)).length;
      both += Number(found === places.length);
      one += found / places.length;
    }
    console.log(
      `two places, hops ${hops}: both in the first ${TOP} ${percent(both, questions.length)}, of all places ${percent(one, questions.length)} (${questions.length})`,
    );
  }
}

const TEAMS =
  "Harbour Lantern Meridian Cobalt Juniper Falcon Saffron Granite Willow Orchard Beacon Quarry Ember Tundra Marble Cedar Delta Hazel Indigo Jasper".split(
    " ",
  );
const PROJECTS =
  "Albatross Bluebell Cyclone Dragonfly Eclipse Firefly Glacier Hedgehog Iceberg Jackdaw Kestrel Lighthouse Mistral Nightjar Osprey Pelican Quicksilver Raindrop Sandpiper Thistle".split(
    " ",
  );

/** Chains made by program: a note says who runs a project, another where that team sits. The question names the project alone. */
async function measureChains(bench: Bench): Promise<void> {
  for (const [at, project] of PROJECTS.entries()) {
    const team = TEAMS[(at * 7) % TEAMS.length] ?? "";
    await add(
      bench,
      "house",
      `project-${at}.md`,
      Buffer.from(
        `# Project ${project}\n\nProject ${project} started last year. It is run by the ${team} Group and has ${at + 3} members of staff.`,
      ),
    );
    await add(
      bench,
      "house",
      `group-${at}.md`,
      Buffer.from(
        `# ${team} Group\n\nThe ${team} Group sits in building ${at + 11} on floor ${(at % 4) + 1}. Visitors of the group ring at the door.`,
      ),
    );
  }
  for (const hops of [1, 2] as const) {
    let found = 0;
    for (const [at, project] of PROJECTS.entries()) {
      const query = `In which building do the people sit who run Project ${project}?`;
      const { passages } = await bench.retrieve(bench.tenantId, { collection: "house", topK: TOP, query, hops });
      if (
        passages.some(({ filename }) => filename === `group-${at}.md`) &&
        passages.some(({ filename }) => filename === `project-${at}.md`)
      )
        found++;
    }
    console.log(`chains, hops ${hops}: both notes in the first ${TOP} ${percent(found, PROJECTS.length)} (${PROJECTS.length})`);
  }
}

type Chunk = { readonly chunk_link: string; readonly chunk_heading: string; readonly text: string };
type Question = { readonly question: string; readonly correct_chunks: readonly string[] };

const read = (name: string): string => readFileSync(join(DATA, "anthropic-docs", name), "utf8");

async function measureDocs(bench: Bench): Promise<void> {
  const chunks: readonly Chunk[] = JSON.parse(read("anthropic_docs.json"));
  const questions: readonly Question[] = JSON.parse(read("docs_evaluation_dataset.json"));
  const { ingest, tenantId } = bench;
  await ingest.createCollection(tenantId, { name: "docs", settings: { chunking: { strategy: "sentence", tokens: 4096, overlap: 0 } } });
  for (const [at, { text }] of chunks.entries()) await add(bench, "docs", `${at}.txt`, Buffer.from(text));
  for (const top of [3, 5, 10])
    for (const hops of [1, 2] as const) {
      let recall = 0;
      for (const { question, correct_chunks } of questions) {
        const { passages } = await bench.retrieve(tenantId, { collection: "docs", topK: top, query: question, hops });
        const links = new Set(passages.map(({ filename }) => chunks[Number.parseInt(filename, 10)]?.chunk_link));
        recall += correct_chunks.filter((link) => links.has(link)).length / correct_chunks.length;
      }
      console.log(`anthropic-docs, hops ${hops}: recall@${top} ${percent(recall, questions.length)}`);
    }
  console.log(
    `anthropic-docs: ${questions.filter(({ question }) => asksForSynthesis(question)).length} of ${questions.length} taken for synthesis`,
  );
}

const bench = await openBench(process.argv[2] ?? "pglite");
await measureOwn(bench);
await measureChains(bench);
await measureDocs(bench);
await bench.close();
