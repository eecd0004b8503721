import { assertNever } from "../kernel/assert-never.ts";
import { detect } from "./detect.ts";
import type { Detected } from "./detect.ts";
import type { Extracted } from "./extracted.ts";
import { baseName, languageOf } from "../domain/file-kind.ts";
import { createNest } from "./nest.ts";
import type { Nest } from "./nest.ts";
import { parseCode } from "./parse-code.ts";
import { parseHtml } from "./parse-html.ts";
import { parseMarkdown } from "./parse-markdown.ts";
import { parseText } from "./parse-text.ts";
import type { Parsed } from "./parsed.ts";
import { Unreadable } from "./refusal.ts";

export type { Parsed } from "./parsed.ts";

const TITLE_CHARS_MAX = 200;

/** The text of a file, its title (its name where it gives none), or why there is none. Takes the bytes for itself. */
export async function parse(filename: string, bytes: Uint8Array, nest: Nest = createNest()): Promise<Parsed> {
  const detected = detect(filename, bytes);
  if (!detected.ok) return detected;
  try {
    const extracted = await extract(detected, filename, bytes, nest);
    if (extracted.text === "") throw new Unreadable("There is no text in the file.");
    // What is inside of another file counts once, where it is read.
    nest.takeText(holdsFiles(detected.kind) ? 0 : extracted.text.length);
    const title = (extracted.title ?? nameOf(filename)).slice(0, TITLE_CHARS_MAX);
    return { ok: true, kind: detected.kind, ...extracted, title, isUntitled: extracted.title === undefined };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

type Readable = Extract<Detected, { ok: true }>;

const holdsFiles = (kind: Readable["kind"]): boolean => kind === "zip" || kind === "tar" || kind === "gzip";

async function extract(detected: Readable, filename: string, bytes: Uint8Array, nest: Nest): Promise<Extracted> {
  switch (detected.kind) {
    case "markdown":
      return parseMarkdown(detected.text);
    case "html":
      return parseHtml(detected.text);
    case "text":
      return parseText(detected.text);
    case "code":
      return parseCode(detected.text, filename, languageOf(filename) ?? "");
    // Loaded where they are needed: pdf.js alone takes a tenth of a second and fifty megabytes.
    case "csv":
      return (await import("./parse-csv.ts")).parseCsv(detected.text);
    case "json":
      return (await import("./parse-json.ts")).parseJson(detected.text, filename);
    case "docx":
      return (await import("./parse-docx.ts")).parseDocx(bytes);
    case "xlsx":
      return (await import("./parse-xlsx.ts")).parseXlsx(bytes);
    case "pptx":
      return (await import("./parse-pptx.ts")).parsePptx(bytes);
    case "pdf":
      return await (await import("./parse-pdf.ts")).parsePdf(bytes);
    case "mail":
      return await (await import("./parse-mail.ts")).parseMail(bytes, nest, parse);
    case "zip":
      return await (await import("./parse-archive.ts")).parseZip(bytes, nest, parse);
    case "tar":
      return await (await import("./parse-archive.ts")).parseTar(bytes, nest, parse);
    case "gzip":
      return await (await import("./parse-archive.ts")).parseGzip(filename, bytes, nest, parse);
    default:
      return assertNever(detected);
  }
}

const nameOf = (filename: string): string => baseName(filename).replace(/\.[a-z0-9]{1,10}$/i, "");
