/** Ways to write a text so that a filter does not recognise it and a model still does. */
export const ENCODINGS = [
  "base64",
  "rot13",
  "hex",
  "leet",
  "homoglyph",
  "zero-width",
  "bidi",
  "tags",
  "spaced",
  "reversed",
  "url",
] as const;
export type Encoding = (typeof ENCODINGS)[number];

const LEET: Readonly<Record<string, string>> = { a: "4", e: "3", i: "1", o: "0", s: "5", t: "7" };
/** Cyrillic letters that look like Latin ones. */
const HOMOGLYPHS: Readonly<Record<string, string>> = { a: "а", c: "с", e: "е", i: "і", o: "о", p: "р", x: "х", y: "у" };
const ZERO_WIDTH = "\u200b";
const [RIGHT_TO_LEFT, END_OF_OVERRIDE] = ["\u202e", "\u202c"];
const TAGS_FROM = 0xe0000;

export function encode(text: string, encoding: Encoding): string {
  switch (encoding) {
    case "base64":
      return Buffer.from(text, "utf8").toString("base64");
    case "rot13":
      return rot13(text);
    case "hex":
      return toHex(text, " ");
    case "leet":
      return swap(text, LEET);
    case "homoglyph":
      return swap(text, HOMOGLYPHS);
    case "zero-width":
      return Array.from(text).join(ZERO_WIDTH);
    case "bidi":
      return `${RIGHT_TO_LEFT}${reverse(text)}${END_OF_OVERRIDE}`;
    case "tags":
      return Array.from(text)
        .map((letter) => String.fromCodePoint(TAGS_FROM + ((letter.codePointAt(0) ?? 0) & 0x7f)))
        .join("");
    case "spaced":
      return text
        .split(" ")
        .map((word) => Array.from(word).join(" "))
        .join("   ");
    case "reversed":
      return reverse(text);
    case "url":
      return toHex(text, "%", "%");
  }
}

export const reverse = (text: string): string => Array.from(text).toReversed().join("");

export const rot13 = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const from = letter <= "Z" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - from + 13) % 26) + from);
  });

export const toHex = (text: string, between = "", before = ""): string =>
  before + [...Buffer.from(text, "utf8")].map((byte) => byte.toString(16).padStart(2, "0")).join(between);

const swap = (text: string, table: Readonly<Record<string, string>>): string =>
  text.replace(/[a-z]/gi, (letter) => table[letter.toLowerCase()] ?? letter);
