import { test } from "bun:test";
import assert from "node:assert/strict";
import { join } from "node:path";
import { findGrowth } from "./expressions/growth.ts";
import { piecesOf } from "./expressions/inputs.ts";
import { expressionsOf, listExpressions } from "./expressions/list.ts";

/** Folders whose expressions meet what strangers wrote, before anybody has looked at it. */
const FOLDERS = ["guard/pii"];

test("no regular expression of the guard takes more than linear time, each on its own worst inputs", () => {
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
