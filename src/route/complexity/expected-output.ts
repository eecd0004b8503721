import { findAskedLength } from "./asked-length.ts";
import { readText, type Reading } from "./read.ts";

/** Kinds of answers by the words that ask for them, in the order in which they decide. Separated by spaces; a star stands for any ending. */
const ANSWERS: readonly (readonly [words: string, tokens: (input: number) => number])[] = [
  ["yes_or_no true_or_false classif* klassifi* only_answer answer_only just_answer one_word nothing_else spell", () => 12],
  [
    "translat* übersetz* tradui* traduc* tradur* traduz* vertaal* przetłumacz* proofread* rephras* reword* rewrit* grammar 翻訳* 翻译*",
    (input) => input * 1.15,
  ],
  ["summar* zusammenfass* résum* resum* riassu* riassum* samenvat* streść* tl;dr 要約* 总结*", (input) => Math.min(400, 60 + input / 6)],
  ["extract* extrah* extrai* json csv table tabelle tableau", (input) => Math.min(600, 80 + input / 3)],
  [
    "essay article blog report story tale aufsatz geschichte rédaction histoire ensayo cuento saggio racconto redação conto opstel verhaal opowiadanie 物語* 故事*",
    () => 750,
  ],
  ["poem haiku gedicht poème poema poesia wiersz lyrics song 詩* 诗*", () => 180],
  ["email e-mail mail letter brief lettre carta lettera memo", () => 240],
  ["plan roadmap proposal specification design migration architect* entwirf* conçois* diseñ* progett* projet*", () => 900],
  ["prove proof derive beweis* démontr* demuestr* dimostr* udowodnij 証明* 证明*", () => 700],
  ["function class script program code implement* regex query funktion fonction función funzione função 実装* 代码*", () => 420],
  [
    "explain* describe compare analy* evaluat* discuss erklär* beschreib* vergleich* expliqu* explic* compar* spieg* descri* leg_uit wyjaśnij 説明* 比較* 解释* 比较*",
    () => 380,
  ],
  ["list suggest ideas tips ways liste lista lijst recommend*", () => 260],
  ["why how warum wie pourquoi comment cómo perché come waarom hoe dlaczego jak なぜ* 为什么*", () => 220],
];

type Matcher = { readonly words: ReadonlySet<string>; readonly stems: readonly string[]; readonly phrases: readonly string[] };
const MATCHERS: readonly Matcher[] = ANSWERS.map(([list]) => {
  const entries = list.split(" ");
  return {
    words: new Set(entries.filter((entry) => !entry.endsWith("*") && !entry.includes("_"))),
    stems: entries.filter((entry) => entry.endsWith("*")).map((entry) => entry.slice(0, -1)),
    phrases: entries.filter((entry) => entry.includes("_")).map((entry) => entry.replaceAll("_", " ")),
  };
});

const TOKENS_PER_WORD = 1.35;
/** A question of one line, and what nothing is known of. */
const PLAIN = 120;
const FACT = 60;
const GREETING = 25;
const OUTPUT_MIN = 4;
/** The kind of an answer is said near the beginning or at the end of a text. In code units. */
const ASKED_UNITS = 300;

/** Tokens that an answer will likely have, at least 1 and at most what it may have. A guess for ranking and queues, never a bound for money. */
export function expectedOutputTokens(text: string, maxOutput: number): number {
  const reading = readText(text);
  const asked = findAskedLength(text);
  const tokens = asked === undefined ? guess(text, reading) : reading.kinds.reading > 0 ? asked.least : asked.most;
  return Math.max(1, Math.min(maxOutput, Math.round(Math.max(OUTPUT_MIN, tokens))));
}

function guess(text: string, reading: Reading): number {
  const input = reading.words * TOKENS_PER_WORD;
  const { kinds, words } = reading;
  if (kinds.small > 0 && words <= 6) return GREETING;
  const kind = findKind(text);
  if (kind === undefined) return kinds.recall > 0 && words <= 25 ? FACT : PLAIN * sizeOf(reading);
  const scale = kind >= 4 ? sizeOf(reading) : 1;
  return (ANSWERS[kind]?.[1](input) ?? PLAIN) * scale;
}

/** Work of several parts makes long answers: each doubling of what is asked for adds a quarter. */
const sizeOf = ({ kinds, questions, items, parts }: Reading): number =>
  1 + 0.25 * Math.log2(1 + kinds.steps + kinds.constraint + questions + items + parts);

function findKind(whole: string): number | undefined {
  const ends = whole.length <= 2 * ASKED_UNITS ? whole : `${whole.slice(0, ASKED_UNITS)}\n${whole.slice(-ASKED_UNITS)}`;
  const text = ends.toLowerCase();
  const words = text.match(/[\p{L}\p{M};-]+/gu) ?? [];
  const joined = ` ${words.join(" ")} `;
  const at = MATCHERS.findIndex(
    ({ words: exact, stems, phrases }) =>
      phrases.some((phrase) => joined.includes(` ${phrase} `)) ||
      words.some(
        (word) => exact.has(word) || stems.some((stem) => (stem.charCodeAt(0) > 0x2e00 ? word.includes(stem) : word.startsWith(stem))),
      ),
  );
  return at < 0 ? undefined : at;
}
