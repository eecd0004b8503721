import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { FoundChunk } from "../store/postings.ts";
import type { CollectionView, PassageIndex } from "./passage-index.ts";

/** What is wrong with a chunk that an index gave: nobody asked for it, it says nothing, or its offsets or pages are not those of its text. */
export type ServingAnomaly = "unasked" | "empty" | "offsets" | "pages";
/** Told of chunks that were left out of an answer: ids, and what is wrong. */
export type OnAnomaly = (at: {
  readonly tenantId: TenantId;
  readonly collectionId: CollectionId;
  readonly no: number;
  readonly anomaly: ServingAnomaly;
}) => void;

/**
 * The third gate, at every read: an index whose chunks are checked before anybody sees them. What is wrong is left out and told of; the search goes on
 * with the rest.
 */
export function withServingGate(index: PassageIndex, onAnomaly: OnAnomaly = () => undefined): PassageIndex {
  return {
    ...index,
    async read(view, numbers) {
      const asked = new Set(numbers);
      const found = await index.read(view, numbers);
      return found.filter((chunk) => passes(view, chunk, asked, onAnomaly));
    },
  };
}

function passes(view: CollectionView, chunk: FoundChunk, asked: ReadonlySet<number>, onAnomaly: OnAnomaly): boolean {
  const anomaly = findAnomaly(chunk, asked);
  if (anomaly === undefined) return true;
  onAnomaly({ tenantId: view.ask.tenantId, collectionId: view.id, no: chunk.no, anomaly });
  return false;
}

/** undefined: a chunk that can be cited. */
export function findAnomaly({ no, start, end, text, pages }: FoundChunk, asked: ReadonlySet<number>): ServingAnomaly | undefined {
  if (!asked.has(no)) return "unasked";
  if (text.trim() === "") return "empty";
  if (!Number.isInteger(start) || start < 0 || end - start !== text.length) return "offsets";
  if (pages === undefined) return undefined;
  const isInside = pages.every(({ offset, page }, at) => offset >= start && offset < end && page > (pages[at - 1]?.page ?? 0));
  return isInside && (pages.length === 0 || pages[0]?.offset === start) ? undefined : "pages";
}
