/**
 * A large corpus with the habits of real text, made from a small real one: words come with the frequencies that they have there (Zipf),
 * every document has a topic whose words come back in it, and two words in a hundred are new ones, so that the vocabulary keeps growing as it
 * does in real collections. The same seed makes the same corpus.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readCsv } from "../../src/evaluate/redteam/csv.ts";
import { terms } from "../../src/retrieve/index.ts";
import { createSeededRandom } from "../../src/kernel/seeded-random.ts";

export const DATA = join(import.meta.dirname, "../../../shared/data/retrieval");
const FOLDER = join(DATA, "chunking-eval");
const SOURCES = ["state_of_the_union", "wikitexts", "pubmed", "chatlogs", "finance"];
const TOPIC_WORDS = 80;
const TOPIC_SHARE = 0.35;
const NEW_WORD_SHARE = 0.02;
const SENTENCE_WORDS = 17;
const PARAGRAPH_SENTENCES = 5;

export type Corpus = {
  /** A document of about so many words. */
  document(words: number): string;
  /** Natural questions, each cut off once it has `contentWords` of them. */
  questions(contentWords: number): readonly string[];
};

/** Every word of the real texts, in order, with the frequencies that they have there. */
export function readWords(): readonly string[] {
  if (!existsSync(FOLDER)) throw new Error(`the corpus is made from ${FOLDER}, which is not there`);
  return SOURCES.flatMap((name) => readFileSync(join(FOLDER, "corpora", `${name}.md`), "utf8").match(/[\p{L}\p{N}'-]+/gu) ?? []);
}

export function openCorpus(seed = 1): Corpus {
  const words = readWords();
  const random = createSeededRandom(seed);
  const pick = (): string => words[Math.floor(random() * words.length)] ?? "the";
  const content = words.filter((word) => terms(word).length > 0);
  const newWord = (): string =>
    Array.from({ length: 3 + Math.floor(random() * 3) }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join("");

  const document = (count: number): string => {
    const topic = Array.from({ length: TOPIC_WORDS }, () => content[Math.floor(random() * content.length)] ?? "thing");
    const own = Array.from({ length: 1 + Math.floor((count * NEW_WORD_SHARE) / 4) }, newWord);
    let text = "";
    for (let at = 1; at <= count; at++) {
      const dice = random();
      if (dice < NEW_WORD_SHARE) text += own[Math.floor(random() * own.length)];
      else text += dice < TOPIC_SHARE ? topic[Math.floor(random() ** 2 * topic.length)] : pick();
      const sentence = at % SENTENCE_WORDS === 0;
      text += sentence ? (at % (SENTENCE_WORDS * PARAGRAPH_SENTENCES) === 0 ? ".\n\nThe " : ". The ") : " ";
    }
    return text;
  };
  return { document, questions: (contentWords) => readQuestions(join(FOLDER, "questions_df.csv"), contentWords) };
}

const SYLLABLES =
  "ba be bi bo bu da de di do du fa fe ga go ka ke ko la le li lo ma me mi mo na ne ni no pa po ra re ri ro sa se si so ta te ti to va ve vo xa zu".split(
    " ",
  );

function readQuestions(path: string, contentWords: number): readonly string[] {
  const cut: string[] = [];
  for (const { question } of readCsv(readFileSync(path, "utf8"), ["question"])) {
    const found = new Set<string>();
    const kept: string[] = [];
    for (const word of (question ?? "").split(/\s+/)) {
      if (found.size >= contentWords) break;
      kept.push(word);
      for (const term of terms(word)) found.add(term);
    }
    if (found.size === contentWords) cut.push(kept.join(" "));
  }
  return cut;
}
