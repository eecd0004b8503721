import type { z } from "zod";
import { Fault } from "../kernel/fault.ts";

/** Reads a body of at most `bytesMax`; a longer one is refused by its declared length, or while it comes. */
export async function readText(request: Request, bytesMax: number): Promise<string> {
  const declared = Number(request.headers.get("content-length") ?? "NaN");
  if (declared > bytesMax) throw tooLarge(bytesMax);
  if (Number.isFinite(declared)) return request.text();
  return new TextDecoder().decode(await readBytes(request, bytesMax));
}

export async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? "NaN");
  if (declared > bytesMax) throw tooLarge(bytesMax);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.body ?? []) {
    length += piece.byteLength;
    if (length > bytesMax) throw tooLarge(bytesMax);
    pieces.push(piece);
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
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Fault("body_unreadable", {}, { cause: error });
  }
}

export async function readJson<S extends z.ZodType>(request: Request, schema: S, bytesMax: number): Promise<z.output<S>> {
  return checkBody(parseJson(await readText(request, bytesMax)), schema);
}

/** The value in its checked form, or `body_invalid` with what is wrong, where, and what would be right. */
export function checkBody<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = deepest(result.error.issues);
  const param = toParam(issue.path);
  throw new Fault("body_invalid", { ...(param === "" ? {} : { param }), say: sayIssue(issue, param) });
}

type Issue = z.core.$ZodIssue;

/** Of a union's alternatives, the one that came furthest says most. */
function deepest(issues: readonly Issue[], above: Issue["path"] = []): Issue {
  const [issue] = issues;
  if (issue === undefined) throw new TypeError("a failed parse has an issue");
  const here = { ...issue, path: [...above, ...issue.path] };
  if (here.code !== "invalid_union") return here;
  const branches = here.errors.map((branch) => deepest(branch, here.path)).filter((branch) => branch.path.length > here.path.length);
  return branches.toSorted((a, b) => b.path.length - a.path.length)[0] ?? here;
}

function toParam(path: Issue["path"]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

function sayIssue(issue: Issue, param: string): string {
  const where = param === "" ? "The body" : param;
  if (issue.code === "unrecognized_keys") return `${where}: unknown field ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}.`;
  const message = issue.message.replace(/^Invalid input: /, "");
  return `${where}: ${message}${message.endsWith(".") ? "" : "."}`;
}
