import { SUPPORTED } from "../domain/file-kind.ts";
import type { BinaryKind } from "../domain/file-kind.ts";
import { Unreadable } from "./refusal.ts";
import { isTar } from "./tar.ts";
import { openZip } from "./zip.ts";

/** How known binary formats begin that cannot be indexed. */
const SIGNATURES: readonly (readonly [name: string, begin: readonly number[]])[] = [
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ["a GIF image", [0x47, 0x49, 0x46, 0x38]],
  ["a TIFF image", [0x49, 0x49, 0x2a, 0x00]],
  ["a TIFF image", [0x4d, 0x4d, 0x00, 0x2a]],
  ["a RAR archive", [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ["a 7-Zip archive", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ["compressed with xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["compressed with zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["a program", [0x7f, 0x45, 0x4c, 0x46]],
  ["a database", Array.from(Buffer.from("SQLite format 3\0"))],
];
const OLE = [0xd0, 0xcf, 0x11, 0xe0];
const ZIP = [0x50, 0x4b];
const GZIP = [0x1f, 0x8b];
/** Readers of PDF look for its mark this far: mail programs and printers put lines before it. */
const PDF_WITHIN_BYTES = 1024;
/** Archives by their content, programs by what they are for. */
const PROGRAMS = new Set("jar war ear apk ipa whl nupkg vsix xpi crx".split(" "));

/** What is told by its first bytes. undefined: it may be text. Throws Unreadable where it is nothing that is read. */
export function detectBinary(bytes: Uint8Array, ending: string): BinaryKind | undefined {
  // Containers first: one that keeps its first file as it is has a PDF's mark in its own first kilobyte.
  if (begins(bytes, ZIP) && (bytes[2] ?? 0) < 9) return detectZip(bytes, ending);
  if (begins(bytes, OLE)) return refuseOle(bytes);
  if (begins(bytes, GZIP)) return "gzip";
  if (isTar(bytes)) return "tar";
  if (isPdf(bytes)) return "pdf";
  const known = SIGNATURES.find(([, begin]) => begins(bytes, begin));
  if (known === undefined) return undefined;
  throw new Unreadable(`The file is ${known[0]}. ${SUPPORTED}.`, "unsupported_file");
}

/** Whether reading it unpacks something, or takes long rules: such a file is read apart from everything else, however small. */
export const isPacked = (bytes: Uint8Array, ending: string): boolean =>
  ending === "eml" || [ZIP, OLE, GZIP].some((begin) => begins(bytes, begin)) || isPdf(bytes) || isTar(bytes);

const begins = (bytes: Uint8Array, begin: readonly number[]): boolean => begin.every((byte, at) => bytes[at] === byte);

/** At the beginning, or behind a few lines; but a text about PDF files is a text. */
function isPdf(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PDF_WITHIN_BYTES)).toString("latin1");
  const at = head.search(/%PDF-\d/);
  return at === 0 || (at > 0 && (/^[\s\u00ef\u00bb\u00bf]*$/.test(head.slice(0, at)) || !isUtf8(bytes)));
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function detectZip(bytes: Uint8Array, ending: string): BinaryKind {
  const names = [...openZip(bytes).names];
  const has = (folder: string): boolean => names.some((name) => name.startsWith(folder));
  if (names.includes("[Content_Types].xml")) {
    if (has("xl/")) return "xlsx";
    if (has("ppt/")) return "pptx";
    if (!has("visio/")) return "docx";
  }
  if (has("word/document")) return "docx";
  const other = names.includes("mimetype")
    ? "an OpenDocument or e-book"
    : PROGRAMS.has(ending)
      ? "a program"
      : has("visio/")
        ? "a drawing"
        : undefined;
  if (other === undefined) return "zip";
  throw new Unreadable(`The file is ${other}. ${SUPPORTED}.`, "unsupported_file");
}

/** Office wraps a document with a password in the container of its old formats; the streams' names are UTF-16. */
function refuseOle(bytes: Uint8Array): never {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const holds = (name: string): boolean => all.includes(Buffer.from(name, "utf16le"));
  if (holds("EncryptedPackage")) throw new Unreadable("The document is encrypted. Upload it without a password.");
  if (holds("__substg1.0_"))
    throw new Unreadable(`The file is an Outlook message (.msg). ${SUPPORTED}; save it as .eml.`, "unsupported_file");
  throw new Unreadable(
    `The file is an old Office document (.doc, .xls, .ppt). ${SUPPORTED}; save it as .docx, .xlsx or .pptx.`,
    "unsupported_file",
  );
}
