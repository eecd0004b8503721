import { Fault } from "../../kernel/fault.ts";

/**
 * A JSON Schema as GBNF, llama.cpp's grammars: sampling then cannot leave the schema. Members come in the order of the schema, optional
 * ones may be left out, and members that the schema does not name are never written, so that every answer fits the schema.
 */

export type GrammarOptions = {
  /** Path of the schema in the caller's request, for errors. */
  readonly param: string;
  /** A keyword that a grammar cannot hold is refused; otherwise it is left to the model. */
  readonly strict: boolean;
};

/** A schema for one answer has some dozens of nodes; a grammar of thousands takes llama.cpp seconds to read. */
const NODES_MAX = 2000;
const DEPTH_MAX = 64;
/** llama.cpp writes repetitions out. */
const REPEAT_MAX = 1000;

/** What a grammar cannot count or compare. */
const UNHELD = new Set([
  "allOf",
  "contains",
  "dependentRequired",
  "dependentSchemas",
  "else",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "if",
  "maximum",
  "maxProperties",
  "minimum",
  "minProperties",
  "multipleOf",
  "not",
  "pattern",
  "patternProperties",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
  "uniqueItems",
]);

const BASE = `ws ::= | " " | "\\n" [ \\t]{0,20}
char ::= [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})
string ::= "\\"" char* "\\""
integer ::= "-"? ("0" | [1-9] [0-9]{0,15})
number ::= integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?
boolean ::= "true" | "false"
null ::= "null"
object ::= "{" ws (string ":" ws value ("," ws string ":" ws value)*)? ws "}"
array ::= "[" ws (value ("," ws value)*)? ws "]"
value ::= object | array | string | number | boolean | null
d2 ::= [0-9] [0-9]
date ::= d2 d2 "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])
time ::= ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,9})? ("Z" | [+-] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])
uuid ::= [0-9a-f]{8} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{12}
`;

const FORMATS: Readonly<Record<string, string>> = {
  date: `"\\"" date "\\""`,
  time: `"\\"" time "\\""`,
  "date-time": `"\\"" date "T" time "\\""`,
  uuid: `"\\"" uuid "\\""`,
};
const NOTHING = '""';
const TYPES = new Set(["string", "number", "integer", "boolean", "null", "object", "array"]);

type Schema = Readonly<Record<string, unknown>>;

/** Any JSON object: what `json_object` asks for. */
export const jsonObjectGrammar = (): string => `root ::= object\n${BASE}`;

/** Throws `target_refused` for what a grammar cannot hold. */
export function toGrammar(schema: unknown, options: GrammarOptions): string {
  const writer = createWriter(options);
  return finish(writer.rules, writeWhole(writer, schema));
}

type ToolShape = { readonly name: string; readonly parameters: unknown };

/** One call of one of these tools, as `{"name": …, "arguments": …}` between `before` and `after`. */
export function toToolGrammar(tools: readonly ToolShape[], before: string, after: string): string {
  const writer = createWriter({ param: "tools", strict: false });
  const calls = tools.map(({ name, parameters }) => {
    const body = writeWhole(writer, parameters ?? { type: "object" });
    return `${literal(`{"name": ${JSON.stringify(name)}, "arguments": `)} ${body} "}"`;
  });
  return finish(writer.rules, `${literal(before)} (${calls.join(" | ")}) ${literal(after)}`);
}

const finish = (rules: readonly string[], root: string): string => `root ::= ${root}\n${rules.join("\n")}\n${BASE}`;

/** JSON's escapes are those of GBNF as far as text made by JSON.stringify goes. */
const literal = (text: string): string => JSON.stringify(text);
const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);

type Writer = GrammarOptions & {
  readonly rules: string[];
  /** What a $ref of the schema at hand has become. */
  known: Map<string, string>;
  whole: unknown;
  nodes: number;
  refs: number;
};

/** A schema at its place in the request. */
type Place = { readonly path: string; readonly depth: number };

const createWriter = (options: GrammarOptions): Writer => ({
  ...options,
  rules: [],
  known: new Map(),
  whole: undefined,
  nodes: 0,
  refs: 0,
});

function writeWhole(writer: Writer, schema: unknown): string {
  writer.known = new Map();
  writer.whole = schema;
  return write(writer, schema, { path: "", depth: 0 });
}

