import { test } from "bun:test";
import assert from "node:assert/strict";
import { editDistance, nearest } from "./nearest.ts";

test("an insertion, a deletion, a replacement and a swap of neighbours are one edit each", () => {
  const pairs: readonly (readonly [string, string, number])[] = [
    ["baseUrl", "baseUrl", 0],
    ["baseurl", "baseUrl", 0],
    ["basUrl", "baseUrl", 1],
    ["baseUrll", "baseUrl", 1],
    ["basaUrl", "baseUrl", 1],
    ["opnenai", "openai", 1],
    ["poenai", "openai", 1],
    ["", "abc", 3],
    ["abc", "", 3],
    ["kitten", "sitting", 3],
  ];
  for (const [a, b, edits] of pairs) assert.equal(editDistance(a, b), edits, `${a} → ${b}`);
});

test("the nearest known name is found, and a far one is not offered", () => {
  const known = ["provider", "upstream", "price", "contextTokens"];
  assert.equal(nearest("provder", known), "provider");
  assert.equal(nearest("contxtTokns", known), "contextTokens");
  assert.equal(nearest("prize", known), "price");
  assert.equal(nearest("temperature", known), undefined);
  assert.equal(nearest("", known), undefined);
  assert.equal(nearest("x".repeat(65), ["x".repeat(65)]), undefined);
});

test("a word at the allowed number of edits is offered and one past it is not", () => {
  assert.equal(nearest("abcdeX", ["abcdef"]), "abcdef");
  assert.equal(nearest("abcdXX", ["abcdef"]), "abcdef");
  assert.equal(nearest("abcXXX", ["abcdef"]), undefined);
});
