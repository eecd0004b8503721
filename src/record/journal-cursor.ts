import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { comparePositions, fileName, HASH_CHARS, LINE_HEAD_CHARS, parseLine, type Position } from "./journal-line.ts";
import type { ShipBatch, ShipEvent } from "./journal-tail.ts";

/**
 * Reads this process's own files behind its writer. It stays where it stopped, with what it has read and not given out, so that falling
 * behind costs little more than keeping up. Synchronous: what it reads was written a moment ago and is in the machine's memory.
 */
export type JournalCursor = {
  /** Up to `max` events between two places that records end at; undefined where there is nothing between them. */
  read(from: Position, until: Position, max: number): ShipBatch | undefined;
  close(): void;
};

/** One read takes about a tenth of a millisecond, and holds some hundred records. */
const BLOCK_BYTES = 256 * 1024;
const NEWLINE = 10;
const SPACE = 32;
const EVENT = 0x65; // e
const NOTHING = Buffer.alloc(0);

export function createJournalCursor(folder: string): JournalCursor {
  let fd: number | undefined;
  /** The next record. */
  let place: Position = { file: 0, offset: 0 };
  /** Bytes from `place` on that were read already. */
  let held: Buffer = NOTHING;
  /** The hash of the record before; undefined where it is not known. */
  let prev: string | undefined;

  const close = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
    held = NOTHING;
  };
  const goTo = (to: Position): void => {
    close();
    place = to;
    prev = undefined;
  };
  /** The next whole line before `until`, without its end; undefined where the file holds no more. */
  const nextLine = (until: Position): Buffer | undefined => {
    for (let searched = 0; ;) {
      const newline = held.indexOf(NEWLINE, searched);
      if (newline >= 0) {
        const line = held.subarray(0, newline);
        held = held.subarray(newline + 1);
        place = { file: place.file, offset: place.offset + newline + 1 };
        return line;
      }
      searched = held.length;
      const block = readBlock(until);
      if (block.length === 0) return undefined;
      held = held.length === 0 ? block : Buffer.concat([held, block]);
    }
  };
  const readBlock = (until: Position): Buffer => {
    const at = place.offset + held.length;
    // What lies behind `until` may still be taken back and written anew.
    const room = Math.min(BLOCK_BYTES, until.file === place.file ? until.offset - at : BLOCK_BYTES);
    if (room <= 0) return NOTHING;
    fd ??= openSync(join(folder, fileName(place.file)), "r");
    const block = Buffer.allocUnsafe(room);
    return block.subarray(0, readSync(fd, block, 0, room, at));
  };
  const takeEvent = (line: Buffer): ShipEvent | undefined => {
    const before = prev;
    const parsed = line[0] === EVENT ? parseLine(line.toString("utf8")) : undefined;
    prev = line[0] === EVENT ? parsed?.hash : hashOf(line);
    return parsed && { hash: parsed.hash, body: parsed.body, suspect: !parsed.whole || (before !== undefined && parsed.prev !== before) };
  };

  return {
    read(from, until, max) {
      if (comparePositions(from, until) >= 0) return undefined;
      if (comparePositions(from, place) !== 0) goTo(from);
      const events: ShipEvent[] = [];
      while (events.length < max && comparePositions(place, until) < 0) {
        const line = nextLine(until);
        const event = line === undefined ? undefined : takeEvent(line);
        if (event !== undefined) events.push(event);
        if (line !== undefined) continue;
        if (place.file >= until.file) break;
        goTo({ file: place.file + 1, offset: 0 });
      }
      return comparePositions(place, from) === 0 ? undefined : { events, to: place };
    },
    close,
  };
}

/** Of a record that is not shipped: its own bytes are nobody's concern here, the next record's link to it is. */
const hashOf = (line: Buffer): string | undefined =>
  line[LINE_HEAD_CHARS - 1] === SPACE ? line.toString("latin1", 1, 1 + HASH_CHARS) : undefined;