const refuse = (writer: Writer, path: string, say: string): Fault => new Fault("target_refused", { param: `${writer.param}${path}`, say });
const within = ({ path, depth }: Place, step: string): Place => ({ path: `${path}.${step}`, depth: depth + 1 });

function rule(writer: Writer, body: string): string {
  const name = `r${String(writer.rules.length)}`;
  writer.rules.push(`${name} ::= ${body}`);
  return name;
}

/** The name of a rule, or a piece of one, that a value of the schema fits. */
function write(writer: Writer, schema: unknown, place: Place): string {
  if (++writer.nodes > NODES_MAX)
    throw refuse(writer, "", `The schema has more than ${String(NODES_MAX)} parts, which is too many for a model in this server.`);
  if (place.depth > DEPTH_MAX) throw refuse(writer, place.path, `The schema is nested deeper than ${String(DEPTH_MAX)} levels.`);
  if (schema === true) return "value";
  if (!isSchema(schema)) throw refuse(writer, place.path, "Expected a JSON Schema that some value fits.");
  checkHeld(writer, schema, place);
  if (typeof schema["$ref"] === "string") return writeRef(writer, schema["$ref"], place);
  if ("const" in schema) return literal(JSON.stringify(schema["const"]));
  if (Array.isArray(schema["enum"])) return writeEnum(writer, schema["enum"], place);
  const word = schema["anyOf"] === undefined ? "oneOf" : "anyOf";
  const choices = schema[word];
  if (Array.isArray(choices)) {
    const bodies = choices.map((choice, at) => write(writer, choice, within(place, `${word}[${String(at)}]`)));
    return oneOf(writer, bodies, place);
  }
  const { type } = schema;
  if (!Array.isArray(type)) return writeType(writer, type ?? impliedType(schema), schema, place);
  return oneOf(
    writer,
    type.map((each) => writeType(writer, each, schema, place)),
    place,
  );
}

function checkHeld(writer: Writer, schema: Schema, { path }: Place): void {
  if (!writer.strict) return;
  const found = Object.keys(schema).find((word) => UNHELD.has(word) && !isNatural(schema, word));
  if (found === undefined) return;
  throw refuse(writer, `${path}.${found}`, `A model in this server cannot be held to "${found}" of a JSON Schema.`);
}

function oneOf(writer: Writer, bodies: readonly string[], { path }: Place): string {
  if (bodies.length === 0) throw refuse(writer, path, "Expected at least one choice.");
  return rule(writer, bodies.join(" | "));
}

function writeEnum(writer: Writer, values: readonly unknown[], place: Place): string {
  return oneOf(
    writer,
    values.map((value) => literal(JSON.stringify(value))),
    place,
  );
}

/** Each definition becomes one rule, so that a schema may refer to itself. */
function writeRef(writer: Writer, ref: string, place: Place): string {
  const found = writer.known.get(ref);
  if (found !== undefined) return found;
  const name = `ref${String(writer.refs++)}`;
  writer.known.set(ref, name);
  const body = write(writer, resolve(writer, ref, place), { path: place.path, depth: place.depth + 1 });
  writer.rules.push(`${name} ::= ${body}`);
  return name;
}

