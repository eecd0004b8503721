/** The house rules of the console: it is a client like any other, and it never makes HTML of text. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path/posix";
import { FILE_LINES_MAX } from "./rules.ts";

/** The one file that may call `fetch`. */
const CLIENT = "console/src/api/client.ts";

/** Ways from text to HTML or code. The page's policy refuses most of them in the browser; here they do not get that far. */
const UNSAFE =
  /dangerouslySetInnerHTML|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\(|new Function\(|rehype-raw|srcDoc/;

const IMPORT = /^\s*(?:import|export)\s+(type\s+)?[^;]*?from\s+"(\.{1,2}\/[^"]+)"/;

function problemsOf(path: string, text: string): string[] {
  const lines = text.split("\n");
  const problems = lines.length > FILE_LINES_MAX ? [`${path}: ${lines.length} lines, at most ${FILE_LINES_MAX}`] : [];
  // One statement can span lines: it is read from where it begins.
  const statements = text.split(/^(?=import |export )/m);
  let line = 1;
  for (const statement of statements) {
    const [, typeOnly, specifier] = IMPORT.exec(statement) ?? [];
    if (specifier !== undefined) {
      const target = normalize(join(path, "..", specifier));
      if (!target.startsWith("console/")) {
        if (!target.startsWith("src/contract/"))
          problems.push(`${path}:${line}: the console takes nothing of the server but types of src/contract`);
        else if (typeOnly === undefined) problems.push(`${path}:${line}: of src/contract the console takes types only: import type`);
      }
    }
    line += statement.split("\n").length - 1;
  }
  for (const [index, content] of lines.entries()) {
    if (UNSAFE.test(content)) problems.push(`${path}:${index + 1}: text never becomes HTML or code`);
    if (path !== CLIENT && /\bfetch\(|XMLHttpRequest|new EventSource|new WebSocket|sendBeacon/.test(content))
      problems.push(`${path}:${index + 1}: calls go through api/client.ts`);
  }
  return problems;
}

/** Checks `console/src` below `base`. A tree without a console has no problem. */
export function checkConsole(base: string): { readonly files: number; readonly problems: readonly string[] } {
  const root = join(base, "console/src");
  if (!existsSync(root)) return { files: 0, problems: [] };
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `console/src/${name.replaceAll("\\", "/")}`);
  return { files: files.length, problems: files.flatMap((path) => problemsOf(path, readFileSync(join(base, path), "utf8"))) };
}
