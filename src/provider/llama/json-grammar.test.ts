import assert from "node:assert/strict";
import { test } from "bun:test";
import { Fault } from "../../kernel/fault.ts";
import { toGrammar, toToolGrammar } from "./json-grammar.ts";

const grammar = (schema: unknown, strict = true): string => toGrammar(schema, { param: "schema", strict });
const refused = (schema: unknown, strict = true): string => {
  try {
    grammar(schema, strict);
  } catch (error) {
    if (error instanceof Fault && error.code === "target_refused") return error.detail.param ?? "";
    throw error;
  }
  return "held";
};
const nested = (levels: number): unknown => (levels === 0 ? { type: "null" } : { type: "array", items: nested(levels - 1) });

test("what a grammar cannot hold is refused by its place, and left to the model where the schema is not strict", () => {
  const schema = { type: "object", properties: { a: { type: "number", minimum: 3 } } };
  assert.equal(refused(schema), "schema.properties.a.minimum");
  assert.equal(refused(schema, false), "held");
  assert.equal(refused({ type: "integer", minimum: 0 }), "held");
  assert.equal(refused({ type: "integer", minimum: 2 }), "schema.minimum");
  assert.equal(refused({ allOf: [{ type: "string" }] }), "schema.allOf");
});

test("schemas that no value fits, or that name what is not there, are refused", () => {
  assert.equal(refused(false), "schema");
  assert.equal(refused({ type: "text" }), "schema.type");
  assert.equal(refused({ anyOf: [] }), "schema");
  assert.equal(refused({ $ref: "#/$defs/none" }), "schema.$ref");
  assert.equal(refused({ $ref: "https://example.com/schema" }), "schema.$ref");
  assert.equal(refused({ type: "string", minLength: 3, maxLength: 2 }), "schema.maxLength");
  assert.equal(refused({ type: "array", maxItems: -1 }), "schema.maxItems");
});

test("depth, parts and repetitions are bounded: held at the limit, refused one past it", () => {
  assert.equal(refused(nested(64)), "held");
  assert.notEqual(refused(nested(65)), "held");
  const wide = (count: number): unknown => ({
    type: "object",
    properties: Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${String(at)}`, { type: "null" }])),
  });
  assert.equal(refused(wide(1999)), "held");
  assert.equal(refused(wide(2000)), "schema");
  assert.equal(refused({ type: "string", maxLength: 1000 }), "held");
  assert.equal(refused({ type: "string", maxLength: 1001 }), "schema.maxLength");
});

test("a schema may refer to itself, and its members cannot be read as grammar", () => {
  const tree = { $ref: "#/$defs/node", $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } } };
  assert.match(grammar(tree), /ref0 ::= r\d+/);
  const hostile = grammar({ type: "object", properties: { 'x" ::= root\n': { const: '"\n root ::= "y' } }, required: ['x" ::= root\n'] });
  assert.equal(hostile.match(/^root ::=/gm)?.length, 1);
});

test("a tool's name and arguments stand between the marks", () => {
  const text = toToolGrammar([{ name: "now", parameters: { type: "object", properties: {}, additionalProperties: false } }], "<a>", "</a>");
  assert.match(text, /^root ::= "<a>" \("\{\\"name\\": \\"now\\", \\"arguments\\": " r\d+ "\}"\) "<\/a>"/);
});
