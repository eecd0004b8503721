import { crc32, inflateRawSync } from "node:zlib";
import { FILE_BYTES_MAX } from "../kernel/limits.ts";
import { Unreadable } from "./refusal.ts";

/** A document of thousands of pictures has as many entries; a directory of more is made to be walked. */
export const ENTRIES_MAX = 10_000;
/** What one part may unpack to: as much as a text file may hold. */
export const PART_BYTES_MAX = FILE_BYTES_MAX;
/** All parts together: pictures do not shrink, so an honest file stays far below. */
export const UNPACKED_BYTES_MAX = 8 * FILE_BYTES_MAX;
/** The XML of a document shrinks ten to forty times, of a table of zeros perhaps a hundred; deflate itself can do a thousand. */
export const RATIO_MAX = 200;
/** Small parts may shrink more: they cannot hurt. */
const RATIO_FROM_BYTES = 1024 * 1024;

const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;

export type Zip = {
  readonly names: ReadonlySet<string>;
  /** Those of the names that are symbolic links, not files. */
  readonly links: ReadonlySet<string>;
  /** A part, checked against the size and checksum of the directory. undefined: there is none of this name. */
  read(name: string): Uint8Array | undefined;
};

type Entry = {
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly at: number;
  readonly isLink: boolean;
};

/**
 * The directory of an archive, and its parts on demand. Nothing is unpacked that the directory does not announce within the limits, and
 * never more than it announces. Throws Unreadable.
 */
export function openZip(bytes: Uint8Array): Zip {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(bytes, view);
  return {
    names: new Set(entries.keys()),
    links: new Set([...entries].filter(([, entry]) => entry.isLink).map(([name]) => name)),
    read(name) {
      const entry = entries.get(name);
      return entry === undefined ? undefined : unpack(bytes, view, entry);
    },
  };
}

function readDirectory(bytes: Uint8Array, view: DataView): ReadonlyMap<string, Entry> {
  const end = findEnd(view);
  if (end === undefined) throw new Unreadable("The file is damaged or cut off: the directory at its end is missing.");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff) throw new Unreadable("The file is written as Zip64, which documents of this size are not.");
  if (count > ENTRIES_MAX) throw new Unreadable(`The file has ${count} parts; at most ${ENTRIES_MAX} are read.`);
  const entries = new Map<string, Entry>();
  let total = 0;
  for (let no = 0; no < count; no++) {
    if (at + DIRECTORY_ENTRY_BYTES > end || view.getUint32(at, true) !== 0x02014b50) throw damaged();
    const [nameBytes = 0, extraBytes = 0, commentBytes = 0] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const nameAt = at + DIRECTORY_ENTRY_BYTES;
    const name = readName(bytes.subarray(nameAt, nameAt + nameBytes));
    const entry = readEntry(view, at);
    checkEntry(name, entry, entries);
    total += entry.unpacked;
    if (total > UNPACKED_BYTES_MAX) throw bomb();
    entries.set(name, entry);
    at = nameAt + nameBytes + extraBytes + commentBytes;
  }
  refuseOverlaps(entries);
  return entries;
}

/** UTF-8, or bytes of an older code page, where each is some letter. */
function readName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Parts that share their bytes unpack to many times what the archive holds. No program writes them. */
function refuseOverlaps(entries: ReadonlyMap<string, Entry>): void {
  let end = 0;
  for (const entry of [...entries.values()].toSorted((a, b) => a.at - b.at)) {
    if (entry.at < end) throw bomb();
    end = entry.at + LOCAL_HEADER_BYTES + entry.packed;
  }
}

function findEnd(view: DataView): number | undefined {
  const lowest = Math.max(0, view.byteLength - END_BYTES - COMMENT_BYTES_MAX);
  for (let at = view.byteLength - END_BYTES; at >= lowest; at--) {
    const commentBytes = view.getUint16(at + END_BYTES - 2, true);
    if (view.getUint32(at, true) === 0x06054b50 && at + END_BYTES + commentBytes === view.byteLength) return at;
  }
  return undefined;
}

function readEntry(view: DataView, at: number): Entry {
  if ((view.getUint16(at + 8, true) & 1) !== 0) throw new Unreadable("The file is encrypted. Upload it without a password.");
  return {
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    unpacked: view.getUint32(at + 24, true),
    at: view.getUint32(at + 42, true),
    // Written on Unix: the high half of the attributes is the file's mode.
    isLink: view.getUint8(at + 5) === 3 && (view.getUint16(at + 40, true) & 0xf000) === 0xa000,
  };
}

function checkEntry(name: string, entry: Entry, known: ReadonlyMap<string, Entry>): void {
  // Nothing is ever written under these names; a file that has such one was made to do harm.
  if (name.startsWith("/") || /[\\\0]|^[a-z]:|(?:^|\/)\.\.(?:\/|$)/i.test(name))
    throw new Unreadable("The file names a part outside itself. No document does.");
  if (known.has(name)) throw new Unreadable("The file has two parts of the same name.");
  if (entry.unpacked > RATIO_FROM_BYTES && entry.unpacked > entry.packed * RATIO_MAX) throw bomb();
}

function unpack(bytes: Uint8Array, view: DataView, entry: Entry): Uint8Array {
  if (entry.unpacked > PART_BYTES_MAX)
    throw new Unreadable(`A part of the file is ${entry.unpacked} bytes long; at most ${PART_BYTES_MAX} are read.`);
  if (entry.at + LOCAL_HEADER_BYTES > bytes.length || view.getUint32(entry.at, true) !== 0x04034b50) throw damaged();
  const from = entry.at + LOCAL_HEADER_BYTES + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
  if (from + entry.packed > bytes.length) throw damaged();
  const unpacked = inflate(bytes.subarray(from, from + entry.packed), entry);
  if (unpacked.length !== entry.unpacked || crc32(unpacked) !== entry.crc) throw damaged();
  return unpacked;
}

function inflate(packed: Uint8Array, entry: Entry): Uint8Array {
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw new Unreadable("The file is packed in a way that documents are not.");
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.unpacked) });
  } catch (error) {
    throw error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE" ? bomb() : damaged();
  }
}

const damaged = (): Unreadable => new Unreadable("The file is damaged: a part of it cannot be unpacked.");
const bomb = (): Unreadable => new Unreadable("The file unpacks to far more than a document holds, so it was not unpacked.");
