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

test("a row keeps its blank fields, and a needed column that is not there is told", () => {
  assert.deepEqual(readCsv('a,b\r\n"1,""x""\ny",2\n3,\n,4\n', ["a", "b"]), [
    { a: '1,"x"\ny', b: "2" },
    { a: "3", b: "" },
    { a: "", b: "4" },
  ]);
  assert.throws(() => readCsv("a\n1\n", ["a", "b"]), /no column b/);
  assert.throws(() => readCsv("", ["a"]), /no column a/);
});

test("broken and empty texts end", () => {
  assert.deepEqual(readCsv(""), []);
  assert.deepEqual(readCsv("a"), []);
  assert.deepEqual(readCsv('a\n"never closed'), [{ a: "never closed" }]);
  assert.deepEqual(readCsv("a,b\n1"), [{ a: "1", b: "" }]);
});
