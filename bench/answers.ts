/**
 * How often the extractive answer holds what a question asks for: `bun bench/answers.ts`. 472 questions over five corpora, each with the exact
 * spans that answer it. A question is hit when a quoted sentence shares most of its words with one of its spans; `span words` is the
 * share of all the spans' words that the answer holds. Questions put to a collection that does not hold their corpus ask for something that is not there:
 * `refused` is how many of them are told so.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readCsv } from "../src/evaluate/redteam/csv.ts";
import { findAnswer } from "../src/provider/extractive/answer.ts";
import { readSameWords } from "../src/provider/extractive/same-words.ts";
import { countTokens, terms, toQuestion as toQuery, units } from "../src/retrieve/index.ts";
import { DATA } from "./knowledge/corpus.ts";
import { openBench } from "./knowledge/engine.ts";

const COUNTS = ["asked", "answered", "hit", "words", "passage", "foreign", "refused"] as const;
const TOP_K = 5;
const HIT_SHARE = 0.5;
const folder = join(DATA, "chunking-eval");
if (!existsSync(folder)) throw new Error(`the questions are expected in ${folder}`);
const language = { terms, units, countTokens, toQuery };
const words = readSameWords(terms);

type Question = { readonly text: string; readonly corpus: string; readonly spans: readonly string[] };
const table = readFileSync(join(folder, "questions_df.csv"), "utf8");
const questions: readonly Question[] = readCsv(table, ["question", "corpus_id", "references"]).map((row) => {
  const spans: readonly { readonly content: string }[] = JSON.parse(row["references"] ?? "[]");
  return { text: row["question"] ?? "", corpus: row["corpus_id"] ?? "", spans: spans.map((span) => span.content) };
});
const corpora = [...new Set(questions.map((question) => question.corpus))];

/** Share of the first text's words that the second holds. */
function shareHeld(of: string, by: string): number {
  const wanted = new Set(terms(of));
  const held = new Set(terms(by));
  return [...wanted].filter((term) => held.has(term)).length / Math.max(1, wanted.size);
}

const bench = await openBench("pglite");
try {
  const { ingest, retrieve, tenantId } = bench;
  for (const name of corpora) {
    await ingest.createCollection(tenantId, { name });
    const file = await ingest.createFile(tenantId, {
      filename: `${name}.md`,
      purpose: "user_data",
      bytes: readFileSync(join(folder, "corpora", `${name}.md`)),
    });
    await ingest.addFileToCollection(tenantId, name, file.id);
  }
  const answer = async (question: Question, collection: string) => {
    const { passages } = await retrieve(tenantId, { collection, query: question.text, topK: TOP_K });
    return { passages, quotes: findAnswer(question.text, passages, language, words) };
  };
  const total = { asked: 0, passage: 0, answered: 0, hit: 0, words: 0, foreign: 0, refused: 0 };
  for (const name of corpora) {
    const part = { asked: 0, passage: 0, answered: 0, hit: 0, words: 0, foreign: 0, refused: 0 };
    for (const question of questions.filter((one) => one.corpus === name)) {
      const { passages, quotes } = await answer(question, name);
      const said = quotes.map((quote) => quote.text);
      part.asked += 1;
      part.passage += shareHeld(question.spans.join(" "), passages.map((passage) => passage.text).join(" "));
      if (said.length > 0) part.answered += 1;
      if (said.some((text) => question.spans.some((span) => Math.max(shareHeld(span, text), shareHeld(text, span)) >= HIT_SHARE)))
        part.hit += 1;
      part.words += shareHeld(question.spans.join(" "), said.join(" "));
      const other = corpora[(corpora.indexOf(name) + 1 + (part.asked % (corpora.length - 1))) % corpora.length] ?? name;
      part.foreign += 1;
      if ((await answer(question, other)).quotes.length === 0) part.refused += 1;
    }
    print(name, part);
    for (const key of COUNTS) total[key] += part[key];
  }
  print("all", total);
} finally {
  await bench.close();
}

function print(
  name: string,
  part: Readonly<Record<"asked" | "passage" | "answered" | "hit" | "words" | "foreign" | "refused", number>>,
): void {
  const share = (count: number): string => `${((100 * count) / part.asked).toFixed(1)} %`;
  console.log(
    `${name.padEnd(20)} ${part.asked} questions: in the passages ${share(part.passage)} of the span words, answered ${share(part.answered)}, ` +
      `hit ${share(part.hit)}, span words ${share(part.words)}; elsewhere refused ${share(part.refused)}`,
  );
}
