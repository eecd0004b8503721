import { test } from "bun:test";
import assert from "node:assert/strict";
import { countTokens } from "./tokens.ts";
import { units } from "./units.ts";

const read = (text: string): string[] => units(text).map((unit) => `${unit.kind}: ${text.slice(unit.start, unit.end)}`);

test("sentences end at their marks, not at abbreviations, initials, numbers or addresses", () => {
  const text = "Dr. Smith met J. Doe at 5 p.m. on Monday. They paid approx. 20 euros! Version 1.2 of weir.example works… See Sec. 4.";
  assert.deepEqual(read(text), [
    "sentence: Dr. Smith met J. Doe at 5 p.m. on Monday.",
    "sentence: They paid approx. 20 euros!",
    "sentence: Version 1.2 of weir.example works…",
    "sentence: See Sec. 4.",
  ]);
});

test("headings, items, clauses, rows and code are units of their own; wrapped lines are not", () => {
  const text =
    "# Title\nOne line\nwrapped here.\n\n- first\n- second\n  goes on\n\n4.2 Fees are due.\n\n| a | b |\n| 1 | 2 |\n\n```\nx = 1. Y\n```";
  assert.deepEqual(read(text), [
    "heading: # Title",
    "sentence: One line\nwrapped here.",
    "item: - first",
    "item: - second\n  goes on",
    "item: 4.2 Fees are due.",
    "row: | a | b |",
    "row: | 1 | 2 |",
    "code: ```",
    "code: x = 1. Y",
    "code: ```",
  ]);
});

test("every character that is not blank lies in exactly one unit", () => {
  const text = "# A b\n\nWords here. And “more”… Yes!\nNext (one.)\n\n- x. y\n1) Z\n| q | r |\n東京。大阪";
  let at = 0;
  for (const unit of units(text)) {
    assert.ok(unit.start >= at && unit.end > unit.start);
    assert.equal(text.slice(at, unit.start).trim(), "");
    at = unit.end;
  }
  assert.equal(text.slice(at).trim(), "");
});

test("text that was made to be slow is not", () => {
  for (const text of [".".repeat(1e6), "A. ".repeat(3e5), "| ".repeat(3e5), "(a) ".repeat(2e5), "\n".repeat(1e6)]) {
    const startedMs = performance.now();
    units(text);
    assert.ok(performance.now() - startedMs < 3000, text.slice(0, 6));
  }
});

test("tokens are never more than bytes, and English prose has four to five characters a token", () => {
  const prose =
    "You can return any unused product within thirty days of delivery, without giving a reason. Parcels without a return number are refused.";
  const ratio = prose.length / countTokens(prose);
  assert.ok(ratio > 3.8 && ratio < 5.5, String(ratio));
  for (const text of [prose, "!?;:", "東京都の天気", "😀😀", "äöü ß", "12 345 6789", "\n\n\n", "supercalifragilistic"]) {
    assert.ok(countTokens(text) <= Buffer.byteLength(text), text);
    assert.ok(countTokens(text) > 0 || text.trim() === "");
  }
  assert.equal(countTokens(""), 0);
});

test("in text without capitals sentences end all the same, and rows between bars are rows", () => {
  const text = "as of may 1 the fee is 4.2 percent of approx. 20 orders. it is due at once. what is left is paid later";
  assert.deepEqual(
    units(text).map((one) => text.slice(one.start, one.end)),
    ["as of may 1 the fee is 4.2 percent of approx. 20 orders.", "it is due at once.", "what is left is paid later"],
  );
  assert.equal(units("It costs approx. four euros. Then more.").length, 2);
  const table = "($ in millions) | 2017 | 2016\nnotes due 2021 | 5 | 600\nA sentence follows. Another one.";
  assert.deepEqual(
    units(table).map(({ kind }) => kind),
    ["row", "row", "sentence", "sentence"],
  );
});
