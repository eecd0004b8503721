import { test } from "bun:test";
import assert from "node:assert/strict";
import { createPiiFinder } from "./pii-finder.ts";
import { createDice } from "./samples/dice.fixture.ts";
import { IDENTITY_SAMPLES } from "./samples/identity.fixture.ts";
import { missedSamples } from "./samples/missed.fixture.ts";
import { MONEY_SAMPLES } from "./samples/money.fixture.ts";

const KINDS: ReadonlySet<string> = new Set(["card", "iban, no label", "us-ssn", "fr-nir", "es-dni", "br-cpf", "in-aadhaar", "cn-resident"]);

const shift = (value: string, by: (unit: number) => number): string =>
  Array.from(value, (letter) => String.fromCharCode(by(letter.charCodeAt(0)))).join("");
const isAscii = (unit: number): boolean => unit > 32 && unit < 127;

/** What leaves no ink, by what it was made for. */
const INKLESS: Readonly<Record<string, string>> = {
  "zero-width spaces": "\u200b",
  "soft hyphens": "\u00ad",
  tags: "\u{E0041}",
  "Hangul fillers of a first consonant": "\u115f",
  "Hangul fillers of a vowel": "\u1160",
  "Hangul fillers": "\u3164",
  "half-width Hangul fillers": "\uffa0",
  "Khmer vowels that are only thought": "\u17b4",
  "Mongolian variation selectors": "\u180b",
  "variation selectors": "\ufe0f",
  "marks of annotations": "\ufff9",
  "blanks of Braille": "\u2800",
};

const DISGUISES: Readonly<Record<string, (value: string) => string>> = {
  "full-width": (value) => shift(value, (unit) => (isAscii(unit) ? unit + 0xfee0 : unit)),
  "no-break spaces": (value) => value.replaceAll(" ", "\u00a0"),
  "non-breaking hyphens": (value) => value.replaceAll("-", "\u2011"),
  "mathematical digits": (value) => value.replace(/\d/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
  "arabic digits": (value) => value.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
  ...Object.fromEntries(
    Object.entries(INKLESS).map(([name, unit]) => [`${name} inside`, (value: string) => Array.from(value).join(unit)] as const),
  ),
};

const samples = [...MONEY_SAMPLES, ...IDENTITY_SAMPLES].filter(({ name }) => KINDS.has(name));

test("identifiers are found at their exact place however their characters are disguised", () => {
  const finder = createPiiFinder();
  for (const [name, disguise] of Object.entries(DISGUISES)) {
    const { missed, tried } = missedSamples(finder, samples, createDice(3), disguise);
    console.log(`# disguised, ${name}: ${tried} samples, ${missed.length} missed`);
    assert.deepEqual(missed.slice(0, 5), [], name);
  }
  assert.equal(samples.length, KINDS.size);
  assert.equal(Object.keys(DISGUISES).length, 17);
}, 60_000);

test("a blank that no reader sees divides a word from the number after it, and does not divide digits", () => {
  const finder = createPiiFinder();
  for (const blank of ["\u3164", "\uffa0", "\u2800", "\ufff9", "\u2800\u3164"]) {
    const text = `Call me${blank}415-555-2671${blank}or card${blank}4111${blank}1111${blank}11111111${blank}please`;
    assert.deepEqual(
      finder.find(text).map(({ type, start, end }) => `${type} ${text.slice(start, end).replaceAll(blank, "")}`),
      ["PHONE 415-555-2671", "CARD 4111111111111111"],
      JSON.stringify(blank),
    );
  }
});
