import type { Refusal } from "./refusal.ts";
import { Unreadable } from "./refusal.ts";
import { openZip } from "./zip.ts";

export type TextKind = "markdown" | "html" | "text";
export type Kind = TextKind | "pdf" | "docx";

export type Detected =
  | { readonly ok: true; readonly kind: TextKind; readonly text: string }
  | { readonly ok: true; readonly kind: "pdf" | "docx" }
  | { readonly ok: false; readonly refusal: Refusal };

const KINDS: Readonly<Record<string, TextKind>> = {
  md: "markdown",
  markdown: "markdown",
  mdown: "markdown",
  html: "html",
  htm: "html",
  xhtml: "html",
  txt: "text",
  text: "text",
};

/** How known binary formats begin that cannot be indexed. */
const SIGNATURES: readonly (readonly [name: string, begin: readonly number[]])[] = [
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ["a GIF image", [0x47, 0x49, 0x46, 0x38]],
  ["a TIFF image", [0x49, 0x49, 0x2a, 0x00]],
  ["a TIFF image", [0x4d, 0x4d, 0x00, 0x2a]],
  ["compressed data", [0x1f, 0x8b]],
];
const OLE = [0xd0, 0xcf, 0x11, 0xe0];
const ZIP = [0x50, 0x4b];
/** Readers of PDF look for its mark this far: mail programs and printers put lines before it. */
const PDF_WITHIN_BYTES = 1024;

const SUPPORTED = "PDF (.pdf), Word (.docx), Markdown (.md), HTML (.html) and plain text (.txt) can be indexed";

/** What a file is, by its name and by what it holds; what it holds counts more. */
export function detect(filename: string, bytes: Uint8Array): Detected {
  if (bytes.length === 0) return refuse("invalid_file", "The file is empty.");
  const binary = detectBinary(bytes);
  if (binary !== undefined) return binary;
  const extension = extensionOf(filename);
  if (extension === "pdf" || extension === "docx") {
    const name = extension === "pdf" ? "PDF" : "Word document";
    return refuse("invalid_file", `The file is named .${extension}, but what it holds is no ${name}, or its beginning is damaged.`);
  }
  const kind = extension === "" ? "text" : KINDS[extension];
  if (kind === undefined) return refuse("unsupported_file", `Files ending in .${extension} are not supported. ${SUPPORTED}.`);
  const text = decode(bytes);
  if (text === undefined) return refuse("invalid_file", "The file is not valid UTF-8 text.");
  if (text.includes("\0")) return refuse("invalid_file", "The file holds NUL characters, so it is not text.");
  if (text.trim() === "") return refuse("invalid_file", "The file is empty.");
  return { ok: true, kind: looksLikeHtml(text) ? "html" : kind, text };
}

/** Whether its reading is to be kept apart from everything else: formats that unpack, with long rules and long histories of holes. */
export const isPacked = (bytes: Uint8Array): boolean => begins(bytes, ZIP) || begins(bytes, OLE) || isPdf(bytes);

function detectBinary(bytes: Uint8Array): Detected | undefined {
  if (isPdf(bytes)) return { ok: true, kind: "pdf" };
  if (begins(bytes, ZIP) && (bytes[2] ?? 0) < 9) return detectArchive(bytes);
  if (begins(bytes, OLE)) return detectOle(bytes);
  const known = SIGNATURES.find(([, begin]) => begins(bytes, begin));
  return known === undefined ? undefined : refuse("unsupported_file", `The file is ${known[0]}. ${SUPPORTED}.`);
}

const begins = (bytes: Uint8Array, begin: readonly number[]): boolean => begin.every((byte, at) => bytes[at] === byte);

/** At the beginning, or behind a few lines; but a text about PDF files is a text. */
function isPdf(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PDF_WITHIN_BYTES)).toString("latin1");
  const at = head.search(/%PDF-\d/);
  return at === 0 || (at > 0 && (/^[\s\u00ef\u00bb\u00bf]*$/.test(head.slice(0, at)) || decode(bytes) === undefined));
}

function detectArchive(bytes: Uint8Array): Detected {
  try {
    const names = [...openZip(bytes).names];
    const has = (folder: string): boolean => names.some((name) => name.startsWith(folder));
    if (has("word/") || (names.includes("[Content_Types].xml") && !has("xl/") && !has("ppt/") && !has("visio/")))
      return { ok: true, kind: "docx" };
    const name = has("xl/")
      ? "an Excel workbook"
      : has("ppt/")
        ? "a PowerPoint presentation"
        : names.includes("mimetype")
          ? "an OpenDocument or e-book"
          : "a ZIP archive";
    return refuse("unsupported_file", `The file is ${name}. ${SUPPORTED}.`);
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/** Word wraps a document with a password in the container of its old formats; the stream's name is UTF-16. */
function detectOle(bytes: Uint8Array): Detected {
  const isEncrypted = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(Buffer.from("EncryptedPackage", "utf16le"));
  return isEncrypted
    ? refuse("invalid_file", "The document is encrypted. Upload it without a password.")
    : refuse("unsupported_file", `The file is an old Office document (.doc, .xls, .ppt). ${SUPPORTED}; save it as .docx.`);
}

/** Only a plain ending counts as a type: `notes.v2` and `README` are text, and nobody's file name ends in a sentence. */
function extensionOf(filename: string): string {
  const name = filename.slice(Math.max(filename.lastIndexOf("/"), filename.lastIndexOf("\\")) + 1);
  return /.\.([a-z][a-z0-9]{0,9})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const looksLikeHtml = (text: string): boolean =>
  /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:!doctype\s+html|html)[\s>]/i.test(text.slice(0, 4096));

const refuse = (code: Refusal["code"], message: string): Detected => ({ ok: false, refusal: { code, message } });
