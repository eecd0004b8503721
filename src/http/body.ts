import type { z } from "zod";
import { didYouMean } from "../config/index.ts";
import { Fault } from "../kernel/fault.ts";
import { JSON_DEPTH_MAX } from "../kernel/limits.ts";
import { deepest, knownFields, wordsOf } from "./body-issues.ts";

/** Reads a body of at most `bytesMax`; a longer one is refused by its declared length, or while it comes. */
export async function readText(request: Request, bytesMax: number): Promise<string> {
  const declared = Number(request.headers.get("content-length") ?? "NaN");
  if (declared > bytesMax) throw tooLarge(bytesMax);
  if (!Number.isFinite(declared)) return new TextDecoder().decode(await readBytes(request, bytesMax));
  try {
    return await request.text();
  } catch (error) {
    throw unread(error);
  }
}

/** A body that cannot be read to its end was broken off by its sender. */
const unread = (error: unknown): Fault => (error instanceof Fault ? error : new Fault("client_gone", {}, { cause: error }));

export async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? "NaN");
  if (declared > bytesMax) throw tooLarge(bytesMax);
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of request.body ?? []) {
      length += piece.byteLength;
      if (length > bytesMax) throw tooLarge(bytesMax);
      pieces.push(piece);
    }
  } catch (error) {
    throw unread(error);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

function tooLarge(bytesMax: number): Fault {
  return new Fault("body_too_large", { say: `The body is larger than the ${bytesMax} bytes that this address reads.` });
}

export function parseJson(text: string): unknown {
  if (text === "") throw new Fault("body_unreadable", { say: "The body is empty; a JSON object was expected." });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Fault("body_unreadable", {}, { cause: error });
  }
  // A level takes two characters at least.
  if (text.length >= 2 * JSON_DEPTH_MAX && isDeeper(value, JSON_DEPTH_MAX))
    throw new Fault("body_invalid", { say: `The body has more than ${JSON_DEPTH_MAX} levels of arrays and objects.` });
  return value;
}

/** Level by level: a walk that calls itself would end as badly as what it guards. */
function isDeeper(value: unknown, levelsMax: number): boolean {
  let level = [value].filter(isObject);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > levelsMax) return true;
    const next: object[] = [];
    for (const each of level) for (const inner of Object.values(each)) if (isObject(inner)) next.push(inner);
    level = next;
  }
  return false;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

export async function readJson<S extends z.ZodType>(request: Request, schema: S, bytesMax: number): Promise<z.output<S>> {
  const text = await readText(request, bytesMax);
  const value = parseJson(text);
  // Neither can come into a body but as an escape.
  if (text.includes("\\u")) refuseUnstorable(value);
  return checkBody(value, schema);
}

/** Text that the database cannot hold: U+0000, and halves of surrogate pairs in JSON. */
const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed();

function refuseUnstorable(value: unknown): void {
  const left = [value];
  for (let each = left.pop(); each !== undefined; each = left.pop()) {
    if (isObject(each)) left.push(...Object.keys(each), ...Object.values(each).filter((inner) => inner !== undefined));
    else if (typeof each === "string" && !isStorable(each)) throw new Fault("body_invalid", { say: UNSTORABLE });
  }
}

const UNSTORABLE = "A text holds U+0000 or half of a surrogate pair, which cannot be kept.";
/** The same for a text that comes alone. */
export function checkText(text: string, param: string): string {
  if (!isStorable(text)) throw new Fault("body_invalid", { param, say: `${param}: ${UNSTORABLE}` });
  return text;
}

/** The value in its checked form, or `body_invalid` with what is wrong, where, and what would be right. */
export function checkBody<S extends z.ZodType>(value: unknown, schema: S, whole = "The body"): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = deepest(result.error.issues);
  const param = toParam(issue.path);
  const known = issue.code === "unrecognized_keys" ? knownFields(schema, issue.path) : [];
  throw new Fault("body_invalid", { ...(param === "" ? {} : { param }), say: sayIssue(issue, param === "" ? whole : param, known) });
}

type Issue = z.core.$ZodIssue;

function toParam(path: Issue["path"]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

function sayIssue(issue: Issue, where: string, known: readonly string[]): string {
  if (issue.code === "unrecognized_keys") {
    const hint = issue.keys.map((key) => didYouMean(key, known)).find((each) => each !== "");
    return `${where}: unknown field ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}.${hint ?? ""}`;
  }
  return `${where}: ${wordsOf(issue)}`;
}
