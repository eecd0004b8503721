import { Validator } from "@cfworker/json-schema";
import type { ResponseFormat } from "../domain/chat.ts";
import { meterSchema, type Json, type MeteredSchema } from "./metered-schema.ts";

/** What is wrong with an answer, for the model that wrote it: where, and which rule of the schema. Empty: nothing is. */
export type SchemaFaults = readonly string[];

/** `undefined`: it cannot be told, because the schema is none that can be read here, or the answer is too long. */
export type CheckAnswer = (text: string, /** Of how many answers of a call; default 1. */ among?: number) => SchemaFaults | undefined;

/** Longer answers are documents; checking one would hold up the calls beside it. */
export const CHECKED_CHARACTERS_MAX = 256 * 1024;
/** Told to the model: more say nothing new. */
const FAULTS_MAX = 8;
/** A schema that says why is longer than what stands here of it. */
const FAULT_CHARACTERS_MAX = 200;

const NOT_JSON: SchemaFaults = ["The answer is not JSON."];

/** The check of an answer against the form that the call asks for; undefined where it asks for none. */
export function createAnswerCheck(format: ResponseFormat | undefined): CheckAnswer | undefined {
  if (format === undefined || format.type === "text") return undefined;
  if (format.type === "json-object") return checkObject;
  let known = checks.get(format);
  if (known === undefined) checks.set(format, (known = createSchemaCheck(format.schema)));
  return known;
}

/** A call's form is asked for at each of its attempts, and compiled once. */
const checks = new WeakMap<ResponseFormat, CheckAnswer>();

function createSchemaCheck(schema: Json | undefined): CheckAnswer {
  const validate = readSchema(schema);
  return (text, among = 1) => {
    if (text.length > CHECKED_CHARACTERS_MAX) return undefined;
    const value = parse(text);
    if (value === undefined) return NOT_JSON;
    return validate?.(value.json, among);
  };
}

const checkObject: CheckAnswer = (text) => {
  if (text.length > CHECKED_CHARACTERS_MAX) return undefined;
  const value = parse(text)?.json;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? [] : ["The answer is not a JSON object."];
};

function parse(text: string): { readonly json: unknown } | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return { json };
  } catch {
    return undefined;
  }
}

/** undefined: a schema that refers to what is not in it, or is too large. */
function readSchema(schema: Json | undefined): ((value: unknown, among: number) => SchemaFaults | undefined) | undefined {
  if (schema === undefined) return undefined;
  try {
    const metered = meterSchema(schema);
    const validator = new Validator(metered.schema, "2020-12", false);
    return (value, among) => judge(validator, metered, value, among);
  } catch {
    return undefined;
  }
}

function judge(validator: Validator, metered: MeteredSchema, value: unknown, among: number): SchemaFaults | undefined {
  try {
    metered.begin(value, among);
    const { valid, errors } = validator.validate(value);
    if (valid) return [];
    // The innermost say what is wrong; what stands around them says only that something is.
    const said = errors.toReversed().map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`.slice(0, FAULT_CHARACTERS_MAX));
    return [...new Set(said)].slice(0, FAULTS_MAX);
  } catch {
    // A reference that leads nowhere, or back to itself, or more steps than there is time for.
    return undefined;
  }
}
