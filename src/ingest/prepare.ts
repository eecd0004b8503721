import { pagesOf } from "../domain/page.ts";
import { sha256Hex } from "../kernel/hash.ts";
import { chunk } from "./chunk.ts";
import type { Chunk } from "./chunk.ts";
import { parse } from "./parse.ts";
import type { Refusal } from "./refusal.ts";

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

/** Takes the bytes for itself. */
export async function prepare(filename: string, bytes: Uint8Array): Promise<PrepareOutcome> {
  const parsed = await parse(filename, bytes);
  if (!parsed.ok) return parsed;
  const { title, text, pages } = parsed;
  // The same text on other pages is another document: it is cited by its pages.
  const paged = pages === undefined ? "" : `\n${JSON.stringify(pages)}`;
  const chunks = chunk(text).map((one) => (pages === undefined ? one : { ...one, pages: pagesOf(pages, one) }));
  return {
    ok: true,
    prepared: { filename, title, contentHash: sha256Hex(`${title}\n${text}${paged}`), textBytes: Buffer.byteLength(text), chunks },
  };
}
