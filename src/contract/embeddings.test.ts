import assert from "node:assert/strict";
import { test } from "bun:test";
import { z } from "zod";
import Ajv2020 from "ajv/dist/2020.js";
import { DIMENSIONS_MAX, EMBEDDING_INPUTS_MAX, TOKEN_ID_MAX } from "../kernel/limits.ts";
import { embeddingRequest } from "./embeddings.ts";

const list = <T>(length: number, item: T): T[] => Array.from({ length }, () => item);
const RIGHT: readonly (readonly [input: unknown, inputs: number])[] = [
  ["a", 1],
  [" ", 1],
  [["a", "b"], 2],
  [[0, TOKEN_ID_MAX], 1],
  [[[1], [2, 3]], 2],
  [list(EMBEDDING_INPUTS_MAX, "a"), EMBEDDING_INPUTS_MAX],
  [list(EMBEDDING_INPUTS_MAX, 1), 1],
  [list(EMBEDDING_INPUTS_MAX, [1]), EMBEDDING_INPUTS_MAX],
];
const WRONG: readonly (readonly [input: unknown, path: readonly (string | number)[]])[] = [
  [undefined, ["input"]],
  [null, ["input"]],
  [5, ["input"]],
  [{}, ["input"]],
  ["", ["input"]],
  [[], ["input"]],
  [
    ["a", ""],
    ["input", 1],
  ],
  [
    ["a", null],
    ["input", 1],
  ],
  [
    ["a", [1]],
    ["input", 1],
  ],
  [
    [1, "a"],
    ["input", 1],
  ],
  [
    [1, 1.5],
    ["input", 1],
  ],
  [
    [0, -1],
    ["input", 1],
  ],
  [[TOKEN_ID_MAX + 1], ["input", 0]],
  [[[]], ["input", 0]],
  [
    [[1], "a"],
    ["input", 1],
  ],
  [
    [[1], [1, "a"]],
    ["input", 1, 1],
  ],
  [list(EMBEDDING_INPUTS_MAX + 1, "a"), ["input"]],
  [list(EMBEDDING_INPUTS_MAX + 1, 1), ["input"]],
  [list(EMBEDDING_INPUTS_MAX + 1, [1]), ["input"]],
  [[list(EMBEDDING_INPUTS_MAX + 1, 1)], ["input", 0]],
];

test("each form of input becomes a list of inputs, at the limits too", () => {
  for (const [input, inputs] of RIGHT) assert.equal(embeddingRequest.parse({ model: "m", input }).input.length, inputs);
});

test("each wrong input is told with its place", () => {
  for (const [input, path] of WRONG) {
    const read = embeddingRequest.safeParse({ model: "m", input });
    assert.deepEqual(read.error?.issues[0]?.path, path, JSON.stringify(input)?.slice(0, 60));
  }
});

test("the published form of a request agrees with what is read", () => {
  const validate = new Ajv2020.default({ strict: false }).compile(z.toJSONSchema(embeddingRequest, { io: "input" }));
  for (const [input] of RIGHT) assert.ok(validate({ model: "m", input }), JSON.stringify(input).slice(0, 60));
  for (const [input] of WRONG) assert.ok(!validate({ model: "m", input }), JSON.stringify(input)?.slice(0, 60));
});

test("dimensions go up to their limit, and unknown fields are refused", () => {
  const read = (more: object) => embeddingRequest.safeParse({ model: "m", input: "a", ...more }).success;
  assert.ok(read({ dimensions: DIMENSIONS_MAX }) && read({ dimensions: null, encoding_format: null, user: null }));
  for (const more of [
    { dimensions: DIMENSIONS_MAX + 1 },
    { dimensions: 0 },
    { dimensions: 1.5 },
    { encoding_format: "hex" },
    { truncate: 1 },
  ])
    assert.ok(!read(more), JSON.stringify(more));
});
