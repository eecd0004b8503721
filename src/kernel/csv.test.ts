import { test } from "bun:test";
import assert from "node:assert/strict";
import { toCsvLine } from "./csv.ts";

/** Reads what RFC 4180 says, and nothing else. */
function parse(text: string): string[][] {
  const records: string[][] = [[]];
  let at = 0;
  for (const [whole, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy)) {
    at += whole.length;
    records.at(-1)?.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === "\r\n" && at < text.length) records.push([]);
  }
  assert.equal(at, text.length);
  return records;
}

test("what a text holds comes back from the file whole, quotation marks, commas and line ends included", () => {
  const texts = ["plain", 'a "word"', "a,b", "two\r\nlines", "", "ü 漢 🙂", '"', ",", "\n"];
  assert.deepEqual(parse(toCsvLine(texts) + toCsvLine(["x", 1, true, null])), [texts, ["x", "1", "true", ""]]);
  console.log(`# csv: ${texts.length} texts written and read again`);
});

test("no text begins as a formula, whatever stands before it; numbers below zero stay numbers", () => {
  const formulas = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\n=1",
    "\u00A0=1",
    "\uFEFF=cmd",
    "\u200B=1",
    '="a"',
    "\uFF1D1+1",
  ];
  const [record] = parse(toCsvLine(formulas));
  assert.ok(record !== undefined);
  assert.deepEqual(
    record.filter((field) => !field.startsWith("'")),
    [],
  );
  assert.deepEqual(
    record.map((field) => field.replaceAll("'", "")),
    formulas,
  );
  assert.equal(toCsvLine([-5, 0.5]), "-5,0.5\r\n");
  assert.equal(toCsvLine(["a=b", "a-b", "1=1"]), "a=b,a-b,1=1\r\n");
  console.log(`# csv: ${formulas.length} formulas made texts`);
});

test("none begins as a formula either where a spreadsheet separates by semicolons, tabs or lines", () => {
  const texts = [
    "x;=1+1;y",
    "f;=cmd|' /C calc'!A0;g",
    "x; +1",
    'x;"=1+1";y',
    'x";@a',
    "x\t=1",
    "x\n-1",
    "x\r\n=1",
    "x;\uFEFF=1",
    "x;\uFF1D1",
  ];
  // Such a spreadsheet sees a quotation mark within a line as a letter.
  const cells = (line: string): string[] => line.split(/[;\t\r\n]/).map((cell) => cell.replaceAll(/[\s"\uFEFF]/g, ""));
  const begun = (line: string): number => cells(line).filter((cell) => /^[=+\-@\uFF1D]/.test(cell)).length;
  for (const text of texts) {
    assert.equal(begun(`2026-11-01,${text},m`), 1, "planted: as it is, it would");
    assert.equal(begun(toCsvLine(["2026-11-01", text, "m"])), 0, text);
  }
  assert.equal(toCsvLine(["a;b", "a; b-c"]), "a;b,a; b-c\r\n");
  console.log(`# csv: ${texts.length} formulas within a text made texts`);
});
