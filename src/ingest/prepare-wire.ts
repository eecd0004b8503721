import type { Cutting } from "../domain/collection.ts";
import type { Chunk } from "./chunk.ts";
import type { Prepared, PrepareOutcome } from "./prepare.ts";

/** What stands before the bytes of the file on the way to the process: this object as one line of JSON. */
export type PrepareAsk = {
  readonly filename: string;
  readonly cutting: Cutting;
  readonly bytes: number;
  readonly timeoutMs: number;
  readonly memoryBytesMax: number;
};

/** Chunks of one line: parsing it takes the server under a millisecond, so that a large file does not hold up its other work. */
const CHUNKS_PER_LINE = 32;

type Head = { readonly head: Omit<Prepared, "chunks"> };
type Line = Head | { readonly chunks: readonly Chunk[] } | { readonly end: true } | { readonly refused: PrepareOutcome };

/** An outcome as lines of JSON. */
export function* outcomeLines(outcome: PrepareOutcome): Generator<string> {
  if (!outcome.ok) {
    yield line({ refused: outcome });
    return;
  }
  const { chunks, ...head } = outcome.prepared;
  yield line({ head });
  for (let at = 0; at < chunks.length; at += CHUNKS_PER_LINE) yield line({ chunks: chunks.slice(at, at + CHUNKS_PER_LINE) });
  yield line({ end: true });
}

const line = (of: Line): string => `${JSON.stringify(of)}\n`;

/** Takes lines in, and has the outcome once the last is there. */
export function createOutcomeReader() {
  let head: Head["head"] | undefined;
  const chunks: Chunk[] = [];
  return {
    read(text: string): PrepareOutcome | undefined {
      const found: Line = JSON.parse(text);
      if ("refused" in found) return found.refused;
      if ("head" in found) head = found.head;
      else if ("chunks" in found) chunks.push(...found.chunks);
      else if (head !== undefined) return { ok: true, prepared: { ...head, chunks } };
      return undefined;
    },
  };
}
