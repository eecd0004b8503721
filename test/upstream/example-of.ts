import { isRecord, type Json } from "./asked.ts";

/** A value that fits a plain schema: objects with what they require, the first of several choices. */
function exampleOf(schema: Json): unknown {
  const { enum: choices, type, properties, required, items } = schema;
  if (Array.isArray(choices)) return choices[0];
  if (type === "object" && isRecord(properties)) {
    const names = Array.isArray(required) ? required.map(String) : [];
    return Object.fromEntries(names.map((name) => [name, isRecord(properties[name]) ? exampleOf(properties[name]) : null]));
  }
  if (type === "array") return isRecord(items) ? [exampleOf(items)] : [];
  if (type === "number" || type === "integer") return 1;
  if (type === "boolean") return true;
  return type === "string" ? "some" : type === "null" ? null : {};
}

/** What a well-trained model says to a call that asks for JSON, a few characters a piece; undefined where it asks for none. */
export function sayInForm({ response_format: format }: Json): string[] | undefined {
  if (!isRecord(format) || format["type"] === "text") return undefined;
  const inner = format["json_schema"];
  const schema = isRecord(inner) && isRecord(inner["schema"]) ? inner["schema"] : {};
  return JSON.stringify(exampleOf(schema)).match(/[^]{1,4}/g) ?? undefined;
}
