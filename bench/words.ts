/**
 * What words alone find, in seconds and without a database: `bun bench/words.ts`. The same terms and the same ranking as the real index, over pieces as
 * the sets give them. Cranfield through the real index is `cranfield.ts`, code with context `contextual.ts`, languages `languages.ts`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { askedTerms } from "../src/retrieve/asked.ts";
import { rankChunks } from "../src/retrieve/bm25.ts";
import { termId, terms } from "../src/retrieve/index.ts";
import { DATA } from "./knowledge/corpus.ts";

const read = (...path: readonly string[]): string => readFileSync(join(DATA, ...path), "utf8");
const readLines = (...path: readonly string[]): readonly string[] =>
  read(...path)
    .split("\n")
    .filter((line) => line !== "");

type Piece = { readonly id: string; readonly text: string };
type Search = (query: string, limit: number) => readonly string[];

function createIndex(pieces: readonly Piece[]): Search {
  const lists = new Map<number, number[]>();
  let lengthSum = 0;
  for (const [no, { text }] of pieces.entries()) {
    const found = terms(text);
    lengthSum += found.length;
    const counts = new Map<string, number>();
    for (const term of found) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) {
      const list = lists.get(termId(term)) ?? [];
      list.push(no, Math.min(0xffff, found.length) * 0x10000 + count);
      lists.set(termId(term), list);
    }
  }
  return (query, limit) => {
    const asked = askedTerms(query, ["en"]).map(({ ids, count }) => ({
      asked: count,
      lists: ids.flatMap((id) => (lists.has(id) ? [Uint32Array.from(lists.get(id) ?? [])] : [])),
    }));
    return rankChunks({ chunkCount: pieces.length, lengthSum, hidden: [], terms: asked }, limit).flatMap(({ no }) => pieces[no]?.id ?? []);
  };
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / Math.max(1, numbers.length);

const gain = (scores: readonly number[]): number => scores.slice(0, 10).reduce((sum, score, at) => sum + score / Math.log2(at + 2), 0);

function cranfield(): string {
  const pieces = readLines("cranfield", "corpus.jsonl").map((line): Piece => {
    const { _id: id, text }: { _id: string; text: string } = JSON.parse(line);
    return { id, text };
  });
  const judged = new Map<string, Map<string, number>>();
  for (const line of readLines("cranfield", "qrels.tsv").slice(1)) {
    const [query = "", document = "", score = ""] = line.trim().split("\t");
    judged.set(query, (judged.get(query) ?? new Map<string, number>()).set(document, Number(score)));
  }
  const search = createIndex(pieces);
  const scores = readLines("cranfield", "queries.jsonl").map((line) => {
    const { _id: id, text }: { _id: string; text: string } = JSON.parse(line);
    const right = judged.get(id) ?? new Map<string, number>();
    const ideal = gain([...right.values()].toSorted((one, other) => other - one));
    return ideal === 0 ? 0 : gain(search(text, 10).map((document) => right.get(document) ?? 0)) / ideal;
  });
  return `| Cranfield, ${pieces.length} abstracts, ${scores.length} queries | nDCG@10 ${mean(scores).toFixed(4)} |`;
}

function docs(): string {
  const given: readonly { chunk_link: string; chunk_heading: string; text: string }[] = JSON.parse(
    read("anthropic-docs", "anthropic_docs.json"),
  );
  const asked: readonly { question: string; correct_chunks: readonly string[] }[] = JSON.parse(
    read("anthropic-docs", "docs_evaluation_dataset.json"),
  );
  const search = createIndex(given.map((one) => ({ id: one.chunk_link, text: `${one.chunk_heading}\n${one.text}` })));
  const found = asked.map(({ question, correct_chunks: right }) => {
    const top = search(question, 3);
    const hits = top.filter((id) => right.includes(id)).length;
    const first = top.findIndex((id) => right.includes(id));
    return { precision: hits / 3, recall: hits / right.length, reciprocal: first < 0 ? 0 : 1 / (first + 1) };
  });
  const [precision, recall, reciprocal] = (["precision", "recall", "reciprocal"] as const).map((name) =>
    mean(found.map((one) => one[name])).toFixed(3),
  );
  return `| Documentation, ${given.length} sections, ${asked.length} questions, top 3 | precision ${precision}, recall ${recall}, MRR ${reciprocal} |`;
}

function code(): string {
  type Document = { original_uuid: string; chunks: readonly { original_index: number; content: string }[] };
  const documents: readonly Document[] = JSON.parse(read("anthropic-contextual", "codebase_chunks.json"));
  const pieces = documents.flatMap((one) =>
    one.chunks.map((chunk) => ({ id: `${one.original_uuid} ${chunk.original_index}`, text: chunk.content })),
  );
  const search = createIndex(pieces);
  const asked = readLines("anthropic-contextual", "evaluation_set.jsonl").map((line) => {
    const { query, golden_chunk_uuids: right }: { query: string; golden_chunk_uuids: readonly (readonly [string, number])[] } =
      JSON.parse(line);
    return { top: search(query, 20), right: right.map(([document, index]) => `${document} ${index}`) };
  });
  const recalls = [5, 10, 20].map((cut) =>
    (100 * mean(asked.map(({ top, right }) => right.filter((id) => top.slice(0, cut).includes(id)).length / right.length))).toFixed(1),
  );
  return `| Code, ${pieces.length} chunks, ${asked.length} questions | recall@5/10/20 ${recalls.join(" / ")} |`;
}

console.log(`| set | by words alone |\n|---|---|\n${cranfield()}\n${docs()}\n${code()}`);
