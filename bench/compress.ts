/**
 * What is left of the answers in compressed passages: `bun bench/compress.ts`. The 472 questions of the chunk evaluation with the passage of about 512
 * tokens that stands round each answer: how much shorter it becomes, and whether the words that answer are still in it; beside a piece of the same length
 * anywhere in it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readCsv } from "../src/evaluate/redteam/csv.ts";
import { compress, countTokens } from "../src/retrieve/index.ts";
import { createDice } from "../test/documents/dice.ts";
import { DATA } from "./knowledge/corpus.ts";

const FOLDER = join(DATA, "chunking-eval");
const dice = createDice(7);
const AROUND_CHARS = 1_100;
const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, "");

const rows = [...readCsv(readFileSync(join(FOLDER, "questions_df.csv"), "utf8"), ["question", "references", "corpus_id"])];
const texts = new Map<string, string>();
const sum = { before: 0, after: 0, whole: 0, begun: 0, places: 0 };
for (const row of rows) {
  const corpus = row["corpus_id"] ?? "";
  const text = texts.get(corpus) ?? readFileSync(join(FOLDER, "corpora", `${corpus}.md`), "utf8");
  texts.set(corpus, text);
  const references: readonly { content: string }[] = JSON.parse(row["references"] ?? "[]");
  for (const { content } of references) {
    const at = text.indexOf(content);
    if (at < 0 || content.length > AROUND_CHARS) continue;
    const passage = text.slice(Math.max(0, at - AROUND_CHARS), at + content.length + AROUND_CHARS - (content.length % 700));
    const left = compress(passage, row["question"] ?? "");
    const start = dice.below(Math.max(1, passage.length - left.length));
    const begun = passage.slice(start, start + left.length);
    sum.places++;
    sum.before += countTokens(passage);
    sum.after += countTokens(left);
    sum.whole += Number(lettersOf(left).includes(lettersOf(content)));
    sum.begun += Number(lettersOf(begun).includes(lettersOf(content)));
  }
}
const percent = (part: number): string => `${((100 * part) / sum.places).toFixed(1)} %`;
console.log(
  `${sum.places} answers: passages of ${(sum.before / sum.places).toFixed(0)} tokens, ${(sum.before / sum.after).toFixed(2)} times shorter; ` +
    `the answer left whole in ${percent(sum.whole)}, in a piece of the same length ${percent(sum.begun)}`,
);
