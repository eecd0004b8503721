import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { readEnv } from "./environment.ts";
import { didYouMean } from "./nearest.ts";
import type { Place } from "./problem.ts";
import type { Source } from "./source.ts";

const ENV_REFERENCE = /^env:(.*)$/s;
const FILE_REFERENCE = /^file:(.*)$/s;
/** A key is a line. More is another file. */
const SECRET_CHARS_MAX = 8192;

/** The text that `env:NAME` stands for, or the text itself. undefined: it is missing, and that has been said. */
export function resolveText(raw: string, place: Place, source: Source): string | undefined {
  const name = ENV_REFERENCE.exec(raw)?.[1];
  return name === undefined ? raw : fromEnv(name, place, source);
}

/** An API key from `env:NAME`, `file:PATH` or the setting itself, which draws a warning. */
export async function resolveSecret(raw: string, place: Place, source: Source): Promise<string | undefined> {
  const name = ENV_REFERENCE.exec(raw)?.[1];
  if (name !== undefined) return headerText(fromEnv(name, place, source), place, source);
  const path = FILE_REFERENCE.exec(raw)?.[1];
  if (path !== undefined) return headerText(await fromFile(path, place, source), place, source);
  source.findings.warnings.push({
    place,
    message: "the key itself stands in the config file. Use env:NAME or file:PATH, so that the file can be shown.",
  });
  return headerText(raw, place, source);
}

function fromEnv(name: string, place: Place, source: Source): string | undefined {
  const { env, findings, usedEnv } = source;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    findings.problems.push({
      place,
      message: "env: must be followed by the name of an environment variable, as in env:ANTHROPIC_API_KEY.",
    });
    return undefined;
  }
  usedEnv.add(name);
  const text = readEnv(env, name);
  if (text !== undefined) return text;
  const state = env[name] === undefined ? "not set" : "empty";
  const set = Object.keys(env).filter((other) => other !== name && readEnv(env, other) !== undefined);
  findings.problems.push({ place, message: `the environment variable ${name} is ${state}.${didYouMean(name, set)}` });
  return undefined;
}

async function fromFile(path: string, place: Place, source: Source): Promise<string | undefined> {
  const { problems } = source.findings;
  if (path.trim() === "") {
    problems.push({ place, message: "file: must be followed by a path, as in file:/run/secrets/anthropic." });
    return undefined;
  }
  const full = resolve(source.baseDir, path);
  let text: string;
  try {
    text = (await readFile(full, "utf8")).replace(/\r?\n$/, "");
  } catch (error) {
    problems.push({ place, message: `the file ${full} cannot be read (${errorCode(error)}).` });
    return undefined;
  }
  if (text === "" || text.length > SECRET_CHARS_MAX) {
    problems.push({ place, message: `the file ${full} ${text === "" ? "is empty" : "is too long to hold a key"}.` });
    return undefined;
  }
  return text;
}

/** A key with a line break or other control character never reaches the provider: it cannot stand in an HTTP header. */
function headerText(text: string | undefined, place: Place, source: Source): string | undefined {
  if (text === undefined || isHeaderText(text)) return text;
  source.findings.problems.push({ place, message: "the key has characters that an HTTP header cannot carry, such as a line break." });
  return undefined;
}

export const isHeaderText = (text: string): boolean => /^[\x20-\x7e\xa0-\xff]*$/.test(text);

export const errorCode = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "unreadable";
