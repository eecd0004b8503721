import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";

/** Anthropic's published description, where it lies beside the project. Tests print why they skip where it does not. */
const PATH = fileURLToPath(new URL("../../../shared/specs/anthropic-spec.json", import.meta.url));

export const anthropicSpecMissing: string | false = existsSync(PATH) ? false : `skipped: ${PATH} is not there`;

const compiled = new Map<string, ValidateFunction>();
let ajv: Ajv2020.default | undefined;

/** The file says OpenAPI 3.1 but keeps `exclusiveMinimum: true` beside `minimum`, as 3.0 had it. */
function withExclusiveMinimum(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withExclusiveMinimum);
  if (typeof value !== "object" || value === null) return value;
  const plain = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withExclusiveMinimum(inner)]));
  if (typeof plain["exclusiveMinimum"] !== "boolean") return plain;
  const { exclusiveMinimum, minimum, ...rest } = plain;
  return exclusiveMinimum ? { ...rest, exclusiveMinimum: minimum } : { ...rest, minimum };
}

function validator(schema: string): ValidateFunction {
  const found = compiled.get(schema);
  if (found !== undefined) return found;
  if (ajv === undefined) {
    const spec = JSON.parse(readFileSync(PATH, "utf8")) as { readonly components: unknown };
    ajv = new Ajv2020.default({ strict: false, allErrors: true, validateFormats: false, discriminator: false });
    ajv.addSchema({ $id: "anthropic", components: withExclusiveMinimum(spec.components) });
  }
  const made = ajv.compile({ $ref: `anthropic#/components/schemas/${schema}` });
  compiled.set(schema, made);
  return made;
}

let checked = 0;
/** How many values were checked so far: a test prints it. */
export const anthropicChecked = (): number => checked;

/** Every violation of the named schema; none where the value is right. */
export function anthropicProblems(schema: string, value: unknown): readonly string[] {
  checked++;
  const validate = validator(schema);
  if (validate(value)) return [];
  return [...new Set((validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`))];
}

/** Fails with every violation of the named schema. */
export function assertAnthropic(schema: string, value: unknown): void {
  const problems = anthropicProblems(schema, value);
  if (problems.length > 0) assert.fail(`${schema}: ${problems.slice(0, 10).join("; ")}\n${JSON.stringify(value).slice(0, 600)}`);
}

/** One event of a stream. The description's union lacks `ping` and `error`. */
export function assertAnthropicEvent(event: unknown): void {
  const type = (event as { readonly type?: unknown }).type;
  if (type === "ping") assert.deepEqual(event, { type: "ping" });
  else if (type === "error") assertAnthropic("ErrorResponse", { request_id: null, ...(event as object) });
  else assertAnthropic("MessageStreamEvent", event);
}
