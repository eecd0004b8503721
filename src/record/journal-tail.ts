import type { EventFacts } from "./event-columns.ts";
import { comparePositions, type Position } from "./journal-line.ts";

/** An event on its way to the ledger: the bytes that are stored, and what a receipt says. */
export type ShipEvent = {
  readonly hash: string;
  readonly body: string;
  /** Read from a journal that was broken at this place. */
  readonly suspect: boolean;
  /** undefined: they are to be read from the body. */
  readonly facts?: EventFacts | undefined;
};

/** Events between two places of a journal. `to` is where the next batch begins. */
export type ShipBatch = { readonly events: readonly ShipEvent[]; readonly to: Position };

type Chunk = { events: ShipEvent[]; chars: number; readonly from: Position; to: Position };

/** A third of a second's calls at full load, some batches; what does not fit is read again from the disk, at little more cost. */
const EVENTS_MAX = 4096;
const CHARS_MAX = 8 * 1024 * 1024;

/**
 * The newest events in memory, so that the shipper need not read the disk. When it falls behind, all of them are let go and it reads
 * the files, until it is close enough for the tail to begin anew.
 */
export type JournalTail = {
  /** Where the tail begins; undefined while it is let go. */
  readonly from: Position | undefined;
  push(events: readonly ShipEvent[], from: Position, to: Position): void;
  /** A batch from exactly this place, or undefined where the tail does not have it. */
  take(from: Position, max: number): ShipBatch | undefined;
  drop(before: Position): void;
  begin(at: Position): void;
  find(matches: (event: ShipEvent) => boolean): ShipEvent | undefined;
};

/** Whole chunks, for only their ends are places that a mark may name; at least one. */
function joinChunks(chunks: readonly Chunk[], first: number, max: number): ShipBatch {
  const events: ShipEvent[] = [];
  let to: Position = { file: 0, offset: 0 };
  for (let at = first; at < chunks.length; at++) {
    const chunk = chunks[at];
    if (chunk === undefined || (at > first && events.length + chunk.events.length > max)) break;
    events.push(...chunk.events);
    to = chunk.to;
  }
  return { events, to };
}

export function createJournalTail(start: Position, limits = { events: EVENTS_MAX, chars: CHARS_MAX }): JournalTail {
  let chunks: Chunk[] = [];
  let from: Position | undefined = start;
  let events = 0;
  let chars = 0;
  /** Where the shipper stands or is about to: a chunk that ends here must end here for good, or the shipper finds no way on. */
  let takenTo: Position | undefined;

  const letGo = (): void => {
    chunks = [];
    events = 0;
    chars = 0;
    from = undefined;
  };

  return {
    get from() {
      return from;
    },
    push(added, at, to) {
      if (from === undefined) return;
      const last = chunks.at(-1);
      const isTaken = last !== undefined && takenTo !== undefined && comparePositions(last.to, takenTo) === 0;
      if (last !== undefined && added.length === 0 && !isTaken) {
        last.to = to;
        return;
      }
      const size = added.reduce((sum, event) => sum + event.body.length, 0);
      chunks.push({ events: [...added], chars: size, from: at, to });
      events += added.length;
      chars += size;
      if (events > limits.events || chars > limits.chars) letGo();
    },
    take(at, max) {
      const first = chunks.findIndex((chunk) => comparePositions(chunk.from, at) === 0);
      if (first < 0) return undefined;
      const batch = joinChunks(chunks, first, max);
      takenTo = batch.to;
      return batch;
    },
    drop(before) {
      if (from === undefined) return;
      let gone = 0;
      for (const chunk of chunks) {
        if (comparePositions(chunk.to, before) > 0) break;
        gone++;
        events -= chunk.events.length;
        chars -= chunk.chars;
      }
      const last = chunks[gone - 1];
      if (last === undefined) return;
      from = last.to;
      chunks.splice(0, gone);
    },
    begin(at) {
      letGo();
      from = at;
    },
    find(matches) {
      for (const chunk of chunks) {
        const found = chunk.events.find(matches);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
