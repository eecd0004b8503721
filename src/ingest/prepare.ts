import { DEFAULT_CUTTING, isDefaultCutting } from "../domain/collection.ts";
import type { Cutting } from "../domain/collection.ts";
import { pagesOf } from "../domain/page.ts";
import { sha256Hex } from "../kernel/hash.ts";
import { detectLanguages } from "../retrieve/index.ts";
import { chunk } from "./chunk.ts";
import type { Chunk } from "./chunk.ts";
import { structureLines } from "./chunk/context.ts";
import { inspectChunks, type DocumentFigures } from "./gates/contract.ts";
import { checkText } from "./gates/door.ts";
import { parse } from "./parse.ts";
import type { Parsed } from "./parse.ts";
import type { Refusal } from "./refusal.ts";

/** A file as it goes into an index: the same bytes, name and cutting always make the same. */
export type Prepared = {
  readonly filename: string;
  readonly title: string;
  /** Of title, text and cutting: two files with the same one are indexed once. */
  readonly contentHash: string;
  readonly textBytes: number;
  /** What its text may be written in, ISO 639-1, likeliest first; empty where it cannot be told. */
  readonly languages: readonly string[];
  readonly cutting: Cutting;
  readonly chunks: readonly Chunk[];
  /** It names itself nowhere: its title is its file's name. */
  readonly isUntitled: boolean;
  readonly figures: DocumentFigures;
};

/** `gate`: which of the gates refused it; undefined: its reader did. */
export type PrepareOutcome =
  | { readonly ok: true; readonly prepared: Prepared }
  | { readonly ok: false; readonly refusal: Refusal; readonly gate?: "door" | "contract" | undefined };

/** Takes the bytes for itself. */
export async function prepare(filename: string, bytes: Uint8Array, cutting: Cutting = DEFAULT_CUTTING): Promise<PrepareOutcome> {
  const parsed = await parse(filename, bytes);
  if (!parsed.ok) return parsed;
  const { title, text, pages } = parsed;
  const atDoor = await checkText(text, pages);
  if (atDoor !== undefined) return { ok: false, refusal: atDoor, gate: "door" };
  const chunks = cut(filename, parsed, cutting);
  const { refusal, figures } = await inspectChunks(chunks);
  if (refusal !== undefined) return { ok: false, refusal, gate: "contract" };
  return {
    ok: true,
    prepared: {
      filename,
      title,
      contentHash: sha256Hex(identityOf(filename, parsed, cutting)),
      textBytes: Buffer.byteLength(text),
      languages: await detectLanguages(text),
      cutting,
      chunks,
      isUntitled: parsed.isUntitled,
      figures,
    },
  };
}

type Readable = Extract<Parsed, { readonly ok: true }>;

/** Everything that makes another document of it: its text on other pages is cited otherwise, and another cutting is found otherwise. */
function identityOf(filename: string, { title, text, pages }: Readable, cutting: Cutting): string {
  const paged = pages === undefined ? "" : `\n${JSON.stringify(pages)}`;
  const named = cutting.context === "none" ? "" : `\n${filename}`;
  return `${title}\n${text}${paged}${isDefaultCutting(cutting) ? "" : `\n${JSON.stringify(cutting)}${named}`}`;
}

function cut(filename: string, { title, text, pages, parts }: Readable, { chunking, context }: Cutting): readonly Chunk[] {
  const chunks = parts === undefined ? chunk(text, chunking) : chunkParts(text, parts, chunking);
  const lines = context === "none" ? undefined : structureLines({ filename, title, text }, chunks);
  return chunks.map((one, at) => ({
    ...one,
    ...(pages === undefined ? {} : { pages: pagesOf(pages, one) }),
    ...(lines === undefined ? {} : { context: lines[at] }),
  }));
}

/** Each file of an archive by itself. */
function chunkParts(text: string, parts: readonly number[], chunking: Cutting["chunking"]): readonly Chunk[] {
  const made: Chunk[] = [];
  for (const [at, from] of [0, ...parts].entries()) {
    const before = made.length;
    for (const one of chunk(text.slice(from, parts[at]), chunking)) {
      const parent = one.parent === undefined ? {} : { parent: one.parent + before };
      made.push({ ...one, start: one.start + from, end: one.end + from, ...parent });
    }
  }
  return made;
}
