import type { Json } from "../json.ts";
import { isRecord } from "../json.ts";

/** Constraints that the API refuses in a schema, though a model can follow them: they are told in the description. */
const TOLD: ReadonlySet<string> = new Set([
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "pattern",
]);
/** Keys whose value maps names to schemas, so that a property called `minimum` is no constraint. */
const NAMED: ReadonlySet<string> = new Set(["properties", "$defs", "definitions"]);
const LISTS: ReadonlySet<string> = new Set(["anyOf", "allOf", "oneOf", "prefixItems"]);

/**
 * A JSON Schema as the API takes it for structured output: objects admit no other properties, and constraints that it cannot enforce
 * move into the description.
 */
export function toClosedSchema(schema: Json): Json {
  const closed: Record<string, unknown> = {};
  const told: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (TOLD.has(key) && !(key === "minItems" && (value === 0 || value === 1))) told.push(`${key}: ${JSON.stringify(value)}`);
    else if (NAMED.has(key) && isRecord(value)) closed[key] = closeEach(value);
    else if (LISTS.has(key) && Array.isArray(value))
      closed[key === "oneOf" ? "anyOf" : key] = value.map((each: unknown) => (isRecord(each) ? toClosedSchema(each) : each));
    else if (key === "items" && isRecord(value)) closed[key] = toClosedSchema(value);
    else closed[key] = value;
  }
  if (told.length > 0)
    closed["description"] = [closed["description"], `(${told.join(", ")})`].filter((text) => typeof text === "string").join(" ");
  if (isObjectType(closed["type"]) || "properties" in closed) closed["additionalProperties"] = false;
  return closed;
}

function closeEach(schemas: Json): Json {
  return Object.fromEntries(Object.entries(schemas).map(([name, each]) => [name, isRecord(each) ? toClosedSchema(each) : each]));
}

const isObjectType = (type: unknown): boolean => type === "object" || (Array.isArray(type) && type.includes("object"));
