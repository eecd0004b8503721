import { readFileSync } from "node:fs";
import { join } from "node:path";

export const DATA = join(import.meta.dirname, "../../src/guard/pii/names/data");

/** The words of a front-coded list of build.ts, by level. */
export function readWordList(name: string): ReadonlyMap<number, readonly string[]> {
  const levels = new Map<number, string[]>();
  let words: string[] = [];
  let before = "";
  for (const line of readFileSync(join(DATA, `${name}.txt`), "utf8").split("\n")) {
    if (line === "") continue;
    if (line.startsWith("=")) {
      words = [];
      levels.set(Number(line.slice(1)), words);
      before = "";
      continue;
    }
    before = before.slice(0, Number.parseInt(line.charAt(0), 36)) + line.slice(1);
    words.push(before);
  }
  return levels;
}

/** A list that is not front-coded, all levels together. */
export const readPlainList = (name: string): readonly string[] =>
  readFileSync(join(DATA, `${name}.txt`), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("="));
