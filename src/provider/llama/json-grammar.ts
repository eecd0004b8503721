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
const TYPES = new Set(["string", "number", "integer", "boolean", "null", "object", "array"]);

type Schema = Readonly<Record<string, unknown>>;

/** Any JSON object: what `json_object` asks for. */
export const jsonObjectGrammar = (): string => `root ::= object\n${BASE}`;

/** Throws `target_refused` for what a grammar cannot hold. */
export function toGrammar(schema: unknown, options: GrammarOptions): string {
  const writer = createWriter(options);
  return finish(writer.rules, writer.write(schema));
}

type ToolShape = { readonly name: string; readonly parameters: unknown };

/** One call of one of these tools, as `{"name": …, "arguments": …}` between `before` and `after`. */
export function toToolGrammar(tools: readonly ToolShape[], before: string, after: string): string {
  const writer = createWriter({ param: "tools", strict: false });
  const calls = tools.map(({ name, parameters }) => {
    const body = writer.write(parameters ?? { type: "object" });
    return `${literal(`{"name": ${JSON.stringify(name)}, "arguments": `)} ${body} "}"`;
  });
  return finish(writer.rules, `${literal(before)} (${calls.join(" | ")}) ${literal(after)}`);
}

const finish = (rules: readonly string[], root: string): string => `root ::= ${root}\n${rules.join("\n")}\n${BASE}`;

/** JSON's escapes are those of GBNF as far as text made by JSON.stringify goes. */
const literal = (text: string): string => JSON.stringify(text);
const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);

