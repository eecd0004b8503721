import type { Extracted } from "./extracted.ts";
import { tidyText } from "./extracted.ts";
import { createJsonText } from "./json-text.ts";
import { endingOf } from "../domain/file-kind.ts";
import { parseCode } from "./parse-code.ts";
import { Unreadable } from "./refusal.ts";

/** What settings files have and JSON does not. */
const COMMENTED = /^[ \t]*\/\/|\/\*|,\s*[\]}]/m;

/** Values with the path to them: paths to what is large are headings, records of one shape are tables. A line each, or one for all. Throws Unreadable. */
export function parseJson(source: string, filename: string): Extracted {
  const text = createJsonText(source.length);
  const whole = tryParse(source);
  if (whole.ok) text.add(whole.value);
  else {
    const records = readLines(source, filename);
    if (records === undefined) return parseCode(source, filename, "json");
    text.add(records);
  }
  return { title: undefined, text: tidyText(text.finish()) };
}

type Tried = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

function tryParse(source: string): Tried {
  try {
    return { ok: true, value: JSON.parse(source) };
  } catch {
    return { ok: false };
  }
}

/** undefined: it is JSON with comments. */
function readLines(source: string, filename: string): readonly unknown[] | undefined {
  const records: unknown[] = [];
  let no = 0;
  for (const line of source.split("\n")) {
    no += 1;
    if (line.trim() === "") continue;
    const read = tryParse(line);
    if (read.ok) records.push(read.value);
    else if (records.length === 0 && endingOf(filename) !== "jsonl" && endingOf(filename) !== "ndjson") {
      if (COMMENTED.test(source)) return undefined;
      throw new Unreadable("The file is no valid JSON: it is damaged or cut off.");
    } else throw new Unreadable(`Line ${no} of the file is no valid JSON.`);
  }
  return records;
}
