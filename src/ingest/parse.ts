import type { PageStart } from "../domain/page.ts";
import { assertNever } from "../kernel/assert-never.ts";
import { detect } from "./detect.ts";
import type { Detected, Kind } from "./detect.ts";
import type { Extracted } from "./extracted.ts";
import { parseHtml } from "./parse-html.ts";
import { parseMarkdown } from "./parse-markdown.ts";
import { parseText } from "./parse-text.ts";
import { Unreadable } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

const TITLE_CHARS_MAX = 200;

export type Parsed =
  | {
      readonly ok: true;
      readonly kind: Kind;
      readonly title: string;
      readonly text: string;
      readonly pages?: readonly PageStart[] | undefined;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** The text of a file, its title (its name where it gives none), or why there is none. Takes the bytes for itself. */
export async function parse(filename: string, bytes: Uint8Array): Promise<Parsed> {
  const detected = detect(filename, bytes);
  if (!detected.ok) return detected;
  try {
    const { title, text, pages } = await extract(detected, bytes);
    if (text === "") throw new Unreadable("There is no text in the file.");
    return { ok: true, kind: detected.kind, title: (title ?? nameOf(filename)).slice(0, TITLE_CHARS_MAX), text, pages };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

async function extract(detected: Extract<Detected, { ok: true }>, bytes: Uint8Array): Promise<Extracted> {
  switch (detected.kind) {
    case "markdown":
      return parseMarkdown(detected.text);
    case "html":
      return parseHtml(detected.text);
    case "text":
      return parseText(detected.text);
    // Loaded where they are needed: pdf.js alone takes a tenth of a second and fifty megabytes.
    case "docx":
      return (await import("./parse-docx.ts")).parseDocx(bytes);
    case "pdf":
      return await (await import("./parse-pdf.ts")).parsePdf(bytes);
    default:
      return assertNever(detected);
  }
}

function nameOf(filename: string): string {
  return filename.replace(/^.*[/\\]/, "").replace(/\.[a-z0-9]{1,10}$/i, "");
}
