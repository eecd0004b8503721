import { GENERIC_WORDS } from "../domain/same-words.ts";
import type { Content, Message } from "../domain/chat.ts";
import { terms } from "./terms.ts";

/** A question with more words of its own says what it is about; one that points at something else may have some more. */
const OWN_TERMS_MAX = 3;
const REFERRING_TERMS_MAX = 5;
const LEANING_CHARS_MAX = 300;
/** Turns of the user that are looked back on. Further back a conversation is about something else. */
const TURNS_BACK_MAX = 3;
/** Of the last answer: what it is about stands at its beginning. */
const ANSWER_CHARS = 300;
const LISTED_CHARS = 2_400;

/** How a question begins that goes on with the last one, in the languages that are stemmed. */
const goesOn =
  /^\s*(?:what about|how about|and (?:what|how) about|what if|same for|und (?:was ist mit|wie ist es mit|für|bei|im|in)|wie sieht es (?:bei|mit)|was ist mit|et (?:pour|si|en cas)|qu['’]en est-il|y (?:para|si|en)|qué pasa con|e (?:per|se|in caso)|e (?:para|os|as|o|a) |en (?:voor|als|bij) |hoe zit het met|och (?:för|om|hur är det)|hur är det med|og (?:for|hvis|hvad med)|hvad med|entä |а (?:если|для|как насчёт|как насчет|что насчёт))/iu;
const refers =
  /(?<![\p{L}\p{N}])(?:it|its|they|them|their|theirs|that|this|those|these|he|him|his|she|her|there|then|one|ones|same|else|instead|such|both|former|latter|er|sie|ihn|ihm|ihr|ihre|ihnen|dies|dieser|diese|dieses|diesem|diesen|das|dort|dafür|davon|damit|dabei|dasselbe|il|elle|ils|elles|lui|leur|cela|ça|celui-ci|celle-ci|y|en|ce|cette|ces|él|ella|ellos|ellas|eso|esto|esos|estos|ese|esa|lo|la|los|las|allí|lui|lei|loro|questo|questa|quello|quella|ciò|ele|ela|eles|elas|isso|isto|esse|essa|aquilo|hij|zij|ze|hem|haar|hun|dit|dat|deze|die|daar|ervan|han|hon|den|det|de|dem|deras|denna|detta|där|dette|denne|disse|deres|dér|hän|se|ne|sen|niiden|siellä|он|она|оно|они|его|её|ее|их|ему|ей|им|это|этот|эта|эти|там|такой)(?![\p{L}\p{N}])/iu;
const pointing = /[それこれあれその彼她他它这那該该그이저]/u;
const ordinal =
  /\b(?:the )?(first|second|third|fourth|fifth|last|1st|2nd|3rd)\b(?: (?:one|option|item|point|case|kind|type|category|level))?/i;
const ORDINALS: Readonly<Record<string, number>> = {
  first: 0,
  "1st": 0,
  second: 1,
  "2nd": 1,
  third: 2,
  "3rd": 2,
  fourth: 3,
  fifth: 4,
  last: -1,
};
const item = /^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+(.+)$/gm;

const GENERIC: ReadonlySet<string> = new Set(terms(GENERIC_WORDS));

type Said = { readonly question: string; /** What was answered to it. */ readonly answer: string };

/**
 * What to search for: the last user message, made to stand alone. Where it may lean on what was said before ("And for contractors?"), it comes behind
 * the questions that it goes on with, back to one that stands by itself, and behind the beginning of the last answer, whose words are those of the
 * documents. It then stands there twice, so that its own words count most: where it is about something else after all, that is still what is found.
 * Empty where no user has said anything.
 */
export function toQuery(messages: readonly Message[]): string {
  const { last, back, answer } = readTalk(messages);
  if (back.length === 0) return last;
  return [...back, pointedAt(last, answer), last, last].filter((text) => text !== "").join("\n");
}

/** The same for who reads the question and not the index: without what was answered. */
export function toQuestion(messages: readonly Message[]): string {
  const { last, back } = readTalk(messages);
  return [...back, last].join("\n");
}

/** Whether the last question is one that goes on with what was said before. */
export const isFollowUp = (messages: readonly Message[]): boolean => readTalk(messages).back.length > 0;

const polite =
  /^(?:\s*(?:hi|hello|hey|good (?:morning|afternoon|evening)|please|thanks?(?: you)?|(?:could|can|would|will) you(?: please)?(?: kindly)?(?: (?:tell|show|explain to|remind|help) me(?: with| understand)?)?|i(?:['’]d| would) (?:like|love) to (?:know|understand|find out)|i (?:was|am)(?: just)? wondering|do you (?:happen to )?know|(?:tell|show) me|i (?:need|want) to (?:know|find out)|hallo|bitte|können sie mir(?: bitte)? sagen|ich möchte (?:gerne? )?wissen|bonjour|s['’]il vous plaît|pouvez-vous me dire|hola|por favor|(?:me )?puede(?:s)? decir(?:me)?|ciao|per favore|può dirmi|olá)(?![\p{L}\p{N}])[\s,;:!.–-]*(?:if |whether |about |ob )?)+/iu;

/** A search's own queries as one that says only what it is about: without greetings and politeness, and put together where one goes on with another. */
export function rewriteQuery(queries: readonly string[]): string {
  const stripped = queries.map((query) => query.slice(0, LEANING_CHARS_MAX).replace(polite, "") + query.slice(LEANING_CHARS_MAX));
  const plain = stripped.map((text, at) => (text.trim() === "" ? (queries[at] ?? "") : text.trim()));
  return [...new Set(plain)].join(" ");
}

/** `back`: the questions that the last one leans on, and none where it stands alone. */
function readTalk(messages: readonly Message[]): { readonly last: string; readonly back: readonly string[]; readonly answer: string } {
  const said = readTurns(messages);
  const last = said.at(-1)?.question ?? "";
  const before = said.slice(0, -1);
  const back: string[] = [];
  if (before.length === 0 || !leansOn(last)) return { last, back, answer: "" };
  for (const { question } of before.slice(-TURNS_BACK_MAX).toReversed()) {
    back.unshift(question);
    if (!leansOn(question)) break;
  }
  return { last, back, answer: before.at(-1)?.answer ?? "" };
}

function readTurns(messages: readonly Message[]): readonly Said[] {
  const turns: { question: string; answer: string }[] = [];
  for (const { role, content } of messages) {
    if (role === "user") turns.push({ question: textOf(content), answer: "" });
    const turn = turns.at(-1);
    if (role === "assistant" && turn !== undefined) turn.answer += textOf(content);
  }
  return turns;
}

/** Rather once too often: what is said before costs little where it is not needed, and everything where it is missing. */
function leansOn(text: string): boolean {
  // A long text needs no counting. `e-mail` is one word.
  const words = text
    .slice(0, LEANING_CHARS_MAX)
    .split(/\s+/)
    .map((word) => terms(word));
  if (text.length > LEANING_CHARS_MAX) return false;
  const own = words.filter((found) => found.some((term) => !GENERIC.has(term))).length;
  if (own <= OWN_TERMS_MAX) return true;
  const points = goesOn.test(text) || refers.test(text) || ordinal.test(text) || (pointing.test(text) && text.length < 24);
  return own <= REFERRING_TERMS_MAX && points;
}

/** What of the last answer a question may mean: the item of its list that it names, else how it begins. */
function pointedAt(question: string, answer: string): string {
  const plain = answer.replace(/\[\d{1,3}\]/g, "");
  const which = ordinal.exec(question)?.[1]?.toLowerCase();
  const items = Array.from(plain.slice(0, LISTED_CHARS).matchAll(item), (match) => match[1] ?? "");
  if (which !== undefined && items.length > 1) return items.at(ORDINALS[which] ?? 0) ?? "";
  return plain.slice(0, ANSWER_CHARS).trim().toWellFormed();
}

/** The text of a message without its pictures. */
export function textOf(content: Content | null): string {
  if (content === null || typeof content === "string") return content ?? "";
  return content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
}
