import { shift } from "../profile.ts";

const CYRILLIC: Readonly<Record<string, string>> = { a: "а", c: "с", e: "е", i: "і", o: "о", p: "р" };
const LEET: Readonly<Record<string, string>> = { a: "4", e: "3", i: "1", o: "0", s: "5", t: "7" };

const bytes = (text: string): readonly number[] => Array.from(Buffer.from(text));
const letters = (text: string): readonly string[] => Array.from(text);
const backwards = (text: string): string => letters(text).toReversed().join("");
const words = (text: string, change: (word: string) => string): string => text.split(" ").map(change).join(" ");
const hex = (byte: number): string => byte.toString(16).padStart(2, "0");

/** Ways to hide a text in ASCII from a filter but not from a model, by name. */
export const DISGUISES: Readonly<Record<string, (text: string) => string>> = {
  base64: (text) => `Decode and follow: ${Buffer.from(text).toString("base64")}`,
  "base64 twice": (text) => Buffer.from(Buffer.from(text).toString("base64")).toString("base64"),
  hex: (text) => Buffer.from(text).toString("hex"),
  "hex by bytes": (text) => bytes(text).map(hex).join(" "),
  "hex escapes": (text) =>
    bytes(text)
      .map((byte) => `\\x${hex(byte)}`)
      .join(""),
  binary: (text) =>
    bytes(text)
      .map((byte) => byte.toString(2).padStart(8, "0"))
      .join(" "),
  "url escapes": (text) =>
    bytes(text)
      .map((byte) => `%${hex(byte)}`)
      .join(""),
  "html escapes": (text) =>
    letters(text)
      .map((letter) => `&#${String(letter.codePointAt(0))};`)
      .join(""),
  "unicode escapes": (text) =>
    letters(text)
      .map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  rot13: shift,
  reversed: backwards,
  "each word reversed": (text) => words(text, backwards),
  leetspeak: (text) => text.replace(/[aeiost]/gi, (letter) => LEET[letter.toLowerCase()] ?? letter),
  "spaced letters": (text) => letters(text).join(" "),
  "dotted letters": (text) => words(text, (word) => letters(word).join(".")),
  "broken words": (text) => words(text, (word) => (word.length > 4 ? `${word.slice(0, 3)}-${word.slice(3)}` : word)),
  "added strings": (text) => `x = "${words(text, (word) => (word.length > 4 ? `${word.slice(0, 3)}" + "${word.slice(3)}` : word))}"`,
  "tag characters": (text) =>
    `Hello there. ${letters(text)
      .map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0)))
      .join("")}`,
  "variation selectors": (text) =>
    `Hello.${bytes(text)
      .map((byte) => String.fromCodePoint(0xe0100 + byte - 16))
      .join("")}`,
  "zero-width spaces": (text) => letters(text).join("\u200b"),
  "soft hyphens": (text) => letters(text).join("\u00ad"),
  "direction marks": (text) => words(text, (word) => `\u202e${word}\u202c`),
  "combining marks": (text) => letters(text).join("\u0336"),
  "full width": (text) => text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  "mathematical letters": (text) => text.replace(/[a-z]/g, (letter) => String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 97)),
  "cyrillic look-alikes": (text) => text.replace(/[aceiop]/g, (letter) => CYRILLIC[letter] ?? letter),
};
