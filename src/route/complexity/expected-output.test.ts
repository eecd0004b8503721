import assert from "node:assert/strict";
import { test } from "bun:test";
import { findAskedLength } from "./asked-length.ts";
import { expectedOutputTokens } from "./expected-output.ts";

const MAX = 4_096;

/** What texts name, in tokens. */
const ASKED: readonly (readonly [text: string, tokens: number])[] = [
  ["Write an essay of 500 words about bees.", 675],
  ["a 1,000-word story, please", 1_350],
  ["In 2,000 words, discuss tax.", 2_700],
  ["Explain TCP in three short and clear paragraphs.", 330],
  ["Answer in one sentence.", 25],
  ["Describe it in a short paragraph", 110],
  ["Give me ten ideas for a party", 400],
  ["Schreibe einen Aufsatz mit 300 Wörtern über Wale", 405],
  ["Erkläre das in zwei Sätzen.", 50],
  ["Explique en trois paragraphes", 330],
  ["Explica en 200 palabras", 270],
  ["Spiega in due frasi", 50],
  ["Escreva dois parágrafos", 220],
  ["Leg uit in drie zinnen", 75],
  ["Napisz pięć zdań o psie", 125],
  ["写一篇200字的文章", 80],
  ["例を3つ挙げてください", 120],
];
const UNASKED = ["Tell me about the 300 Spartans", "What happened in 1984?", "Sort 5 2 9 1", "Give me a reason"];

test("a length that is asked for is read in ten languages, and other numbers are not lengths", () => {
  console.log(`# asked lengths: ${ASKED.length}, and ${UNASKED.length} without`);
  for (const [text, tokens] of ASKED) assert.equal(expectedOutputTokens(text, MAX), tokens, text);
  for (const text of UNASKED) assert.equal(findAskedLength(text), undefined, text);
});

/** Each answers longer than the one before. */
const LADDER = [
  "Is this review positive? Answer only: yes or no. Classify it.",
  "Hi!",
  "What's the capital of Peru?",
  "Write a haiku about rain",
  "Explain how a fridge works",
  "Write a story about a fox",
];

test("kinds of requests are expected to be answered at the lengths that they have", () => {
  const tokens = LADDER.map((text) => expectedOutputTokens(text, MAX));
  assert.deepEqual(
    tokens,
    tokens.toSorted((one, other) => one - other),
    tokens.join(),
  );
  assert.equal(new Set(tokens).size, tokens.length);
});

test("a translation is as long as its text, and a summary much shorter", () => {
  const text = "The council met on Monday to discuss the park and the noise. ".repeat(40);
  const translated = expectedOutputTokens(`Translate to French: ${text}`, MAX);
  const summed = expectedOutputTokens(`Summarize this: ${text}`, MAX);
  assert.ok(translated > 500 && translated < 1_000, String(translated));
  assert.ok(summed < translated / 2, String(summed));
  assert.equal(expectedOutputTokens(`Summarize this 500-page report in 3 sentences: ${text}`, MAX), 75);
});

test("the estimate is a whole number from 1 to what the answer may have", () => {
  for (const text of ["", "Write 9,999 words", "x".repeat(100_000), "1 ".repeat(50_000), "translate ".repeat(50_000)]) {
    for (const most of [1, 16, MAX]) {
      const tokens = expectedOutputTokens(text, most);
      assert.ok(Number.isInteger(tokens) && tokens >= 1 && tokens <= most, `${text.slice(0, 10)} ${tokens}`);
    }
  }
});
