import { stemmer as danish } from "@orama/stemmers/danish";
import { stemmer as dutch } from "@orama/stemmers/dutch";
import { stemmer as finnish } from "@orama/stemmers/finnish";
import { stemmer as french } from "@orama/stemmers/french";
import { stemmer as german } from "@orama/stemmers/german";
import { stemmer as italian } from "@orama/stemmers/italian";
import { stemmer as norwegian } from "@orama/stemmers/norwegian";
import { stemmer as portuguese } from "@orama/stemmers/portuguese";
import { stemmer as russian } from "@orama/stemmers/russian";
import { stemmer as spanish } from "@orama/stemmers/spanish";
import { stemmer as swedish } from "@orama/stemmers/swedish";
import { stemmer as english } from "stemmer";
import { DEFAULT_LANGUAGE } from "../../domain/language.ts";
import { STOP_WORDS } from "../stop-words.ts";
import { fold } from "./fold.ts";
import { STOP_LISTS } from "./stop-lists.ts";

/** What of a word is the index's term, in one language. */
export type Language = {
  /** ISO 639-1. */
  readonly code: string;
  /** What may stand before an apostrophe and is a word of its own: `l'article`, `dell'anno`. */
  readonly elided: RegExp | undefined;
  /** Digits in groups of three are parted by points: `1.000.000`. */
  readonly pointsPartThousands: boolean;
  /** The term of a word as it is written, or empty where it says nothing. */
  reduce(word: string): string;
};

/** A SHA-256 in hex is 64 characters; what is longer is encoded data that nobody types. */
export const TERM_CHARS_MAX = 72;
/** Stemming costs more than looking a word up; a vocabulary of this size is a few megabytes. */
const CACHED_WORDS_MAX = 50_000;
/** Shorter ones are abbreviations rather than forms of a word. */
const STEMMED_CHARS_MIN = 3;

const plainWord = /^[a-z]+$/;
const onlyLetters = /^[\p{L}\p{M}]+$/u;
const cyrillic = /^\p{Script=Cyrillic}/u;

type Rules = {
  readonly stem: (word: string) => string;
  /** Before the stemmer: what people type instead of the letters that it expects. */
  readonly respell?: (word: string) => string;
  readonly elided?: RegExp;
  readonly pointsPartThousands?: boolean;
};

const RULES: Readonly<Record<string, Rules>> = {
  // `ue` after a vowel or q is none of the umlaut: Bauer, neue, Quelle.
  de: {
    stem: german,
    respell: (word) => word.replace(/ß/g, "ss").replace(/ae|oe|(?<![aeiouäöüq])ue/g, (pair) => UMLAUTS[pair] ?? pair),
    pointsPartThousands: true,
  },
  fr: {
    stem: french,
    respell: (word) => word.replace(/ee(s?)$/, "ée$1"),
    elided: /^(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=.)/i,
  },
  es: { stem: spanish, respell: (word) => word.replace(/([cs])ion$/, "$1ión"), pointsPartThousands: true },
  it: {
    stem: italian,
    respell: (word) => word.replace(/ita$/, "ità"),
    elided: /^(?:[ldcmtsvn]|gl|un|all|dall|dell|nell|sull|coll|agl|dagl|degl|negl|sugl|quest|quell|com|dov|cos|anch|bell|sant)['’](?=.)/i,
    pointsPartThousands: true,
  },
  pt: {
    stem: portuguese,
    respell: (word) =>
      word
        .replace(/([cs])ao$/, (_, letter: string) => (letter === "c" ? "ção" : "são"))
        .replace(/([cs])oes$/, (_, letter: string) => (letter === "c" ? "ções" : "sões")),
    elided: /^d['’](?=.)/i,
    pointsPartThousands: true,
  },
  nl: { stem: dutch, pointsPartThousands: true },
  sv: { stem: swedish },
  da: { stem: danish, respell: (word) => word.replaceAll("aa", "å"), pointsPartThousands: true },
  no: { stem: norwegian, respell: (word) => word.replaceAll("aa", "å") },
  fi: { stem: finnish },
  ru: { stem: russian, pointsPartThousands: true },
};

const UMLAUTS: Readonly<Record<string, string>> = { ae: "ä", oe: "ö", ue: "ü" };

function reduceEnglish(word: string): string {
  const folded = fold(word);
  if (folded.length > TERM_CHARS_MAX || STOP_WORDS.has(folded)) return "";
  return folded.length >= STEMMED_CHARS_MIN && plainWord.test(folded) ? english(folded) : folded;
}

/** Its stemmer knows the letters as they are written, so diacritics go after it; stop words are known either way. */
function createReduce(rules: Rules, stops: ReadonlySet<string>): (word: string) => string {
  return (word) => {
    const folded = fold(word);
    if (folded.length > TERM_CHARS_MAX || stops.has(folded)) return "";
    if (folded.length < STEMMED_CHARS_MIN || !onlyLetters.test(folded)) return folded;
    const written = word.normalize("NFKC").toLowerCase();
    return fold(rules.stem(rules.respell?.(written) ?? written));
  };
}

function createLanguage(code: string): Language {
  const rules = RULES[code];
  const reduce = reduceOf(code, rules);
  const known = new Map<string, string>();
  return {
    code,
    elided: rules?.elided,
    pointsPartThousands: rules?.pointsPartThousands ?? false,
    reduce(word) {
      const before = known.get(word);
      if (before !== undefined) return before;
      if (known.size >= CACHED_WORDS_MAX) known.clear();
      const term = reduce(word);
      known.set(word, term);
      return term;
    },
  };
}

/** Latin words in a text of another script are mostly English. What nobody here knows is compared as it is written, without diacritics. */
function reduceOf(code: string, rules: Rules | undefined): (word: string) => string {
  if (code === "en") return reduceEnglish;
  if (rules === undefined) return OTHER_SCRIPTS.has(code) ? reduceEnglish : reducePlain;
  const own = createReduce(
    rules,
    new Set(
      (STOP_LISTS[code] ?? "")
        .split(/\s+/)
        .filter((word) => word !== "")
        .map(fold),
    ),
  );
  return code === "ru" ? (word) => (cyrillic.test(word) ? own(word) : reduceEnglish(word)) : own;
}

function reducePlain(word: string): string {
  const folded = fold(word);
  return folded.length > TERM_CHARS_MAX ? "" : folded;
}

const OTHER_SCRIPTS: ReadonlySet<string> = new Set(
  "am ar bg be bn el fa gu he hi hy ja ka kn ko lo km mk ml mr my ne or pa sr ta te th uk ur yi zh".split(" "),
);

/** Languages whose words are reduced to stems. */
export const STEMMED_LANGUAGES: readonly string[] = ["en", ...Object.keys(RULES)];
const made = new Map<string, Language>();
/** Codes come from a detector or from settings, two letters each: a bound all the same. */
const LANGUAGES_MAX = 256;

export function languageOf(code: string | null | undefined): Language {
  const name = code ?? DEFAULT_LANGUAGE;
  const known = made.get(name);
  if (known !== undefined) return known;
  const language = createLanguage(name);
  if (made.size < LANGUAGES_MAX) made.set(name, language);
  return language;
}
