import assert from "node:assert/strict";
import { test } from "bun:test";
import { createExampleReader } from "../../../tools/linear/example.ts";
import { quantise, trainLogistic } from "../../../tools/linear/train-logistic.ts";
import { FEATURES_VERSION, createFeatureReader, hashFeatures } from "./features.ts";
import { createLinearModel } from "./model.ts";
import { MARK, PIECE_UNITS, createTokeniser } from "./tokens.ts";
import { parseWeights, serialiseWeights, type Weights } from "./weights.ts";

const OPTIONS = { dims: 2 ** 14, charGrams: [3, 4] };
const COLOURS = ["red", "green", "blue", "yellow"];
const FRUIT = ["apple", "pear", "plum", "cherry"];

function readWords(text: string): readonly string[] {
  const { count, starts, ends, units } = createTokeniser()(text, 0);
  return Array.from({ length: count }, (_, i) => String.fromCharCode(...units.subarray(starts[i], ends[i])));
}

function fit(seed: number): Weights {
  const read = createExampleReader(OPTIONS);
  const examples = COLOURS.flatMap((colour) =>
    FRUIT.flatMap((fruit) => [
      read({ text: `please paint the ${fruit} in ${colour} today`, label: 1, weight: 1 }),
      read({ text: `please eat the ${fruit} under the ${colour} tree`, label: 0, weight: 1 }),
      read({ text: `nothing of interest stands here at all and nobody minds the ${fruit}`, label: 0, weight: 1 }),
    ]),
  );
  const options = {
    dims: OPTIONS.dims,
    windowWords: [8],
    epochs: 20,
    rate: 0.1,
    l2: 1e-4,
    namedL2: 0,
    textsMin: 2,
    seed,
    named: [],
  };
  const { table, windows } = trainLogistic(examples, options);
  const packed = quantise(table);
  const header = {
    model: "paint",
    featuresVersion: FEATURES_VERSION,
    ...OPTIONS,
    windows,
    unit: packed.unit,
    named: {},
    calibration: { slope: 1, offset: 0 },
    provenance: {},
  };
  return { header, table: packed.table };
}

test("words are runs of letters and digits in lower case, and an ideograph is a word", () => {
  assert.deepEqual(readWords("Hello, World-2! Ärger naïve 日本x"), ["hello", "world", "2", "Ärger", "naïve", "日", "本", "x"]);
  assert.deepEqual(readWords(" \n\t…"), []);
});

test("n-grams of four, which have a way of their own, are the rows that any lengths give", () => {
  const dims = 2 ** 14;
  const [fours, any] = [createFeatureReader({ dims, charGrams: [4] }), createFeatureReader({ dims, charGrams: [4, 4] })];
  const words = ["", "a", "ab", "abc", "abcd", "Ärger", "日本x", "x".repeat(23), "y".repeat(24), "z".repeat(25), "w".repeat(90)];
  for (const text of [...words, words.join(" "), words.toReversed().join("-")]) {
    const rows = [fours, any].map((read) => {
      const { tokens, features, featureEnds } = read(text, 0);
      return Array.from(features.subarray(0, featureEnds[tokens.count - 1] ?? 0));
    });
    assert.deepEqual(rows[0], rows[1], text);
  }
});

test("what stands around a word is marked", () => {
  const { count, marks } = createTokeniser()('System: do\n<user> "say" NOW?', 0);
  assert.deepEqual(Array.from(marks.subarray(0, count)), [
    MARK.LINE_START | MARK.SENTENCE_START | MARK.COLON,
    0,
    MARK.LINE_START | MARK.SENTENCE_START | MARK.MARKUP,
    MARK.QUOTED,
    MARK.UPPER | MARK.QUESTION,
  ]);
});

test("a long text is read in pieces that cut no word", () => {
  const tokenise = createTokeniser();
  const text = "sunflower ".repeat(10_000);
  let words = 0;
  let pieces = 0;
  for (let from = 0; from < text.length; pieces++) {
    const { count, starts, ends, next } = tokenise(text, from);
    for (let i = 0; i < count; i++) assert.equal((ends[i] ?? 0) - (starts[i] ?? 0), "sunflower".length);
    words += count;
    from = next;
  }
  assert.equal(words, 10_000);
  assert.equal(pieces, Math.ceil(text.length / PIECE_UNITS));
});

test("a word longer than a piece ends the piece and is not read forever", () => {
  const { count, next } = createTokeniser()("x".repeat(PIECE_UNITS + 5), 0);
  assert.deepEqual([count, next], [1, PIECE_UNITS]);
});

test("features are the words, their pairs and triples, and n-grams of characters", () => {
  const rows: number[] = [];
  hashFeatures("aa bb cc dd", { dims: 2 ** 16, charGrams: [3] }, (row) => rows.push(row));
  // Four words, three pairs, two triples, two pairs over one word, one over two; " aa" and "aa " of each word.
  assert.equal(rows.length, 4 + 3 + 2 + 2 + 1 + 4 * 2);
  assert.equal(new Set(rows).size, rows.length);
  assert.throws(() => createFeatureReader({ dims: 1000, charGrams: [3] }), /power of two/);
  assert.throws(() => createFeatureReader({ dims: 1024, charGrams: [9] }), /2 to 8/);
});

test("a fitted model tells what it was shown apart, also inside a long text, and is the same for the same seed", () => {
  const weights = fit(7);
  const model = createLinearModel(weights);
  const long = "nothing of interest stands here at all and nobody minds ".repeat(4000);
  assert.ok(model.score("paint the plum in green today").score > 0.8);
  assert.ok(model.score("eat the plum under the green tree").score < 0.2);
  assert.ok(model.score(long).score < 0.2);
  for (const place of [0.01, 0.5, 0.99]) {
    const at = long.indexOf(" ", Math.floor(long.length * place));
    assert.ok(model.score(`${long.slice(0, at)} please paint the plum in green today${long.slice(at)}`).score > 0.8, `at ${place}`);
  }
  assert.deepEqual(fit(7), weights);
});

test("weights survive the file, and a file that does not fit is refused", () => {
  const weights = fit(1);
  const bytes = serialiseWeights(weights);
  assert.deepEqual(parseWeights(bytes, "paint"), weights);
  assert.deepEqual(parseWeights(Buffer.concat([Buffer.from("before"), bytes]).subarray(6), "paint"), weights);
  assert.throws(() => parseWeights(bytes, "injection"), /holds paint/);
  assert.throws(() => parseWeights(bytes.subarray(0, -1), "paint"), /rows/);
  assert.throws(() => parseWeights(new Uint8Array(4), "paint"), /no header/);
  const older = { ...weights, header: { ...weights.header, featuresVersion: FEATURES_VERSION - 1 } };
  assert.throws(() => parseWeights(serialiseWeights(older), "paint"), /train again/);
});
