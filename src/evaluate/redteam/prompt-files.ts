import { glob, readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { sha256Hex } from "../../kernel/hash.ts";

/** A file whose text is a system prompt. */
export type PromptFile = { readonly path: string; readonly sha256: string; readonly text: string };

/** As in the report: what became of it since the last one. */
export type PromptState = {
  readonly path: string;
  readonly sha256: string;
  /** `failing`: unchanged, but it did not pass everything in the last run, so that it is run again. */
  readonly state: "new" | "changed" | "failing" | "unchanged" | "removed";
  /** Probes that it did not pass, in this run or in the one in which it last ran. */
  readonly notPassed: number;
};

/** It is to be run. */
export const isDue = ({ state }: PromptState): boolean => state === "new" || state === "changed" || state === "failing";

/** The server takes system prompts of at most this length. */
const PROMPT_CHARS_MAX = 100_000;

/** A folder's `.md` files at any depth, or what a pattern matches, by path below `cwd`. Throws where nothing is found: a check of no files is none. */
export async function readPromptFiles(pattern: string, cwd: string): Promise<PromptFile[]> {
  const files: PromptFile[] = [];
  for (const path of (await findPaths(pattern, cwd)).toSorted()) {
    const text = await readFile(path, "utf8");
    if (text.trim() === "" || text.length > PROMPT_CHARS_MAX)
      throw new RangeError(`${relative(cwd, path)} is empty, or longer than ${String(PROMPT_CHARS_MAX)} characters`);
    files.push({ path: relative(cwd, path), sha256: sha256Hex(text), text });
  }
  if (files.length === 0) throw new RangeError(`there is no prompt file at ${pattern}`);
  return files;
}

async function findPaths(pattern: string, cwd: string): Promise<string[]> {
  const folder = resolve(cwd, pattern);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isFile() === true) return [folder];
  if (found?.isDirectory() === true) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && entry.name.endsWith(".md")).map((entry) => join(entry.parentPath, entry.name));
  }
  const paths: string[] = [];
  for await (const path of glob(pattern, { cwd })) paths.push(resolve(cwd, path));
  return paths;
}

/** Which of them must be tried again, and what to say of the others. */
export function comparePromptFiles(files: readonly PromptFile[], before: readonly PromptState[]): PromptState[] {
  const known = new Map(before.filter((prompt) => prompt.state !== "removed").map((prompt) => [prompt.path, prompt]));
  const here = new Set(files.map((file) => file.path));
  const now = files.map(({ path, sha256 }): PromptState => {
    const was = known.get(path);
    const state = was === undefined ? "new" : was.sha256 !== sha256 ? "changed" : was.notPassed > 0 ? "failing" : "unchanged";
    return { path, sha256, state, notPassed: 0 };
  });
  const gone = [...known.values()].filter(({ path }) => !here.has(path)).map((prompt): PromptState => ({ ...prompt, state: "removed" }));
  return [...now, ...gone];
}
