import { sha256Hex } from "../kernel/hash.ts";
import { chunk } from "./chunk.ts";
import type { Chunk } from "./chunk.ts";
import type { Refusal } from "./detect.ts";
import { parse } from "./parse.ts";

/** A file as it goes into an index: the same bytes and name always make the same. */
export type Prepared = {
  readonly filename: string;
  readonly title: string;
  /** Of title and text: two files with the same one are indexed once. */
  readonly contentHash: string;
  readonly textBytes: number;
  readonly chunks: readonly Chunk[];
};

export type PrepareOutcome = { readonly ok: true; readonly prepared: Prepared } | { readonly ok: false; readonly refusal: Refusal };

export function prepare(filename: string, bytes: Uint8Array): PrepareOutcome {
  const parsed = parse(filename, bytes);
  if (!parsed.ok) return parsed;
  const { title, text } = parsed;
  const contentHash = sha256Hex(`${title}\n${text}`);
  return { ok: true, prepared: { filename, title, contentHash, textBytes: Buffer.byteLength(text), chunks: chunk(text) } };
}
