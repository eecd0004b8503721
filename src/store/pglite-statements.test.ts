import { test } from "bun:test";
import assert from "node:assert/strict";
import { createStatements } from "./pglite-statements.ts";

test("a statement is parsed once for each role, and not known before it was parsed", () => {
  const statements = createStatements();
  const first = statements.find("a", "SELECT 1");
  assert.deepEqual(first, { name: "s1", isNew: true });
  assert.deepEqual(statements.find("a", "SELECT 1"), { name: "s2", isNew: true }, "the first was never parsed");
  statements.keep("a", "SELECT 1", "s2");
  assert.deepEqual(statements.find("a", "SELECT 1"), { name: "s2", isNew: false });
  assert.deepEqual(statements.find("b", "SELECT 1"), { name: "s3", isNew: true });
  statements.clear();
  assert.deepEqual(statements.find("a", "SELECT 1"), { name: "s4", isNew: true });
});

test("the one that was used longest ago gives way at one past the limit", () => {
  const statements = createStatements(2);
  for (const name of ["s1", "s2"]) statements.keep("a", name, name);
  statements.find("a", "s1");
  assert.deepEqual(statements.takeEvicted(), []);
  statements.keep("a", "s3", "s3");
  assert.deepEqual(statements.takeEvicted(), ["s2"]);
  assert.deepEqual(statements.takeEvicted(), []);
  assert.equal(statements.find("a", "s1")?.isNew, false);
  assert.equal(statements.find("a", "s2")?.isNew, true);
});

test("a text at the longest length is kept, one past it is not", () => {
  const statements = createStatements();
  assert.ok(statements.find("a", "x".repeat(8_000)));
  assert.equal(statements.find("a", "x".repeat(8_001)), undefined);
});
