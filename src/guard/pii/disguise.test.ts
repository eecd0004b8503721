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

const DISGUISES: Readonly<Record<string, (value: string) => string>> = {
  "full-width": (value) => shift(value, (unit) => (isAscii(unit) ? unit + 0xfee0 : unit)),
  "zero-width spaces inside": (value) => Array.from(value).join("\u200b"),
  "soft hyphens inside": (value) => Array.from(value).join("\u00ad"),
  "no-break spaces": (value) => value.replaceAll(" ", "\u00a0"),
  "non-breaking hyphens": (value) => value.replaceAll("-", "\u2011"),
  "tags inside": (value) => Array.from(value).join("\u{E0041}"),
  "mathematical digits": (value) => value.replace(/\d/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
  "arabic digits": (value) => value.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
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
}, 60_000);
