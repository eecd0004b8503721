import { test } from "bun:test";
import assert from "node:assert/strict";
import { CHECKED_CHARACTERS_MAX, createAnswerCheck, type CheckAnswer } from "./schema-check.ts";

const of = (schema: Readonly<Record<string, unknown>>): CheckAnswer =>
  createAnswerCheck({ type: "json-schema", name: "a", schema }) ?? assert.fail("no check");

const ORDER = {
  type: "object",
  properties: {
    id: { type: "integer", minimum: 1 },
    state: { enum: ["open", "closed"] },
    lines: { type: "array", items: { $ref: "#/$defs/line" }, minItems: 1 },
  },
  required: ["id", "state", "lines"],
  additionalProperties: false,
  $defs: { line: { type: "object", properties: { sku: { type: "string", maxLength: 8 } }, required: ["sku"] } },
};
const GOOD = { id: 7, state: "open", lines: [{ sku: "A1" }] };

test("an answer that fits its schema has no faults, and each way not to fit is told with its place", () => {
  const check = of(ORDER);
  assert.deepEqual(check(JSON.stringify(GOOD)), []);
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ ...GOOD, id: "7" }, /#\/id: .*type/i],
    [{ ...GOOD, id: 0 }, /#\/id: /],
    [{ ...GOOD, state: "lost" }, /#\/state: /],
    [{ ...GOOD, lines: [] }, /#\/lines: /],
    [{ ...GOOD, lines: [{ sku: "A1" }, {}] }, /#\/lines\/1: /],
    [{ ...GOOD, lines: [{ sku: "123456789" }] }, /#\/lines\/0\/sku: /],
    [{ ...GOOD, more: 1 }, /#\/more/],
    [{ id: 7, state: "open" }, /lines/],
    [[GOOD], /#: /],
    [null, /#: /],
  ];
  for (const [value, told] of wrong) {
    const faults = check(JSON.stringify(value)) ?? [];
    assert.ok(faults.length > 0 && faults.length <= 8 && told.test(faults.join("\n")), `${JSON.stringify(value)}: ${faults.join("\n")}`);
  }
  for (const text of ["", "Sure! Here it is: {}", '{"id": 7', "```json\n{}\n```"])
    assert.deepEqual(check(text), ["The answer is not JSON."]);
  console.log(`# answers against a schema: ${wrong.length + 4} wrong ones, all told; 1 right one`);
});

test("an object is asked for without a schema, or no form at all", () => {
  const check = createAnswerCheck({ type: "json-object" }) ?? assert.fail("no check");
  assert.deepEqual(check("{}"), []);
  for (const text of ["[]", "1", "null", "no"]) assert.equal(check(text)?.length, 1, text);
  assert.equal(createAnswerCheck(undefined), undefined);
  assert.equal(createAnswerCheck({ type: "text" }), undefined);
});

test("what cannot be checked is not called wrong, and takes no time", () => {
  const slow = {
    type: "object",
    properties: { a: { type: "string", pattern: "^(a+)+$" } },
    patternProperties: { "^(b+)+$": { type: "number" } },
  };
  assert.deepEqual(of(slow)(JSON.stringify({ a: `${"a".repeat(40)}!`, [`${"b".repeat(40)}!`]: "x" })), []);
  assert.deepEqual(of({ type: "object", properties: { at: { type: "string", format: "date-time" } } })('{"at":"soon"}'), []);
  // A property may be called pattern.
  assert.notDeepEqual(of({ properties: { pattern: { type: "number" } } })('{"pattern":"x"}'), []);
  assert.equal(of({ $ref: "#/$defs/none" })("{}"), undefined);
  assert.equal(of({ $ref: "#" })("{}"), undefined, "a schema that is itself");
  assert.equal(of(ORDER)(JSON.stringify("x".repeat(CHECKED_CHARACTERS_MAX))), undefined);
  assert.deepEqual(createAnswerCheck({ type: "json-schema", name: "a", schema: undefined })?.("1"), undefined);
});
