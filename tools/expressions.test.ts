import { test } from "bun:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findGrowth } from "./expressions/growth.ts";
import { piecesOf } from "./expressions/inputs.ts";
import { expressionsOf, listExpressions } from "./expressions/list.ts";

/** Folders whose expressions meet what strangers wrote, before anybody has looked at it. */
const FOLDERS = ["guard", "route"];

test("no regular expression of the guard or of routing takes more than linear time, each on its own worst inputs", () => {
  const listed = FOLDERS.flatMap((folder) => listExpressions(join(import.meta.dirname, "../src", folder)));
  const slow = listed.flatMap((expression) => {
    const growth = findGrowth(expression);
    return growth === undefined ? [] : [`${expression.file} /${expression.source}/${expression.flags}: ${growth}`];
  });
  const inputs = listed.reduce((sum, { source }) => sum + piecesOf(source).length * 2, 0);
  console.log(`# expressions: ${listed.length}, each on its own inputs, ${inputs} in all, at four sizes`);
  assert.deepEqual(slow, []);
  assert.ok(listed.length >= 50, `only ${listed.length} expressions were read`);
}, 60_000);

/** Expressions that are put together at run time, which no syntax tree shows: of lists in the source, none of what a caller said. */
const COMPOSED: Readonly<Record<string, number>> = {
  // Words and ranges of characters in alternatives or a class; the one that repeats stands between letters that it does not hold.
  "attack/fold.ts": 4,
  "toxicity/fold-toxic.ts": 1,
  "toxicity/patterns.ts": 1,
  // A pseudonym's own form, whose length is fixed.
  "mask/unmask-text.ts": 2,
  // A country's national numbers, from libphonenumber's tables, asked of at most 20 digits.
  "pii/phone-plan.ts": 1,
};

test("an expression that is put together at run time is a listed one", () => {
  const folder = join(import.meta.dirname, "../src/guard");
  const found = new Map<string, number>();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    const count = readFileSync(join(folder, file), "utf8").split("RegExp(").length - 1;
    if (count > 0) found.set(file, count);
  }
  assert.deepEqual(Object.fromEntries(found), COMPOSED);
});

test("planted expressions that are quadratic or worse are caught, and a linear one is not", () => {
  const grows = (literal: string): boolean => {
    const [expression] = expressionsOf("planted.ts", `export const planted = ${literal};`);
    assert.ok(expression, literal);
    return findGrowth(expression) !== undefined;
  };
  const planted = ["/\\s+$/", "/[a-z]+:/", "/(\\d+)-(\\d+)$/", "/\\d+@/y", "/(a+)+b/", "/^(?:\\w+\\s?)+$/"];
  assert.deepEqual(
    planted.filter((literal) => !grows(literal)),
    [],
  );
  assert.equal(grows("/[a-z]{1,64}:/g"), false);
}, 60_000);
