/** What a query is made of. Words alone find a `keyword` query better, vectors a `question`. */
export type QueryClass = "keyword" | "question";

/** Fewer words name a thing, more say something about it. */
const KEYWORD_WORDS_MAX = 3;
/** A statement without a word that asks ("my card was charged twice after the update") is as good as a question from here on. */
const STATEMENT_WORDS_MIN = 6;
/** In scripts without spaces a word is about two characters. */
const UNSPACED_WORD_CHARS = 2;
/** What is longer is no search for a name, and need not be looked through. */
const KEYWORD_CHARS_MAX = 300;
/** From this share of its words on, codes and names are what a query is about. */
const NAMING_SHARE = 0.5;

const word = /[\p{L}\p{M}\p{N}]+(?:[-_.@'’/:#+][\p{L}\p{M}\p{N}]+)*/gu;
const unspacedRun = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
const letterAndDigit = /^(?=.*\p{L})(?=.*\p{N})/u;
/** `max_retries`, `ops@example.com`, `src/main.ts`, `getUserName`, `RFC2119`; not `e-mail`, `I'm` or `and/or`. */
const joined = /[_@#]|\w[.:]\w|\p{Ll}\p{Lu}/u;
const shouted = /^\p{Lu}{2,}$/u;
const named = /^\p{Lu}[\p{Ll}\p{M}]+/u;
const quoted = /^\s*["“”„«'‘].+["“”»'’]\s*$/u;
const asks = /(?:[?？؟]|か。?)\s*$|[吗呢嗎]/u;

/** Words that begin or carry a question, in the languages that are stemmed and in Chinese, Japanese and Korean. */
const ASKING = new Set(
  `what which who whom whose when where why how can could do does did is are was were will would should may must has have explain describe compare summarize summarise list
was welche welcher welches welchen wer wen wem wann wo warum wieso wie kann können darf dürfen muss müssen ist sind gibt hat haben erkläre vergleiche
que quel quelle quels quelles qui quand où pourquoi comment combien est-ce peut faut doit explique compare
qué cuál cuáles quién quiénes cuándo dónde cómo cuánto cuánta cuántos cuántas puedo puede debe hay explica
che cosa quale quali chi quando dove perché come quanto quanta quanti quante posso può deve
qual quais quem onde porquê como posso pode
wat welk wie wanneer waar waarom hoe hoeveel kan mag moet heeft
vad vilken vilket vilka vem när var varför hur kan får måste
hvad hvilken hvilket hvilke hvem hvornår hvor hvorfor hvordan må
что какой какая какие кто когда где почему зачем как сколько можно должен нужно
mikä mitä missä milloin kuka miksi miten kuinka
什么 怎么 如何 为什么 哪 谁 何时 多少 何 いつ どこ だれ なぜ どう どの 어떻게 무엇 언제 어디 왜 누가 얼마`.split(/\s+/),
);
const askingUnspaced =
  /什么|什麼|怎么|怎麼|如何|为什么|為什麼|哪|谁|誰|何|多少|いつ|どこ|なぜ|どう|どの|いくら|어떻게|무엇|언제|어디|얼마/u;

/**
 * Codes, names, quotations and a few words are `keyword`; whatever asks, or says something in a sentence, is `question`. A question that is mostly
 * codes ("what is E-4021?") is `keyword`: the code is what its passages must hold.
 */
export function classifyQuery(query: string): QueryClass {
  const text = query.trim();
  if (text.length > KEYWORD_CHARS_MAX) return "question";
  if (quoted.test(text)) return "keyword";
  const words = text.match(word) ?? [];
  const asking = asks.test(text) || words.some((one) => ASKING.has(one.toLowerCase())) || askingUnspaced.test(text);
  const said = words.filter((one) => !ASKING.has(one.toLowerCase()) && one.length > 1);
  const codes = said.filter(isCode).length;
  const short = countWords(text, words) <= KEYWORD_WORDS_MAX;
  if (codes > 0 && (codes / Math.max(1, said.filter((one) => one.length > 2).length) >= NAMING_SHARE || short)) return "keyword";
  if (asking) return "question";
  if (short) return "keyword";
  if (countWords(text, words) < STATEMENT_WORDS_MIN) return "keyword";
  return isMostlyNames(words) ? "keyword" : "question";
}

/** Something that nobody says in other words: it holds letters and digits, or is joined like a name of a program. */
function isCode(token: string): boolean {
  return letterAndDigit.test(token) || joined.test(token) || shouted.test(token) || /^\d{4,}$/.test(token);
}

/** In German every noun is written like a name, so most words must be. */
function isMostlyNames(words: readonly string[]): boolean {
  return words.filter((one) => named.test(one) || isCode(one)).length > words.length * (NAMING_SHARE + 0.25);
}

function countWords(text: string, words: readonly string[]): number {
  const unspaced = (text.match(unspacedRun) ?? []).reduce((sum, run) => sum + run.length, 0);
  if (unspaced === 0) return words.length;
  const spaced = words.filter((one) => !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(one)).length;
  return spaced + Math.ceil(unspaced / UNSPACED_WORD_CHARS);
}
