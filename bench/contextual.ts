/**
 * Structural context on code, through the real index and by words alone: 737 chunks of 90 files as they are given, 248 questions. Each chunk is
 * searched with a line made of its whole file; no model is asked. `bun bench/contextual.ts [pglite|postgres]`. The files' names are not in the
 * set: what they would add is not measured.
 */
import { inspectChunks } from "../src/ingest/gates/contract.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { estimate } from "../src/evaluate/index.ts";
import { structureLines } from "../src/ingest/chunk/context.ts";
import type { Chunk } from "../src/ingest/chunk.ts";
import { createIndexer } from "../src/ingest/indexer.ts";
import { parseCode } from "../src/ingest/parse-code.ts";
import { composeDetectors } from "../src/compose/detectors.ts";
import { isProblem, readAccess } from "../src/domain/access.ts";
import type { Access } from "../src/domain/access.ts";
import { DEFAULT_CUTTING } from "../src/domain/collection.ts";
import { sha256Hex } from "../src/kernel/hash.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { attachFiles } from "../src/store/collection-files.ts";
import { DATA } from "./knowledge/corpus.ts";
import { openBench, type Bench } from "./knowledge/engine.ts";

const FOLDER = join(DATA, "anthropic-contextual");
const CUTS = [5, 10, 20] as const;
/** Of whoever may read everything. */
const NO_ACCESS = openAccess();

type Document = {
  readonly original_uuid: string;
  readonly content: string;
  readonly chunks: readonly { readonly original_index: number; readonly content: string }[];
};
type Question = { readonly query: string; readonly golden_chunk_uuids: readonly (readonly [document: string, index: number])[] };

function openAccess(): Access {
  const read = readAccess({});
  if (isProblem(read)) throw new Error(read.say);
  return read;
}

/** The set says nothing of languages: told by what only one of them has. */
function languageOf(content: string): string {
  if (/^(?:use |\/\/!|#!?\[)/m.test(content)) return "rust";
  if (/^(?:package|import) [\w.*]+;/m.test(content)) return "java";
  return /^\s*def \w+\(/m.test(content) || /^(?:from \w+ )?import \w+$/m.test(content) ? "python" : "cpp";
}

/** Farther apart than any text is long: chunks that touch would come back as one passage, and count for both. */
const APART = 1_000_000;

/** The given chunks in order, each with its line where lines are asked for. */
function chunksOf({ content, chunks }: Document, hasContext: boolean): { readonly text: string; readonly chunks: readonly Chunk[] } {
  const { text } = parseCode(content, "file", languageOf(content));
  const placed = chunks.map((given): Chunk => {
    const start = Math.max(0, text.indexOf(given.content.trim().slice(0, 60)));
    return { start, end: start + given.content.length, headings: [], text: given.content };
  });
  const lines = hasContext ? structureLines({ filename: "", title: "", text }, placed) : [];
  const apart = placed.map((chunk, at) => ({ ...chunk, start: at * APART, end: at * APART + chunk.text.length }));
  return { text, chunks: apart.map((chunk, at) => ({ ...chunk, ...(lines[at] === undefined ? {} : { context: lines[at] }) })) };
}

async function measure(bench: Bench, documents: readonly Document[], questions: readonly Question[], hasContext: boolean): Promise<void> {
  const { db, tenantId, ingest, retrieve } = bench;
  const name = hasContext ? "structure" : "none";
  const collection = await ingest.createCollection(tenantId, { name });
  const index = createIndexer({
    db,
    clock: systemClock,
    detectors: composeDetectors(),
    injectionMode: () => Promise.resolve("off"),
    quarantined: () => undefined,
  });
  for (const document of documents) {
    const { text, chunks } = chunksOf(document, hasContext);
    const filename = document.original_uuid;
    // Indexed here as it is given: the file itself is not cut.
    const file = await ingest.createFile(tenantId, { filename, purpose: "user_data", bytes: Buffer.from(text) });
    const nowMs = systemClock.nowMs();
    const files = [{ fileId: file.id, attributes: {}, access: NO_ACCESS }];
    await attachFiles(db, tenantId, { collectionId: collection.id, files, now: new Date(nowMs), leaseUntil: new Date(nowMs + 60_000) });
    const prepared = {
      filename,
      title: "",
      contentHash: sha256Hex(filename),
      textBytes: text.length,
      languages: ["en"],
      cutting: DEFAULT_CUTTING,
      chunks,
      isUntitled: true,
      figures: (await inspectChunks(chunks)).figures,
    };
    await index({ tenantId, collectionId: collection.id, fileId: file.id, prepared });
  }
  const recalls = CUTS.map((): number[] => []);
  for (const { query, golden_chunk_uuids: golden } of questions) {
    const { passages } = await retrieve(tenantId, { collection: name, query, topK: Math.max(...CUTS) });
    const found = passages.map(({ filename, text }) => ({ filename, text }));
    for (const [at, cut] of CUTS.entries()) {
      const hits = golden.filter(([document, number]) => {
        const wanted = documents
          .find(({ original_uuid: id }) => id === document)
          ?.chunks.find(({ original_index: one }) => one === number)?.content;
        return found.slice(0, cut).some(({ filename, text }) => filename === document && text === wanted);
      });
      recalls[at]?.push(hits.length / golden.length);
    }
  }
  const cells = recalls.map((values) => {
    const { mean, low, high } = estimate(values);
    return `${(mean * 100).toFixed(1)} (${(low * 100).toFixed(1)}-${(high * 100).toFixed(1)})`;
  });
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}

const documents: readonly Document[] = JSON.parse(readFileSync(join(FOLDER, "codebase_chunks.json"), "utf8"));
const questions = readFileSync(join(FOLDER, "evaluation_set.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line): Question => JSON.parse(line));
const engine = process.argv[2] ?? "pglite";
const bench = await openBench(engine);
try {
  console.log(
    `${documents.flatMap(({ chunks }) => chunks).length} chunks, ${questions.length} questions, ${engine}, recall in percent with 95 % intervals`,
  );
  console.log(`| context | ${CUTS.map((cut) => `recall@${cut}`).join(" | ")} |`);
  for (const hasContext of [false, true]) await measure(bench, documents, questions, hasContext);
} finally {
  await bench.close();
}
