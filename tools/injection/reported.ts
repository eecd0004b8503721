import { readFileSync } from "node:fs";
import type { Source } from "./sources.ts";

/** Refusals that were mistakes, as `weir guard reports export` writes them: one `{"text": …}` a line. Throws for a line that is none. */
export function readReported(path: string): Source {
  const lines = readFileSync(path, "utf8").split("\n");
  const texts = lines.flatMap((line, at) => (line === "" ? [] : [readLine(line, at + 1)]));
  // Harmless texts that looked like attacks: just what this kind of source is.
  return { name: "reported", nature: "trigger", folder: "none: reported by callers", texts: [...new Set(texts)].toSorted() };
}

function readLine(line: string, number: number): string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null && "text" in value && typeof value.text === "string") return value.text;
  // What stands there is somebody's text: it is not shown.
  throw new Error(`line ${String(number)} is not {"text": …}`);
}
