import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { NewChunk } from "../store/chunks.ts";
import { findKnownContexts, findTrust } from "../store/chunk-contexts.ts";
import type { Database } from "../store/index.ts";
import type { Judged } from "./judge.ts";
import type { Prepared } from "./prepare.ts";

/** A chunk, and what it stands in. All of it is a document's: nothing in it is an instruction. */
export type ContextAsk = {
  readonly tenantId: TenantId;
  /** Its collection's documents go to private models only. */
  readonly trust: "private" | undefined;
  readonly filename: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly before: string;
  readonly chunk: string;
  readonly after: string;
};

/** A line by a model that says what a chunk is about and where it stands. undefined: it may not, or could not, be asked. */
export type ContextLine = (ask: ContextAsk) => Promise<string | undefined>;

export type ContextLinesDeps = {
  readonly db: Database;
  readonly contextLine: ContextLine | undefined;
  /** Told of a document some of whose chunks have the line only that the document itself gives. */
  readonly contextSkipped?: ((at: { readonly tenantId: TenantId; readonly filename: string; readonly chunks: number }) => void) | undefined;
};

type Indexing = {
  readonly tenantId: TenantId;
  readonly key: { readonly collectionId: CollectionId; readonly firstChunk: number };
};

/** Questions under way for one document: a model of one's own answers a few at a time, and a provider's rates are for others too. */
const AT_ONCE = 4;
/** Of what stands on either side: about 750 and 250 tokens. */
const BEFORE_CHARS_MAX = 3000;
const AFTER_CHARS_MAX = 1000;
const LINE_CHARS_MAX = 300;

/** Gives judged chunks of a document the lines that are searched with them; returned as they came where no model writes any. */
export type WithLines = (chunks: readonly Judged<NewChunk>[]) => Promise<readonly Judged<NewChunk>[]>;

/**
 * Lines by a model, where a collection wants them. The same document cut the same way has its lines already, in whatever collection of the tenant:
 * they are taken over and not asked for again. What is held is shown to no model.
 */
export function createContextLines({ db, contextLine, contextSkipped }: ContextLinesDeps) {
  return async (run: Indexing, prepared: Prepared): Promise<WithLines> => {
    if (contextLine === undefined || prepared.cutting.context !== "model") return (chunks) => Promise.resolve(chunks);
    const { tenantId, key } = run;
    const known = await findKnownContexts(db, tenantId, prepared.contentHash);
    const trust = await findTrust(db, tenantId, key.collectionId);

    async function lineOf(chunk: Judged<NewChunk>, around: readonly Judged<NewChunk>[]): Promise<string | undefined> {
      const had = known.get(chunk.no - key.firstChunk);
      if (had !== undefined || chunk.judged.held) return had ?? chunk.context;
      const shown = around.filter(({ judged }) => !judged.held);
      const line = await contextLine?.({
        tenantId,
        trust,
        filename: prepared.filename,
        title: prepared.title,
        headings: chunk.headings,
        before: textOf(shown.filter(({ no }) => no < chunk.no))
          .slice(-BEFORE_CHARS_MAX)
          .toWellFormed(),
        chunk: chunk.text,
        after: textOf(shown.filter(({ no }) => no > chunk.no))
          .slice(0, AFTER_CHARS_MAX)
          .toWellFormed(),
      });
      const flat = line?.replace(/\s+/g, " ").trim().slice(0, LINE_CHARS_MAX).toWellFormed();
      return flat === undefined || flat === "" ? undefined : [flat, chunk.context].filter((part) => part !== undefined).join(" · ");
    }

    return async (chunks) => {
      const lines: (string | undefined)[] = [];
      const entries = chunks.entries();
      const work = async (): Promise<void> => {
        for (const [at, chunk] of entries) lines[at] = await lineOf(chunk, chunks);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      const skipped = lines.filter((line) => line === undefined).length;
      if (skipped > 0) contextSkipped?.({ tenantId, filename: prepared.filename, chunks: skipped });
      return chunks.map((chunk, at) => ({ ...chunk, context: lines[at] ?? chunk.context }));
    };
  };
}

const textOf = (chunks: readonly NewChunk[]): string => chunks.map(({ text }) => text).join("\n");
