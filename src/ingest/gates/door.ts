import type { PageStart } from "../../domain/page.ts";
import type { SuspectReason } from "../../domain/quarantine.ts";
import type { Refusal } from "../refusal.ts";
import { isDrawn, suspectOf } from "./suspect.ts";

/** Looked at of a long text, from its beginning, its middle and its end: what is wrong with a whole file shows everywhere. */
const SAMPLE_CHARS = 100_000;

const SAID: Readonly<Record<SuspectReason, string>> = {
  garbled: "its letters come out as others, or as none: its font or its encoding is broken. Export it again, or save it as UTF-8",
  encoded: "it is encoded data (base64, hexadecimal digits) and no text. Upload what it encodes",
};

/** The first gate: whether what a file gave is text at all. undefined: it may go on. */
export async function checkText(text: string, pages: readonly PageStart[] | undefined): Promise<Refusal | undefined> {
  const reason = await suspectOf(sampleOf(text), isDrawn(pages));
  return reason === undefined ? undefined : { code: "invalid_file", message: `The file's text cannot be read: ${SAID[reason]}.` };
}

function sampleOf(text: string): string {
  if (text.length <= SAMPLE_CHARS) return text;
  const third = Math.floor(SAMPLE_CHARS / 3);
  const middle = Math.floor(text.length / 2);
  return [text.slice(0, third), text.slice(middle, middle + third), text.slice(-third)].join("\n");
}
