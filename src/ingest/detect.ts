import { decodeText } from "./charset.ts";
import { detectBinary } from "./detect-binary.ts";
import { endingOf, SUPPORTED, textKindOf } from "../domain/file-kind.ts";
import type { BinaryKind, TextKind } from "../domain/file-kind.ts";
import type { Refusal } from "./refusal.ts";
import { Unreadable } from "./refusal.ts";

export type Detected =
  | { readonly ok: true; readonly kind: TextKind; readonly text: string }
  | { readonly ok: true; readonly kind: BinaryKind }
  | { readonly ok: false; readonly refusal: Refusal };

/** What names promise that only their content can hold. */
const PROMISED: Readonly<Record<string, string>> = {
  pdf: "PDF",
  docx: "Word document",
  docm: "Word document",
  xlsx: "Excel workbook",
  xlsm: "Excel workbook",
  pptx: "PowerPoint presentation",
  pptm: "PowerPoint presentation",
  zip: "ZIP archive",
  tar: "TAR archive",
  gz: "compressed file",
  tgz: "compressed archive",
};

/** What a file is, by its name and by what it holds; what it holds counts more. */
export function detect(filename: string, bytes: Uint8Array): Detected {
  try {
    return decide(filename, bytes);
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

function decide(filename: string, bytes: Uint8Array): Detected {
  if (bytes.length === 0) throw new Unreadable("The file is empty.");
  const ending = endingOf(filename);
  const binary = detectBinary(bytes, ending);
  const promised = PROMISED[ending];
  // An archive of anything is not what a name such as .docx promises.
  const isOther = binary === "zip" && promised !== undefined && ending !== "zip";
  if (binary !== undefined && !isOther) return { ok: true, kind: binary };
  if (promised !== undefined)
    throw new Unreadable(`The file is named .${ending}, but what it holds is no ${promised}, or its beginning is damaged.`);
  // Each part of a message has an encoding of its own.
  if (ending === "eml") return { ok: true, kind: "mail" };
  const kind = textKindOf(filename);
  if (kind === undefined) throw new Unreadable(`Files ending in .${ending} are not supported. ${SUPPORTED}.`, "unsupported_file");
  const text = decodeText(bytes);
  if (text.trim() === "") throw new Unreadable("The file is empty.");
  return { ok: true, kind: kind !== "code" && kind !== "json" && kind !== "csv" && looksLikeHtml(text) ? "html" : kind, text };
}

const looksLikeHtml = (text: string): boolean =>
  /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:!doctype\s+html|html)[\s>]/i.test(text.slice(0, 4096));
