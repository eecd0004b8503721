import type { Chunk } from "../chunk.ts";
import type { Refusal } from "../refusal.ts";
import { suspectChunk } from "./suspect.ts";

/** What a document is like once it is cut. */
export type DocumentFigures = {
  readonly chunks: number;
  /** Fewer letters and digits than a short sentence has. */
  readonly short: number;
  /** The same as an earlier one of the document. */
  readonly copies: number;
  /** Under no heading, and beginning with none. */
  readonly withoutHeadings: number;
  /** As texts: garbled, or encoded. */
  readonly suspect: number;
};

/** Letters and digits of the shortest sentence that answers something. */
const SHORT_CHARS_MAX = 12;
/** Fewer chunks say nothing about a document. */
const CHUNKS_MIN = 20;
/** Fragments: a drawing's labels, or a table that lost its cells. */
const SHORT_SHARE_MAX = 0.9;
/** Where most of it is suspect, the rest is an accident. */
const SUSPECT_SHARE_MAX = 0.5;
/** The same over and over, a megabyte and more of it: an export that ran away. Shorter ones are forms and tests of printers. */
const COPIES_CHUNKS_MIN = 1000;
const COPIES_SHARE_MAX = 0.99;
/** No way of cutting makes longer ones: a chunk beyond it shows that cutting failed. */
const CHUNK_CHARS_MAX = 256 * 1024;

export type Inspected = { readonly figures: DocumentFigures; readonly refusal: Refusal | undefined };

/** The second gate, before a document is written: what its chunks are like together. */
export async function inspectChunks(chunks: readonly Chunk[]): Promise<Inspected> {
  const seen = new Set<string>();
  let [short, copies, withoutHeadings, suspect] = [0, 0, 0, 0];
  for (const chunk of chunks) {
    const { text, headings } = chunk;
    const flat = text.replace(/[^\p{L}\p{N}]+/gu, "").toLowerCase();
    if (flat.length <= SHORT_CHARS_MAX) short += 1;
    if (seen.has(flat)) copies += 1;
    else seen.add(flat);
    if (headings.length === 0 && !/^#{1,6} /.test(text)) withoutHeadings += 1;
    if ((await suspectChunk(chunk)) !== undefined) suspect += 1;
  }
  const figures = { chunks: chunks.length, short, copies, withoutHeadings, suspect };
  return { figures, refusal: brokenOf(chunks) ?? refusalOf(figures) };
}

function refusalOf({ chunks, short, copies, suspect }: DocumentFigures): Refusal | undefined {
  if (suspect > chunks * SUSPECT_SHARE_MAX)
    return refuse(
      "The file's text cannot be read: in most of it letters come out as others or as none, or it is encoded data. Export it again.",
    );
  if (chunks >= CHUNKS_MIN && short > chunks * SHORT_SHARE_MAX)
    return refuse("The file holds fragments of a few letters only, and nothing that can be found.");
  if (chunks >= COPIES_CHUNKS_MIN && copies > chunks * COPIES_SHARE_MAX)
    return refuse("The file says the same over and over. Upload it once.");
  return undefined;
}

/** What only a fault of ours makes. */
function brokenOf(chunks: readonly Chunk[]): Refusal | undefined {
  if (chunks.length > 0 && !chunks.some(isBroken)) return undefined;
  return { code: "server_error", message: "The file could not be indexed: cutting its text into passages failed." };
}

const isBroken = ({ start, end, text }: Chunk): boolean =>
  text.trim() === "" || text.length > CHUNK_CHARS_MAX || !Number.isInteger(start) || start < 0 || end - start !== text.length;

const refuse = (message: string): Refusal => ({ code: "invalid_file", message });
