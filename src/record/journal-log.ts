import { join } from "node:path";
import { sha256Hex } from "../kernel/hash.ts";
import type { ProcessId } from "../kernel/ids.ts";
import type { JournalDisk, LogFile } from "./journal-disk.ts";
import { chainBody, fileName, GENESIS, type Position, type RecordKind, toLine } from "./journal-line.ts";

export type Entry = { readonly kind: RecordKind; /** A JSON object without `prev`. */ readonly json: string };
export type Written = { readonly hash: string; readonly body: string };

/** The files of one process as one growing chain. Synchronous; nothing else may write while a call is under way. */
export type JournalLog = {
  readonly end: Position;
  readonly folder: string;
  /** One write for all of them. Throws when the disk does not take it; then nothing of it is in the log. */
  append(entries: readonly Entry[]): readonly Written[];
  /** Resolves when all appended is safe from a power cut. On failure what was appended since `mark` is taken back. */
  sync(mark: LogMark): Promise<void>;
  mark(): LogMark;
  /** Goes on in a new file, which begins with these. */
  rotate(carried: readonly Entry[]): void;
  readonly isFull: boolean;
  /** Removes the files before this one. */
  dropBefore(file: number): void;
  close(): void;
};
export type LogMark = { readonly hash: string; readonly offset: number };

type Deps = { readonly disk: JournalDisk; readonly nowMs: () => number };
type Options = { readonly folder: string; readonly processId: ProcessId; readonly fileBytesMax: number };

function encode(prev: string, entries: readonly Entry[]) {
  let text = "";
  let last = prev;
  const written: Written[] = [];
  for (const { kind, json } of entries) {
    const body = chainBody(last, json);
    last = sha256Hex(body);
    text += toLine(kind, last, body);
    written.push({ hash: last, body });
  }
  return { bytes: Buffer.from(text), written, last };
}

export function createJournalLog({ disk, nowMs }: Deps, { folder, processId, fileBytesMax }: Options): JournalLog {
  let number = 0;
  let oldest = 1;
  let file: LogFile | undefined;
  let offset = 0;
  let lastHash = GENESIS;

  const write = (into: LogFile, at: number, entries: readonly Entry[]) => {
    const { bytes, written, last } = encode(lastHash, entries);
    into.write(bytes, at);
    lastHash = last;
    return { written, size: bytes.length };
  };

  /** What a failed write left behind would break the next record. If even this fails, the next write overwrites it in place. */
  const cut = (): void => {
    try {
      file?.truncate(offset);
    } catch {
      return;
    }
  };

  const rotate = (carried: readonly Entry[]): void => {
    const path = join(folder, fileName(number + 1));
    const header = { type: "file", v: 1, processId, file: number + 1, openedAtMs: nowMs() };
    const before = lastHash;
    let next: LogFile | undefined;
    try {
      next = disk.createFile(path);
      offset = write(next, 0, [{ kind: "f", json: JSON.stringify(header) }, ...carried]).size;
    } catch (error) {
      lastHash = before;
      next?.close();
      if (next !== undefined) disk.remove(path);
      throw error;
    }
    file?.close();
    file = next;
    number++;
  };
  rotate([]);

  return {
    folder,
    get end() {
      return { file: number, offset };
    },
    get isFull() {
      return offset >= fileBytesMax;
    },
    append(entries) {
      if (file === undefined) throw new Error("the journal is closed");
      try {
        const { written, size } = write(file, offset, entries);
        offset += size;
        return written;
      } catch (error) {
        cut();
        throw error;
      }
    },
    mark: () => ({ hash: lastHash, offset }),
    async sync(mark) {
      try {
        await file?.sync();
      } catch (error) {
        lastHash = mark.hash;
        offset = mark.offset;
        cut();
        throw error;
      }
    },
    rotate,
    dropBefore(keep) {
      for (; oldest < Math.min(keep, number); oldest++) disk.remove(join(folder, fileName(oldest)));
    },
    close() {
      file?.close();
      file = undefined;
    },
  };
}
