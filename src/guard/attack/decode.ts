/** Encodings that a model reads as easily as plain text. Each decoder is linear and gives text, or nothing where the bytes are none. */

export type Decoded = { readonly text: string; readonly how: "base64" | "hex" | "binary" };

/** Runs of one kind that are tried: long names in code look like base64, so one payload may stand behind many of them. */
const RUNS_MAX = 4096;
/** Most of what is decoded must be letters and spaces; keys, pictures and compressed data are not. */
const LETTERS_MIN = 0.7;

/** Shorter runs cannot hold an instruction: 20 characters of base64 are 15 bytes. */
const base64Run = /[A-Za-z0-9+/_-]{20,}={0,2}/g;
const hexRun = /(?:[0-9a-fA-F]{2}){8,}/g;
/** `69 67 6e`, `69:67:6e`, `\x69\x67`, `0x69, 0x67`. */
const hexRow = /(?:(?:\\x|0x)?[0-9a-fA-F]{2}[ ,:\n]{0,2}){8,}/g;
const binaryRow = /(?:[01]{8}[ ,\n]?){6,}/g;
const hexPair = /(?:\\x|0x)?([0-9a-fA-F]{2})/g;
const octet = /[01]{8}/g;
const lettersAndSpaces = /[\p{L}\p{M}\p{Nd}\s.,:;!?'"()-]/gu;
/** Control characters but tab and line ends, and what a decoder puts where bytes were no text. */
const isControl = (code: number): boolean => code < 9 || (code > 13 && code < 32) || code === 127 || code === 0xfffd;

function readText(bytes: Uint8Array): string | undefined {
  if (bytes.length < 8) return undefined;
  const text = new TextDecoder().decode(bytes);
  for (let at = 0; at < text.length; at++) if (isControl(text.charCodeAt(at))) return undefined;
  const letters = text.match(lettersAndSpaces)?.length ?? 0;
  return letters >= LETTERS_MIN * text.length && /\p{L}{2}/u.test(text) ? text : undefined;
}

const fromPairs = (run: string, pattern: RegExp, base: number): Uint8Array =>
  Uint8Array.from(Array.from(run.matchAll(pattern), (match) => Number.parseInt(match[1] ?? match[0], base)));

export type DecodeOptions = {
  readonly bytesMax: number;
  /** Whether the text has long runs of code characters, and rows of bytes written one by one: what it lacks is not searched for. */
  readonly hasRuns: boolean;
  readonly hasRows: boolean;
};

/** Decodes what it finds until `bytesMax` are used up; the rest is left. */
export function decodeRuns(text: string, { bytesMax, hasRuns, hasRows }: DecodeOptions): readonly Decoded[] {
  const found: Decoded[] = [];
  let left = bytesMax;
  const add = (how: Decoded["how"], bytes: Uint8Array): void => {
    left -= bytes.length;
    const decoded = readText(bytes);
    if (decoded !== undefined) found.push({ text: decoded, how });
  };
  const search = (pattern: RegExp, how: Decoded["how"], toBytes: (run: string) => Uint8Array): void => {
    let runs = 0;
    for (const [run] of text.matchAll(pattern)) {
      if (left <= 0 || runs >= RUNS_MAX) return;
      runs++;
      add(how, toBytes(run.slice(0, 4 * left)));
    }
  };
  if (hasRows) search(binaryRow, "binary", (run) => fromPairs(run, octet, 2));
  if (hasRuns) search(hexRun, "hex", (run) => Buffer.from(run, "hex"));
  if (hasRows) search(hexRow, "hex", (run) => fromPairs(run, hexPair, 16));
  if (hasRuns) search(base64Run, "base64", (run) => Buffer.from(run, "base64"));
  if (hasRuns) for (const block of joinLines(text)) if (left > 0) add("base64", Buffer.from(block.slice(0, 2 * left), "base64"));
  return found;
}

const base64Line = /^[A-Za-z0-9+/]+={0,2}\r?$/;
/** Mail breaks base64 over lines: lines of nothing else that follow one another, put together. */
function joinLines(text: string): readonly string[] {
  const blocks: string[] = [];
  let block: string[] = [];
  for (const line of [...text.split("\n"), ""]) {
    if (base64Line.test(line)) block.push(line.trim());
    else {
      if (block.length > 1) blocks.push(block.join(""));
      block = [];
    }
  }
  return blocks;
}

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  colon: ":",
  period: ".",
  comma: ",",
  Tab: "\t",
  NewLine: "\n",
};
const escaped = /%[0-9a-fA-F]{2}|&#\d{1,6};?|&#x[0-9a-fA-F]{1,5};?|&[A-Za-z]{2,8};|\\u\{?[0-9a-fA-F]{4,5}\}?|\\x[0-9a-fA-F]{2}/g;

const toSymbol = (code: number): string => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ");

