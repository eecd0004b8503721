import type { Finding, FindingType } from "../../domain/finding.ts";
import { isOvertaken, nearestMark } from "./context.ts";
import { hashWord } from "./lexicon.ts";
import type { PiiRule } from "./rule.ts";
import type { Scan } from "./scan.ts";
import { ACCOUNT, CARD, IDENTITY, ORDINARY, PHONE } from "./topics.ts";

/** Zero to nine in each language, commas between forms of one digit. */
const LANGUAGES = [
  "zero,oh one two three four five six seven eight nine",
  "null eins zwei,zwo drei vier fünf sechs sieben acht neun",
  "zéro un deux trois quatre cinq six sept huit neuf",
  "cero uno dos tres cuatro cinco seis siete ocho nueve",
  "zero uno due tre quattro cinque sei sette otto nove",
  "zero um dois três quatro cinco seis,meia sete oito nove",
  "nul een,één twee drie vier vijf zes zeven acht negen",
  "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
  "शून्य एक दो तीन चार पांच,पाँच छह,छः सात आठ नौ",
];
/** Stands for every word that is two digits. */
const PAIR = 10;
/** The French say their numbers in pairs: "zéro six douze trente-quatre". */
const PAIRS = "dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante septante huitante nonante vingts";

const DIGITS: ReadonlyMap<number, number> = new Map([
  ...LANGUAGES.flatMap((language) =>
    language.split(" ").flatMap((forms, digit) => forms.split(",").map((form): [number, number] => [hashWord(form), digit])),
  ),
  ...PAIRS.split(" ").map((word): [number, number] => [hashWord(word), PAIR]),
]);
const REPEATS: ReadonlyMap<number, number> = new Map([
  [hashWord("double"), 1],
  [hashWord("triple"), 2],
]);

/** Fewer words than this are a quantity or a time; every such run holds a token whose index this divides. */
const RUN_MIN = 7;
/** Without a word about phones: as long as a number with its area code, and no counting. */
const ALONE_MIN = 9;
const RUN_MAX = 24;
const GAP_MAX = 3;
const CARD_MIN = 13;
const KINDS_MIN = 3;

const isSpoken = (scan: Scan, token: number): boolean =>
  token >= 0 && token < scan.tokens && (DIGITS.has(scan.hashes[token] ?? 0) || REPEATS.has(scan.hashes[token] ?? 0));
const isClose = (scan: Scan, token: number): boolean => (scan.start[token] ?? 0) - (scan.end[token - 1] ?? 0) <= GAP_MAX;

/** The digits of a run; undefined: it counts up or down, or says the same again and again. */
function readRun(scan: Scan, first: number, last: number): number | undefined {
  let size = 0;
  let steps = 0;
  let before = -2;
  const kinds = new Set<number>();
  for (let token = first; token <= last; token++) {
    const hash = scan.hashes[token] ?? 0;
    size += REPEATS.get(hash) ?? 1;
    const digit = DIGITS.get(hash);
    if (digit === undefined) continue;
    kinds.add(digit);
    if (Math.abs(digit - before) === 1) steps++;
    before = digit;
  }
  return kinds.size < KINDS_MIN || steps * 4 >= (last - first) * 3 ? undefined : size;
}

function typeOf(scan: Scan, start: number, end: number, size: number): FindingType | undefined {
  const mark = nearestMark(scan, PHONE | CARD | IDENTITY | ACCOUNT, start, end);
  if (mark >= 0 && !isOvertaken(scan, mark, ORDINARY, start)) {
    const topics = scan.markTopics[mark] ?? 0;
    if ((topics & CARD) !== 0 && size >= CARD_MIN) return "CARD";
    if ((topics & IDENTITY) !== 0) return "NATIONAL_ID";
    return (topics & ACCOUNT) !== 0 ? "BANK_ACCOUNT" : "PHONE";
  }
  return size >= ALONE_MIN ? "PHONE" : undefined;
}

/** Numbers read out digit by digit, as transcripts of calls have them: "five five five, two three oh one". */
export function createSpokenDigitsRule(): PiiRule {
  return {
    name: "digits-spoken",
    types: ["PHONE", "CARD", "NATIONAL_ID", "BANK_ACCOUNT"],
    run: (scan, out: Finding[]) => {
      for (let probe = RUN_MIN - 1; probe < scan.tokens; probe += RUN_MIN) {
        if (!isSpoken(scan, probe)) continue;
        let first = probe;
        while (first > probe - RUN_MAX && isSpoken(scan, first - 1) && isClose(scan, first)) first--;
        let last = probe;
        while (last < probe + RUN_MAX && isSpoken(scan, last + 1) && isClose(scan, last + 1)) last++;
        if (last - first + 1 < RUN_MIN) continue;
        const start = scan.start[first] ?? 0;
        const end = scan.end[last] ?? 0;
        const size = readRun(scan, first, last);
        const type = size === undefined ? undefined : typeOf(scan, start, end, size);
        if (type !== undefined) out.push({ type, start, end, score: 0.75, reason: "shape:digits-spoken" });
        probe += Math.floor((last - probe) / RUN_MIN) * RUN_MIN;
      }
    },
  };
}
