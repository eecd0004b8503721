import { test } from "bun:test";
import assert from "node:assert/strict";
import { IDENTITY_RULES } from "./identity.ts";
import { createPiiFinder } from "./pii-finder.ts";
import { createDice } from "./samples/dice.fixture.ts";
import { IDENTITY_SAMPLES } from "./samples/identity.fixture.ts";
import { missedSamples, SAMPLES_A_KIND } from "./samples/missed.fixture.ts";

test("national numbers of every country are found in sentences of ten languages, as their own rules make them", () => {
  const finder = createPiiFinder();
  const { missed, tried } = missedSamples(finder, IDENTITY_SAMPLES, createDice(1));
  console.log(`# national numbers: ${IDENTITY_SAMPLES.length} kinds, ${tried} samples, ${missed.length} missed`);
  assert.deepEqual(missed.slice(0, 20), []);
  assert.equal(tried, IDENTITY_SAMPLES.length * SAMPLES_A_KIND);
}, 30_000);

test("each way in which a number is printed has as many digits as the number, and none stands twice", () => {
  const LONG_GROUP_MIN = 10;
  let shapes = 0;
  for (const rule of IDENTITY_RULES) {
    const printed = rule.shapes ?? [];
    shapes += printed.length;
    assert.equal(new Set(printed).size, printed.length, rule.name);
    for (const shape of printed) {
      const rest = rule.pattern.length - Array.from(String(shape), Number).reduce((sum, group) => sum + group, 0);
      // What is missing is one group that is too long for a digit.
      assert.ok(rest === 0 || rest >= LONG_GROUP_MIN, `${rule.name}: ${shape}`);
    }
  }
  assert.ok(shapes >= 77, String(shapes));
});

test("a French number is found as it is printed: in seven groups, and with its key apart", () => {
  const finder = createPiiFinder();
  for (const number of ["1 85 05 78 006 084 91", "185057800608491", "1850578006084 91", "1-85-05-2A-006-084-35"]) {
    const found = finder.find(`Please note ${number} for later.`);
    assert.deepEqual(
      found.map(({ type, reason }) => `${type} ${reason}`),
      ["NATIONAL_ID checksum:fr-nir"],
      number,
    );
  }
});
