import { test } from "bun:test";
import assert from "node:assert/strict";
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
