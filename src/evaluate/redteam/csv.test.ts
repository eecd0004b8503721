import assert from "node:assert/strict";
import { test } from "bun:test";
import { readCsv } from "./csv.ts";

test("quoted fields hold commas, quotes and line ends; lines may end in either way", () => {
  assert.deepEqual(readCsv('id,prompt\r\n1,"a, ""b""\nc"\r\n2,plain\n3,""\n'), [
    { id: "1", prompt: 'a, "b"\nc' },
    { id: "2", prompt: "plain" },
    { id: "3", prompt: "" },
  ]);
  assert.deepEqual(readCsv(",name,prompt\n0,P0,x"), [{ "": "0", name: "P0", prompt: "x" }]);
  assert.deepEqual(readCsv("a,b\n1,"), [{ a: "1", b: "" }]);
});

test("broken and empty texts end", () => {
  assert.deepEqual(readCsv(""), []);
  assert.deepEqual(readCsv("a"), []);
  assert.deepEqual(readCsv('a\n"never closed'), [{ a: "never closed" }]);
  assert.deepEqual(readCsv("a,b\n1"), [{ a: "1", b: "" }]);
});
