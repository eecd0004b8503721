import { measureOf, MONTH_WORDS, NUMBER_WORDS, type Measure } from "./number-words.ts";

/** A number in a text. */
export type Figure = {
  /** Every value that it may be read as: `1.500` is 1500 in one country and 1.5 in another. */
  readonly values: readonly string[];
  /** Written as digits, or as a word before something that is counted. */
  readonly firm: boolean;
  readonly unit: Measure | "month of the year" | undefined;
  /** The word behind it, in lower case. */
  readonly next: string | undefined;
  /** UTF-16 position in the text. */
  readonly at: number;
};

const spaced = String.raw`[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]`;
const figure = new RegExp(
  String.raw`(?<![${spaced.slice(1, -1)}\d:])(\d{1,2}):(\d{2})(?!\d)|(?<![${spaced.slice(1, -1)}\d.,])\d+(?:[.,'’\u00a0\u202f]\d+)*|[%％€$£¥]|\p{L}+(?:-\p{L}+)?`,
  "gu",
);
const isoDate = /\b(\d{4})-(\d{2})-(\d{2})\b/g;
const localDate = /(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})?(?![\d])/g;
/** A number is followed by what it counts, or by a word between: `30 vacation days`. */
const UNIT_WORDS = 2;
const scale: Readonly<Record<string, number>> = {
  thousand: 1e3, million: 1e6, billion: 1e9, millions: 1e6, tausend: 1e3, millionen: 1e6, mio: 1e6, mille: 1e3, mil: 1e3, milliard: 1e9,
  millones: 1e6, milioni: 1e6, milhões: 1e6, miljoen: 1e6, miljoner: 1e6, тысяч: 1e3, миллионов: 1e6, k: 1e3, m: 1e6,
}; // prettier-ignore

/** The numbers of a text, digits and words, months beside a day or a year among them. */
export function figuresOf(text: string): readonly Figure[] {
  const dated = text
    .replace(isoDate, (_, year: string, month: string, day: string) => `${day} ${monthName(month)} ${year}`)
    .replace(localDate, (all, day: string, month: string, year?: string) =>
      Number(day) <= 31 && Number(month) <= 12 ? `${day} ${monthName(month)} ${year ?? ""}` : all,
    );
  const tokens = [...dated.matchAll(figure)];
  return tokens.flatMap((token, at): Figure[] => {
    const [raw] = token;
    const next = tokens.slice(at + 1, at + 2 + UNIT_WORDS).map((one) => one[0].toLowerCase());
    const before = tokens[at - 1]?.[0].toLowerCase();
    const unit = before !== undefined && measureOf(before) === "money" ? "money" : unitOf(next);
    const place = { unit, next: next[0], at: token.index } as const;
    if (token[1] !== undefined) return [{ ...place, values: clock(Number(token[1]), token[2] ?? "00"), firm: true, unit: undefined }];
    if (/^\d/.test(raw)) return [{ ...place, values: digits(raw, next[0]), firm: true }];
    return spelled(raw, tokens[at - 1]?.[0], next[0], dated.slice(token.index + raw.length), place);
  });
}

const monthName = (month: string): string => [...MONTH_WORDS].find(([, no]) => no === Number(month))?.[0] ?? "";

/** What comes after it is not what is counted: `2.35 per order`, `15 of the 30 days`. */
const ENDS_COUNT = /^(?:per|a|an|each|every|of|the|and|or|in|to|from|on|after|before|pro|je|par|por|al|im|der|von|de|du)$/;

function unitOf(next: readonly string[]): Measure | undefined {
  for (const word of next) {
    const found = measureOf(word);
    if (found !== undefined) return found;
    if (ENDS_COUNT.test(word) || /^\d/.test(word) || NUMBER_WORDS.has(word)) return undefined;
  }
  return undefined;
}

function digits(raw: string, next: string | undefined): readonly string[] {
  const values = readings(raw);
  const times = next === undefined ? undefined : scale[next];
  return times === undefined ? values : [...values, ...values.map((value) => String(Number(value) * times))];
}