const resolve = (escape: string): string => {
  if (escape.startsWith("&#"))
    return toSymbol(/^&#x/i.test(escape) ? Number.parseInt(escape.slice(3), 16) : Number.parseInt(escape.slice(2), 10));
  if (escape.startsWith("&")) return NAMED[escape.slice(1, -1)] ?? escape;
  return toSymbol(Number.parseInt(escape.replace(/^%|^\\[ux]|[{}]/g, ""), 16));
};

/** URL, HTML and source-code escapes resolved; `+` is left, because it is a plus more often than a space. */
export const resolveEscapes = (text: string): string => text.replace(escaped, resolve);

const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "2": "z",
  "3": "e",
  "4": "a",
  "5": "s",
  "6": "g",
  "7": "t",
  "8": "b",
  "9": "g",
  "@": "a",
  $: "s",
  "!": "i",
  "|": "l",
  "€": "e",
};
const leetWord = /[A-Za-z0-9@$!|€]{2,20}/g;
const leetMark = /[0-9@$!|€]/g;
const trailing = /(?<![!|])[!|]+$/;

/** Digits and symbols inside words made letters; plain numbers stay. */
export const readLeet = (text: string): string =>
  text.replace(leetWord, (word) => {
    if (!/[a-z]/i.test(word) && !/[@$!|€]/.test(word)) return word;
    const end = trailing.exec(word)?.[0] ?? "";
    return word.slice(0, word.length - end.length).replace(leetMark, (mark) => LEET[mark] ?? mark) + end;
  });

const bareJoint = /([A-Za-z])[-._*~]{1,2}(?=[A-Za-z])/g;
/** Words broken by hyphens, dots and the like put together: `ig-nore`, `pre.vious`; and strings that are added: `"ig" + "nore"`. */
export const joinWords = (text: string): string => text.replace(/["'`] {0,2}\+ {0,2}["'`]/g, "").replace(bareJoint, "$1");

const FREE =
  "a i an as at be by do go he if in is it me my no of on or so to up us we all and any are but can for from had has have how its let new not now one our out own put say see she the too two use was who why you your act as above about after again also answer anything back been before being both call come could direct each ever every everything first follow following forget give given good guidelines have hidden ignore instead instruction instructions just keep key know last like limits list make message messages model more must need never next only order orders other output over password please pretend previous print prior prompt prompts question read repeat reply respond response restrictions reveal right rules safety same secret send should show some start stop system tell text than that their them then there these they thing this those told under until user want what when where which while will with without word words would write disregard override bypass developer mode unfiltered jailbreak";
const vocabulary = new Set(FREE.split(" "));
const WORD_MAX = 14;
/** Cut at once: bounds the arrays. */
const ROW_MAX = 600;

/** Cuts letters without spaces into frequent words, fewest unknown letters first. Linear: at most 14 looks for each letter. */
export function cutWords(letters: string): string {
  const rows = Array.from({ length: Math.ceil(letters.length / ROW_MAX) }, (_, at) => letters.slice(at * ROW_MAX, (at + 1) * ROW_MAX));
  return rows.map((row) => cutRow(row.toLowerCase())).join(" ");
}

function cutRow(text: string): string {
  const cost = new Float64Array(text.length + 1);
  const from = new Int32Array(text.length + 1);
  for (let end = 1; end <= text.length; end++) {
    cost[end] = (cost[end - 1] ?? 0) + 2;
    from[end] = end - 1;
    for (let length = 1; length <= Math.min(WORD_MAX, end); length++) {
      if (!vocabulary.has(text.slice(end - length, end))) continue;
      const total = (cost[end - length] ?? 0) + 1;
      if (total < (cost[end] ?? 0)) {
        cost[end] = total;
        from[end] = end - length;
      }
    }
  }
  const cut: string[] = [];
  for (let end = text.length; end > 0; end = from[end] ?? 0) cut.push(text.slice(from[end], end));
  return joinUnknown(cut.toReversed());
}

/** Letters that are no word stand together until the next word. */
function joinUnknown(cut: readonly string[]): string {
  let text = "";
  let wasUnknown = false;
  for (const part of cut) {
    const isUnknown = !vocabulary.has(part);
    text += (text !== "" && !(isUnknown && wasUnknown) ? " " : "") + part;
    wasUnknown = isUnknown;
  }
  return text;
}

const letterRow = /(?:[A-Za-z0-9](?:[ .\-_*|,/\u00b7\n]{1,4}|$)){5,}[A-Za-z0-9]?/g;
/** `i g n o r e  a l l` made words: a wider gap parts them; without any the words are looked up. */
export const joinLetters = (text: string): string =>
  text.replace(letterRow, (row) => {
    const groups = row.trim().split(/ {2,}|\n| [|/] /);
    const joined = groups.map((group) => group.replace(/[^A-Za-z0-9]/g, ""));
    return ` ${(groups.length > 1 ? joined : joined.map(cutWords)).join(" ")} `;
  });

const letters = /[A-Za-z]+/g;
/** Letters of long runs that are cut into words; each costs several looks, so that more of them are left as they are. */
const RUN_LETTERS_MAX = 8192;
/** `ignoreallrules` made words, where a run has at least so many letters. */
export function cutRuns(text: string, runMin: number): string {
  let left = RUN_LETTERS_MAX;
  return text.replace(letters, (run) => {
    if (run.length < runMin || run.length > left) return run;
    left -= run.length;
    return cutWords(run);
  });
}
