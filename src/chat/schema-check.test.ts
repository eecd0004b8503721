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

/** `a0` is twice `a1`, which is twice `a2`, and so on: 1.5 KB for eight million looks at one answer. */
function doubling(levels: number, link: "allOf" | "anyOf" | "oneOf"): Readonly<Record<string, unknown>> {
  const defs: Record<string, unknown> = { [`a${levels}`]: { type: "string" } };
  for (let at = 0; at < levels; at++) defs[`a${at}`] = { [link]: [{ $ref: `#/$defs/a${at + 1}` }, { $ref: `#/$defs/a${at + 1}` }] };
  return { $defs: defs, $ref: "#/$defs/a0" };
}

test("no schema and no answer takes more steps than there is time for, and such a check says nothing", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  const many = JSON.stringify(Array.from({ length: 30_000 }, (_, at) => at));
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, at])));
  const each = (inner: Readonly<Record<string, unknown>>) => ({ allOf: Array.from({ length: 2_000 }, () => inner) });
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ["doubled allOf", doubling(40, "allOf"), '"x"'],
    ["doubled anyOf", doubling(40, "anyOf"), '"x"'],
    ["doubled oneOf", doubling(40, "oneOf"), '"x"'],
    ["doubled at every level of the answer", { items: { allOf: [{ $ref: "#" }, { $ref: "#" }] } }, nested(60)],
    [
      "hidden under the name of a value",
      { properties: { enum: doubling(40, "allOf"), const: doubling(40, "allOf") }, $ref: "#/properties/enum" },
      '"x"',
    ],
    ["many enums against many items", { items: { enum: Array.from({ length: 20_000 }, (_, at) => `v${at}`) } }, many],
    ["keys looked at again and again", each({ additionalProperties: { type: "number" } }), wide],
    ["keys counted again and again", each({ maxProperties: 30_000 }), wide],
    ["items looked at again and again", each({ items: true }), many],
    ["a long text measured again and again", each({ maxLength: 300_000 }), JSON.stringify("x".repeat(200_000))],
  ];
  for (const [name, schema, answer] of cases) assert.equal(of(schema)(answer), undefined, name);
  const large: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ["schemas without number", { anyOf: Array.from({ length: 100_000 }, () => ({})) }],
    ["a long name above many schemas", { $defs: { ["x".repeat(1_000)]: { anyOf: Array.from({ length: 4_000 }, () => ({})) } } }],
    [
      "a long path above many schemas",
      {
        $defs: Array.from({ length: 9 }).reduce<object>((inner) => ({ ["x".repeat(500)]: { $defs: inner } }), {
          a: { anyOf: Array.from({ length: 2_000 }, () => ({})) },
        }),
      },
    ],
  ];
  for (const [name, schema] of large) assert.equal(of(schema)('"x"'), undefined, name);
  const named = of({ additionalProperties: { type: "number" } });
  assert.equal(named(JSON.stringify({ ["k".repeat(100_000)]: 1 })), undefined, "a long name in the answer");
  assert.deepEqual(named(JSON.stringify({ k: 1 })), []);
  console.log(`# schemas that ask for too much: ${cases.length + large.length}, each given up`);
});

test("a long answer of an ordinary schema is checked whole, again and again", () => {
  const rows = Array.from({ length: 1_500 }, (_, at) => ({ id: at, name: `n${at}`, tags: ["a", "b"] }));
  const item = {
    type: "object",
    properties: { id: { type: "integer" }, name: { type: "string" }, tags: { type: "array", items: { enum: ["a", "b"] } } },
  };
  const check = of({ type: "array", items: { ...item, required: ["id"], additionalProperties: false }, uniqueItems: true });
  for (let time = 0; time < 3; time++) assert.deepEqual(check(JSON.stringify(rows)), []);
  assert.match((check(JSON.stringify([...rows, { name: "x" }])) ?? []).join("\n"), /#\/1500/);
  // Of the words that are not checked, properties may still be called so.
  for (const name of ["uniqueItems", "format", "patternProperties", "$recursiveRef"])
    assert.notDeepEqual(of({ properties: { [name]: { type: "number" } } })(`{"${name}":"x"}`), [], name);
});