function resolve(writer: Writer, ref: string, { path }: Place): unknown {
  if (!ref.startsWith("#")) throw refuse(writer, `${path}.$ref`, "A $ref must begin with #: nothing is fetched.");
  let at: unknown = writer.whole;
  for (const step of ref.slice(1).split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    at = isSchema(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  if (at === undefined) throw refuse(writer, `${path}.$ref`, `The schema has no ${JSON.stringify(ref)}.`);
  return at;
}

function writeType(writer: Writer, type: unknown, schema: Schema, place: Place): string {
  if (type === undefined) return "value";
  if (typeof type !== "string" || !TYPES.has(type)) throw refuse(writer, `${place.path}.type`, `Expected one of ${[...TYPES].join(", ")}.`);
  if (type === "object") return writeObject(writer, schema, place);
  if (type === "array") return writeArray(writer, schema, place);
  if (type === "string") return writeString(writer, schema, place);
  if (type === "integer" && schema["minimum"] === 0) return rule(writer, `"0" | [1-9] [0-9]{0,15}`);
  if (type === "integer" && schema["minimum"] === 1) return rule(writer, `[1-9] [0-9]{0,15}`);
  return type;
}

function writeString(writer: Writer, schema: Schema, place: Place): string {
  const format = typeof schema["format"] === "string" ? FORMATS[schema["format"]] : undefined;
  if (format !== undefined) return rule(writer, format);
  const { min, max } = timesOf(writer, schema, ["minLength", "maxLength"], place);
  if (min === 0 && max === undefined) return "string";
  return rule(writer, `"\\"" char{${String(min)},${max === undefined ? "" : String(max)}} "\\""`);
}

type Times = { readonly min: number; readonly max: number | undefined };

function timesOf(writer: Writer, schema: Schema, [least, most]: readonly [string, string], { path }: Place): Times {
  const countOf = (word: string): number | undefined => {
    const count = schema[word];
    if (count === undefined) return undefined;
    if (typeof count === "number" && Number.isInteger(count) && count >= 0 && count <= REPEAT_MAX) return count;
    throw refuse(writer, `${path}.${word}`, `Expected a whole number from 0 to ${String(REPEAT_MAX)}.`);
  };
  const min = countOf(least) ?? 0;
  const max = countOf(most);
  if (max !== undefined && max < min) throw refuse(writer, `${path}.${most}`, `Expected at least ${least}.`);
  return { min, max };
}

function writeArray(writer: Writer, schema: Schema, place: Place): string {
  const first = Array.isArray(schema["prefixItems"]) ? schema["prefixItems"] : [];
  if (first.length > 0) {
    const items = first.map((item, at) => write(writer, item, within(place, `prefixItems[${String(at)}]`)));
    return rule(writer, `"[" ws ${items.join(` "," ws `)} ws "]"`);
  }
  const item = write(writer, schema["items"] ?? true, within(place, "items"));
  const { min, max } = timesOf(writer, schema, ["minItems", "maxItems"], place);
  if (max === 0) return rule(writer, `"[" ws "]"`);
  const more = `{${String(Math.max(0, min - 1))},${max === undefined ? "" : String(max - 1)}}`;
  const items = `${item} ("," ws ${item})${more}`;
  return rule(writer, min === 0 ? `"[" ws (${items})? ws "]"` : `"[" ws ${items} ws "]"`);
}

type Member = { readonly pair: string; readonly needed: boolean };

function writeObject(writer: Writer, schema: Schema, place: Place): string {
  const properties = isSchema(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"].filter((name) => typeof name === "string") : [];
  const names = [...Object.keys(properties), ...required.filter((name) => !Object.hasOwn(properties, name))];
  if (names.length === 0) return writeMap(writer, schema["additionalProperties"], place);
  const members = names.map((name): Member => {
    const body = Object.hasOwn(properties, name) ? write(writer, properties[name], within(place, `properties.${name}`)) : "value";
    return { pair: `${literal(JSON.stringify(name))} ":" ws ${body}`, needed: required.includes(name) };
  });
  return rule(writer, `"{" ws ${writeMembers(writer, members)} ws "}"`);
}

/** From the last member back: what may follow while nothing was written, and what after a member, with its comma. */
function writeMembers(writer: Writer, members: readonly Member[]): string {
  let first = NOTHING;
  let next = NOTHING;
  for (const { pair, needed } of members.toReversed()) {
    const [without, comma] = [first, next];
    first = rule(writer, `${pair} ${comma}${needed ? "" : ` | ${without}`}`);
    next = rule(writer, `"," ws ${pair} ${comma}${needed ? "" : ` | ${comma}`}`);
  }
  return first;
}

function writeMap(writer: Writer, values: unknown, place: Place): string {
  if (values === false) return rule(writer, `"{" ws "}"`);
  if (values === undefined || values === true) return "object";
  const value = write(writer, values, within(place, "additionalProperties"));
  return rule(writer, `"{" ws (string ":" ws ${value} ("," ws string ":" ws ${value})*)? ws "}"`);
}

/** "At least nothing" and "at least one" are ways of writing a number. */
const isNatural = (schema: Schema, word: string): boolean =>
  word === "minimum" && schema["type"] === "integer" && (schema["minimum"] === 0 || schema["minimum"] === 1);

function impliedType(schema: Schema): string | undefined {
  if ("properties" in schema || "required" in schema || "additionalProperties" in schema) return "object";
  if ("items" in schema || "prefixItems" in schema) return "array";
  return undefined;
}
