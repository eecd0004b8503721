import { assertNever } from "../kernel/assert-never.ts";
import { detect } from "./detect.ts";
import type { Kind, Refusal } from "./detect.ts";
import type { Extracted } from "./extracted.ts";
import { parseHtml } from "./parse-html.ts";
import { parseMarkdown } from "./parse-markdown.ts";
import { parseText } from "./parse-text.ts";

const TITLE_CHARS_MAX = 200;

export type Parsed =
  | { readonly ok: true; readonly kind: Kind; readonly title: string; readonly text: string }
  | { readonly ok: false; readonly refusal: Refusal };

/** The text of a file, its title (its name where it gives none), or why there is none. */
export function parse(filename: string, bytes: Uint8Array): Parsed {
  const detected = detect(filename, bytes);
  if (!detected.ok) return detected;
  const extracted = extract(detected.kind, detected.text);
  if (extracted === undefined)
    return { ok: false, refusal: { code: "invalid_file", message: "The page's elements are nested too deeply." } };
  const { title, text } = extracted;
  if (text === "") return { ok: false, refusal: { code: "invalid_file", message: "There is no text in the file." } };
  return { ok: true, kind: detected.kind, title: (title ?? nameOf(filename)).slice(0, TITLE_CHARS_MAX), text };
}

function extract(kind: Kind, text: string): Extracted | undefined {
  switch (kind) {
    case "markdown":
      return parseMarkdown(text);
    case "html":
      return parseHtml(text);
    case "text":
      return parseText(text);
    default:
      return assertNever(kind);
  }
}

function nameOf(filename: string): string {
  return filename.replace(/^.*[/\\]/, "").replace(/\.[a-z0-9]{1,10}$/i, "");
}