function readings(raw: string): readonly string[] {
  const bare = raw.replace(/['’\u00a0\u202f]/g, "");
  const groups = bare.split(/[.,]/);
  if (groups.length === 1) return [String(Number(bare))];
  const whole = groups.slice(1).every((group) => group.length === 3) ? [String(Number(groups.join("")))] : [];
  if (groups.length === 2) return [...whole, String(Number(bare.replace(",", ".")))];
  const last = bare.search(/[.,]\d*$/);
  const decimal = /[.,]\d{3}$/.test(bare) ? [] : [String(Number(`${bare.slice(0, last).replace(/[.,]/g, "")}.${bare.slice(last + 1)}`))];
  // `4.2.1` is a clause.
  return [...whole, ...(whole.length === 0 && !bare.includes(",") ? [bare] : decimal)];
}

function clock(hour: number, minutes: string): readonly string[] {
  const whole = [`${hour}:${minutes}`, `${hour % 12}:${minutes}`];
  return minutes === "00" ? [...whole, String(hour), String(hour % 12 === 0 ? 12 : hour % 12)] : whole;
}

type Place = Pick<Figure, "unit" | "next" | "at">;

function spelled(raw: string, before: string | undefined, next: string | undefined, rest: string, place: Place): Figure[] {
  const word = raw.toLowerCase();
  const month = MONTH_WORDS.get(word);
  if (month !== undefined && (isNumber(before) || isNumber(next)))
    return [{ ...place, values: [`month ${month}`], firm: true, unit: "month of the year" }];
  const [first = "", second] = word.split("-");
  const value = NUMBER_WORDS.get(first);
  if (value === undefined) return [];
  const more = second === undefined ? 0 : NUMBER_WORDS.get(second);
  // `six-month` is six, `twenty-five` is both together.
  const sum = value >= 20 && more !== undefined && more < 10 ? value + more : value;
  const half = /^\s+and a half\b/i.test(rest) ? [String(sum + 0.5)] : [];
  const unit = second !== undefined && more === undefined ? (measureOf(second) ?? place.unit) : place.unit;
  const times = next === undefined ? undefined : scale[next];
  const scaled = times === undefined ? [] : [String(sum * times)];
  return [{ ...place, values: [String(sum), ...half, ...scaled], firm: unit !== undefined, unit }];
}

const isNumber = (token: string | undefined): boolean => token !== undefined && /^\d{1,4}$/.test(token);

const codes =
  /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]+(?:[-_.@/:][\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]+)*/gu;

/** Codes, addresses and acronyms: what nobody says in other words. In lower case. */
export function codesOf(text: string): readonly string[] {
  return (text.match(codes) ?? [])
    .filter(
      (token) =>
        (/\p{L}/u.test(token) && /\d/.test(token) && !/^\d+(?:st|nd|rd|th|%|k|m|h|am|pm)$/i.test(token)) ||
        /@|_/.test(token) ||
        /^\p{Lu}{2,}$/u.test(token),
    )
    .filter((token) => !/^(?:\p{L}+-\d+|\d+-\p{L}+|\d+-\p{L}+-\p{L}+)$/u.test(token) || /\p{Lu}/u.test(token))
    .map((token) => token.toLowerCase());
}

/** Words in a row that are written like a name, without those that only begin a sentence. */
export function namesOf(text: string): readonly (readonly string[])[] {
  const found: string[][] = [];
  const run =
    /(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{M}\p{N}’'-]+(?:[ \u00a0](?:(?:van|von|de|der|of|the|and|for|&) )?\p{Lu}[\p{L}\p{M}\p{N}’'-]+)*/gu;
  for (const match of text.matchAll(run)) {
    const words = match[0].split(/[ \u00a0]/).filter((word) => /^\p{Lu}/u.test(word));
    const begins = /(?:^|[.!?:;•*|>(“"]\s*|^\s*[-*]\s*)$/u.test(text.slice(Math.max(0, match.index - 12), match.index));
    const kept = begins && words.length === 1 ? [] : words.filter((word) => !MONTH_WORDS.has(word.toLowerCase()));
    if (kept.length > 0) found.push(kept);
  }
  return found;
}

/** Beginnings of all words in a row: `Multi-factor authentication` has `mfa` in it. */
export const initialsOf = (text: string): string =>
  (text.match(/[\p{L}\p{N}]+/gu) ?? [])
    .map((one) => one.charAt(0))
    .join("")
    .toLowerCase();

/** Initials of names, as an acronym is made of them. In lower case. */
export const acronymOf = (name: readonly string[]): string =>
  name
    .map((word) => word.charAt(0))
    .join("")
    .toLowerCase();
