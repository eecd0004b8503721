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

/** Keeps what a failed write left behind out of the file. Where even that fails, the next write goes over it. */
function createGrowingFile(file: LogFile) {
  let size = 0;
  const rewind = (to: number): void => {
    size = to;
    try {
      file.truncate(to);
    } catch {
      return;
    }
  };
  return {
    get size() {
      return size;
    },
    append(bytes: Uint8Array): void {
      try {
        file.write(bytes, size);
      } catch (error) {
        rewind(size);
        throw error;
      }
      size += bytes.length;
    },
    rewind,
    sync: file.sync,
    close: file.close,
  };
}

export function createJournalLog({ disk, nowMs }: Deps, { folder, processId, fileBytesMax }: Options): JournalLog {
  let number = 0;
  let oldest = 1;
  let lastHash = GENESIS;

  const begin = (carried: readonly Entry[]) => {
    const path = join(folder, fileName(number + 1));
    const header = JSON.stringify({ type: "file", v: 1, processId, file: number + 1, openedAtMs: nowMs() });
    const { bytes, last } = encode(lastHash, [{ kind: "f", json: header }, ...carried]);
    const next = createGrowingFile(disk.createFile(path));
    try {
      next.append(bytes);
    } catch (error) {
      next.close();
      disk.remove(path);
      throw error;
    }
    lastHash = last;
    number++;
    return next;
  };
  let file = begin([]);

  return {
    folder,
    get end() {
      return { file: number, offset: file.size };
    },
    get isFull() {
      return file.size >= fileBytesMax;
    },
    append(entries) {
      const { bytes, written, last } = encode(lastHash, entries);
      file.append(bytes);
      lastHash = last;
      return written;
    },
    mark: () => ({ hash: lastHash, offset: file.size }),
    async sync(mark) {
      try {
        await file.sync();
      } catch (error) {
        lastHash = mark.hash;
        file.rewind(mark.offset);
        throw error;
      }
    },
    rotate(carried) {
      const before = file;
      file = begin(carried);
      before.close();
    },
    dropBefore(keep) {
      for (; oldest < Math.min(keep, number); oldest++) disk.remove(join(folder, fileName(oldest)));
    },
    close: () => file.close(),
  };
}