function createWriter({ param, strict }: GrammarOptions) {
  const rules: string[] = [];
  /** What a $ref of the schema at hand has become. */
  let known = new Map<string, string>();
  let whole: unknown;
  let nodes = 0;
  let refs = 0;

  const refuse = (path: string, say: string): Fault => new Fault("target_refused", { param: `${param}${path}`, say });
  const rule = (body: string): string => {
    const name = `r${String(rules.length)}`;
    rules.push(`${name} ::= ${body}`);
    return name;
  };

  const write = (schema: unknown, path: string, depth: number): string => {
    if (++nodes > NODES_MAX)
      throw refuse("", `The schema has more than ${String(NODES_MAX)} parts, which is too many for a model in this server.`);
    if (depth > DEPTH_MAX) throw refuse(path, `The schema is nested deeper than ${String(DEPTH_MAX)} levels.`);
    if (schema === true) return "value";
    if (!isSchema(schema)) throw refuse(path, "Expected a JSON Schema that some value fits.");
    checkHeld(schema, path);
    if (typeof schema["$ref"] === "string") return writeRef(schema["$ref"], path, depth);
    if ("const" in schema) return literal(JSON.stringify(schema["const"]));
    if (Array.isArray(schema["enum"])) return writeEnum(schema["enum"], path);
    const choices = schema["anyOf"] ?? schema["oneOf"];
    if (Array.isArray(choices)) {
      const word = schema["anyOf"] === undefined ? "oneOf" : "anyOf";
      return oneOf(
        choices.map((choice, at) => write(choice, `${path}.${word}[${String(at)}]`, depth + 1)),
        path,
      );
    }
    const { type } = schema;
    if (Array.isArray(type))
      return oneOf(
        type.map((each) => writeType(each, schema, path, depth)),
        path,
      );
    return writeType(type ?? impliedType(schema), schema, path, depth);
  };

  const checkHeld = (schema: Schema, path: string): void => {
    if (!strict) return;
    const found = Object.keys(schema).find((word) => UNHELD.has(word) && !isNatural(schema, word));
    if (found !== undefined) throw refuse(`${path}.${found}`, `A model in this server cannot be held to "${found}" of a JSON Schema.`);
  };

  const oneOf = (bodies: readonly string[], path: string): string => {
    if (bodies.length === 0) throw refuse(path, "Expected at least one choice.");
    return rule(bodies.join(" | "));
  };

  const writeEnum = (values: readonly unknown[], path: string): string =>
    oneOf(
      values.map((value) => literal(JSON.stringify(value))),
      path,
    );

  /** Each definition becomes one rule, so that a schema may refer to itself. */
  const writeRef = (ref: string, path: string, depth: number): string => {
    const found = known.get(ref);
    if (found !== undefined) return found;
    const name = `ref${String(refs++)}`;
    known.set(ref, name);
    rules.push(`${name} ::= ${write(resolve(ref, path), path, depth + 1)}`);
    return name;
  };

  const resolve = (ref: string, path: string): unknown => {
    if (!ref.startsWith("#")) throw refuse(`${path}.$ref`, "A $ref must begin with #: nothing is fetched.");
    let at: unknown = whole;
    for (const step of ref.slice(1).split("/").slice(1)) {
      const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
      at = isSchema(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    }
    if (at === undefined) throw refuse(`${path}.$ref`, `The schema has no ${JSON.stringify(ref)}.`);
    return at;
  };

  const writeType = (type: unknown, schema: Schema, path: string, depth: number): string => {
    if (type === undefined) return "value";
    if (typeof type !== "string" || !TYPES.has(type)) throw refuse(`${path}.type`, `Expected one of ${[...TYPES].join(", ")}.`);
    if (type === "object") return writeObject(schema, path, depth);
    if (type === "array") return writeArray(schema, path, depth);
    if (type === "string") return writeString(schema, path);
    if (type === "integer" && schema["minimum"] === 0) return rule(`"0" | [1-9] [0-9]{0,15}`);
    if (type === "integer" && schema["minimum"] === 1) return rule(`[1-9] [0-9]{0,15}`);
    return type;
  };

  const writeString = (schema: Schema, path: string): string => {
    const format = schema["format"];
    if (typeof format === "string" && FORMATS[format] !== undefined) return rule(FORMATS[format]);
    const times = repeat(schema, "minLength", "maxLength", path);
    return times === undefined ? "string" : rule(`"\\"" char${times} "\\""`);
  };

  const repeat = (schema: Schema, least: string, most: string, path: string): string | undefined => {
    const min = countOf(schema, least, path) ?? 0;
    const max = countOf(schema, most, path);
    if (max !== undefined && max < min) throw refuse(`${path}.${most}`, `Expected at least ${least}.`);
    return min === 0 && max === undefined ? undefined : `{${String(min)},${max === undefined ? "" : String(max)}}`;
  };

  const countOf = (schema: Schema, word: string, path: string): number | undefined => {
    const count = schema[word];
    if (count === undefined) return undefined;
    if (typeof count === "number" && Number.isInteger(count) && count >= 0 && count <= REPEAT_MAX) return count;
    throw refuse(`${path}.${word}`, `Expected a whole number from 0 to ${String(REPEAT_MAX)}.`);
  };

  const writeArray = (schema: Schema, path: string, depth: number): string => {
    const first = Array.isArray(schema["prefixItems"]) ? schema["prefixItems"] : [];
    if (first.length > 0) {
      const items = first.map((item, at) => write(item, `${path}.prefixItems[${String(at)}]`, depth + 1));
      return rule(`"[" ws ${items.join(` "," ws `)} ws "]"`);
    }
    const item = write(schema["items"] ?? true, `${path}.items`, depth + 1);
    const min = countOf(schema, "minItems", path) ?? 0;
    const max = countOf(schema, "maxItems", path);
    repeat(schema, "minItems", "maxItems", path);
    if (max === 0) return rule(`"[" ws "]"`);
    const more = `{${String(Math.max(0, min - 1))},${max === undefined ? "" : String(max - 1)}}`;
    const items = `${item} ("," ws ${item})${more}`;
    return rule(min === 0 ? `"[" ws (${items})? ws "]"` : `"[" ws ${items} ws "]"`);
  };

  const writeObject = (schema: Schema, path: string, depth: number): string => {
    const properties = isSchema(schema["properties"]) ? schema["properties"] : {};
    const required = Array.isArray(schema["required"]) ? schema["required"].filter((name) => typeof name === "string") : [];
    const names = [...Object.keys(properties), ...required.filter((name) => !Object.hasOwn(properties, name))];
    if (names.length === 0) return writeMap(schema["additionalProperties"], path, depth);
    const members = names.map((name) => {
      const body = Object.hasOwn(properties, name) ? write(properties[name], `${path}.properties.${name}`, depth + 1) : "value";
      return { pair: `${literal(JSON.stringify(name))} ":" ws ${body}`, needed: required.includes(name) };
    });
    return rule(`"{" ws ${writeMembers(members)} ws "}"`);
  };

  /** From the last member back: what follows when nothing stands before it, and what follows after a member, with its comma. */
  const writeMembers = (members: readonly { readonly pair: string; readonly needed: boolean }[]): string => {
    let [first, next] = ['""', '""'];
    for (const { pair, needed } of members.toReversed()) {
      const [without, withComma] = [first, next];
      const after = withComma === '""' ? "" : ` ${withComma}`;
      first = rule(`${pair}${after}${needed ? "" : ` | ${without}`}`);
      next = rule(`"," ws ${pair}${after}${needed ? "" : ` | ${withComma}`}`);
    }
    return first;
  };

  const writeMap = (values: unknown, path: string, depth: number): string => {
    if (values === false) return rule(`"{" ws "}"`);
    if (values === undefined || values === true) return "object";
    const value = write(values, `${path}.additionalProperties`, depth + 1);
    return rule(`"{" ws (string ":" ws ${value} ("," ws string ":" ws ${value})*)? ws "}"`);
  };

  return {
    rules,
    write(schema: unknown): string {
      known = new Map();
      whole = schema;
      return write(schema, "", 0);
    },
  };
}

/** "At least nothing" and "at least one" are ways of writing a number. */
const isNatural = (schema: Schema, word: string): boolean =>
  word === "minimum" && schema["type"] === "integer" && (schema["minimum"] === 0 || schema["minimum"] === 1);

function impliedType(schema: Schema): string | undefined {
  if ("properties" in schema || "required" in schema || "additionalProperties" in schema) return "object";
  if ("items" in schema || "prefixItems" in schema) return "array";
  return undefined;
}
