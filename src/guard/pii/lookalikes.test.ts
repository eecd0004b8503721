import { test } from "bun:test";
import assert from "node:assert/strict";
import { createPiiFinder } from "./pii-finder.ts";
import { createDice } from "./samples/dice.fixture.ts";
import { LOOKALIKES, lookalikeSentences } from "./samples/lookalike.fixture.ts";

const ROUNDS = process.env["WEIR_TEST_LONG"] === "1" ? 500 : 50;

test("what only looks like somebody's number is left alone: identifiers, hashes, versions, times, prices, book numbers, orders, code", () => {
  const finder = createPiiFinder();
  const dice = createDice(11);
  const wrong: string[] = [];
  let tried = 0;
  for (const sentence of lookalikeSentences) {
    tried++;
    for (const { type, start, end } of finder.find(sentence)) wrong.push(`${type} ${sentence.slice(start, end)} in: ${sentence}`);
  }
  for (const { name, make } of LOOKALIKES) {
    for (let round = 0; round < ROUNDS; round++) {
      const text = make(dice);
      tried++;
      for (const { type, start, end } of finder.find(text)) wrong.push(`${type} ${text.slice(start, end)} in ${name}: ${text}`);
    }
  }
  console.log(`# look-alikes: ${LOOKALIKES.length} kinds, ${lookalikeSentences.length} texts, ${tried} tried, ${wrong.length} found`);
  assert.deepEqual(wrong, []);
});
