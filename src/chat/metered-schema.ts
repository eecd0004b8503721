/** A schema or an answer on which checking would take too long. */
export class TooMuch extends Error {
  override readonly name = "TooMuch";
}

export type Json = Readonly<Record<string, unknown>>;

/** Steps that one check may take: a tenth of a second at the very most, a millisecond for a schema as people write them. */
const STEPS_MAX = 20_000;
/** A schema is compiled before anything is asked, and each of its schemas by its whole path. */
const SCHEMAS_MAX = 5_000;
const PATH_CHARACTERS_MAX = 1_000_000;
/** Of names in schema and answer: they are written out whenever something is entered. */
const NAME_CHARACTERS_MAX = 512;
/** Of what is compared, keys that are counted, and characters that are: as many take the time of one step. */
const COMPARED_A_STEP = 16;
const KEYS_A_STEP = 8;
const CHARACTERS_A_STEP = 512;

/** Under these every value is a schema, whatever it is called. */
const MAPS: ReadonlySet<string> = new Set(["properties", "$defs", "definitions", "dependentSchemas", "dependencies"]);
/** Values that are compared with the answer, and stay as they are. */
const VALUES: ReadonlySet<string> = new Set(["enum", "const", "default", "required", "dependentRequired"]);
/**
 * Not checked. A caller's regular expression may take any time on the right text, and telling items apart takes the square of their number; a
 * format only describes.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(["pattern", "patternProperties", "uniqueItems", "format"]);
/** Each goes over every key, item or character of what it meets without entering a schema. */
const OF_KEYS = ["unevaluatedProperties", "unevaluatedItems", "maxProperties", "minProperties", "dependentRequired"];
const OF_TEXT = ["maxLength", "minLength"];
/** Where `true` and `false` are schemas; written as objects they are counted when they are entered. */
const EVERYTHING: Json = {};
const NOTHING: Json = { not: {} };

/** What a validator reads of every schema that it enters, and no schema of today's drafts has. */
const ENTERED = "$recursiveRef";

/** The most keys or items, and the longest text, that stand in an answer. */
type Extent = { keys: number; characters: number };

export type MeteredSchema = {
  /** A copy that counts how often it is entered. */
  readonly schema: Json;
  /** Before each check, with what is checked and among how many. From then on entering throws `TooMuch` where it was too often. */
  begin(answer: unknown, among: number): void;
};

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** A schema that a stranger wrote: few bytes of it, or a long answer, may ask for more steps than there is time for. */
export function meterSchema(of: Json): MeteredSchema {
  let left = STEPS_MAX;
  let extent: Extent = { keys: 0, characters: 0 };

  let schemas = 0;
  let pathCharacters = 0;

  const copy = (value: unknown, path: number): unknown => {
    if (Array.isArray(value)) return value.map((each) => copy(each, path + 5));
    if (typeof value === "boolean") return copySchema(value ? EVERYTHING : NOTHING, path);
    return isObject(value) ? copySchema(value, path) : value;
  };
  const copyNamed = (name: string, inner: unknown, path: number): unknown => {
    if (VALUES.has(name) || name === "$recursiveAnchor") return inner;
    if (!MAPS.has(name) || !isObject(inner)) return copy(inner, path);
    return Object.fromEntries(Object.entries(inner).map(([key, each]): [string, unknown] => [key, copy(each, path + lengthOf(key))]));
  };
  const copySchema = (schema: Json, path: number): Json => {
    schemas++;
    pathCharacters += path;
    if (schemas > SCHEMAS_MAX || pathCharacters > PATH_CHARACTERS_MAX) throw new TooMuch();
    const kept = Object.entries(schema).filter(([name]) => !LEFT_OUT.has(name) && name !== ENTERED);
    const made = Object.fromEntries(kept.map(([name, inner]): [string, unknown] => [name, copyNamed(name, inner, path + lengthOf(name))]));
    const own = stepsOf(made);
    const has = (names: readonly string[]): number => (names.some((name) => Object.hasOwn(made, name)) ? 1 : 0);
    const [keys, text] = [has(OF_KEYS), has(OF_TEXT)];
    return Object.defineProperty(made, ENTERED, {
      get(): undefined {
        left -= own + (keys * extent.keys) / KEYS_A_STEP + (text * extent.characters) / CHARACTERS_A_STEP;
        if (left < 0) throw new TooMuch();
      },
    });
  };
  return {
    schema: copySchema(of, 0),
    begin(answer, among) {
      left = STEPS_MAX / among;
      extent = { keys: 0, characters: 0 };
      measure(answer, extent);
    },
  };
}

/** Of a step in a path. */
function lengthOf(name: string): number {
  if (name.length > NAME_CHARACTERS_MAX) throw new TooMuch();
  return name.length + 1;
}

/** Entering it once, whatever is met. */
function stepsOf(schema: Json): number {
  let steps = 1;
  for (const name of ["enum", "const", "required", "dependentRequired"] as const) {
    const value = schema[name];
    if (value !== undefined) steps += JSON.stringify(value).length / COMPARED_A_STEP;
  }
  return isObject(schema["properties"]) ? steps + Object.keys(schema["properties"]).length / 4 : steps;
}

function measure(value: unknown, extent: Extent): void {
  if (typeof value === "string") extent.characters = Math.max(extent.characters, value.length);
  else if (Array.isArray(value)) {
    extent.keys = Math.max(extent.keys, value.length);
    for (const inner of value) measure(inner, extent);
  } else if (isObject(value)) {
    const inner = Object.entries(value);
    extent.keys = Math.max(extent.keys, inner.length);
    for (const [name, each] of inner) {
      lengthOf(name);
      measure(each, extent);
    }
  }
}
