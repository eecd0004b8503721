import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";

/** OpenAI's published description, where it lies beside the project. Tests print why they skip where it does not. */
const PATH = fileURLToPath(new URL("../../../shared/specs/openai-openapi.json", import.meta.url));

export const openaiSpecMissing: string | false = existsSync(PATH) ? false : `skipped: ${PATH} is not there`;

type Node = { [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

/** The file says OpenAPI 3.1 but has leftover `nullable: true`, which JSON Schema 2020 does not know. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls);
  if (!isNode(value)) return value;
  const { nullable, ...rest } = value;
  const plain = Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, withNulls(inner)]));
  return nullable === true ? { anyOf: [plain, { type: "null" }] } : plain;
}

const compiled = new Map<string, ValidateFunction>();
let ajv: Ajv2020.default | undefined;

function validator(schema: string): ValidateFunction {
  const found = compiled.get(schema);
  if (found !== undefined) return found;
  if (ajv === undefined) {
    const spec = JSON.parse(readFileSync(PATH, "utf8")) as Node;
    ajv = new Ajv2020.default({ strict: false, allErrors: true, validateFormats: false, discriminator: false });
    ajv.addSchema({ $id: "openai", components: withNulls(spec["components"]) });
  }
  const made = ajv.compile({ $ref: `openai#/components/schemas/${schema}` });
  compiled.set(schema, made);
  return made;
}

let checked = 0;
/** How many values were checked so far: a test prints it. */
export const openaiChecked = (): number => checked;

/** Fails with every violation of the named schema. */
export function assertOpenai(schema: string, value: unknown): void {
  checked++;
  const validate = validator(schema);
  if (validate(value)) return;
  const problems = (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  assert.fail(`${schema}: ${[...new Set(problems)].slice(0, 10).join("; ")}\n${JSON.stringify(value).slice(0, 600)}`);
}
