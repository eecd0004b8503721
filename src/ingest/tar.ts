import { Unreadable } from "./refusal.ts";
import { ENTRIES_MAX } from "./zip.ts";

const BLOCK_BYTES = 512;
/** What a long name may be: programs write them in an entry of their own. */
const NAME_BYTES_MAX = 4096;

/** A file of an archive, as its own part of the archive's bytes. */
export type TarEntry = { readonly name: string; readonly bytes: Uint8Array };

/** A header that adds up: its checksum is its own. Also those of the oldest programs, which put no mark. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK_BYTES && bytes[0] !== 0 && isHeader(bytes.subarray(0, BLOCK_BYTES));
}

/** The files of an archive in order; folders, links and devices are passed over. Nothing is copied. Throws Unreadable. */
export function readTar(bytes: Uint8Array): readonly TarEntry[] {
  const found: TarEntry[] = [];
  let named: string | undefined;
  let count = 0;
  for (let at = 0; at + BLOCK_BYTES <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK_BYTES);
    // Two empty blocks end an archive; one is enough to see it.
    if (header.every((byte) => byte === 0)) break;
    if (!isHeader(header)) throw damaged();
    if (++count > ENTRIES_MAX) throw new Unreadable(`The archive has more than ${ENTRIES_MAX} entries.`);
    const size = numberAt(header, 124, 12);
    const body = bytes.subarray(at + BLOCK_BYTES, at + BLOCK_BYTES + size);
    if (body.length < size) throw damaged();
    at += BLOCK_BYTES + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === "L") named = textAt(body, 0, Math.min(size, NAME_BYTES_MAX));
    else if (type === "x") named = pathOf(body) ?? named;
    else if (type !== "g" && type !== "K") {
      if (type === "0" || type === "\0" || type === "7") found.push({ name: named ?? nameOf(header), bytes: body });
      named = undefined;
    }
  }
  return found;
}

/** The sum of all bytes with its own field as blanks. */
function isHeader(header: Uint8Array): boolean {
  let sum = 8 * 32;
  for (let at = 0; at < BLOCK_BYTES; at++) if (at < 148 || at >= 156) sum += header[at] ?? 0;
  const claimed = textAt(header, 148, 8).trim();
  return /^[0-7]+$/.test(claimed) && Number.parseInt(claimed, 8) === sum;
}

function nameOf(header: Uint8Array): string {
  const name = textAt(header, 0, 100);
  const prefix = textAt(header, 257, 5) === "ustar" && header[263] === 0x30 ? textAt(header, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** A record is `27 path=some/long/name`, its own length first. */
function pathOf(body: Uint8Array): string | undefined {
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(textAt(body, at, space - at));
    if (!Number.isInteger(length) || length <= space - at || at + length > body.length) throw damaged();
    const record = textAt(body, space + 1, Math.min(length - (space + 1 - at) - 1, NAME_BYTES_MAX + 5));
    if (record.startsWith("path=")) return record.slice(5);
    at += length;
  }
  return undefined;
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits. Larger files than these can tell are larger than any that is read. */
function numberAt(header: Uint8Array, at: number, length: number): number {
  const digits = textAt(header, at, length).trim();
  if (digits === "") return 0;
  if (!/^[0-7]+$/.test(digits)) throw damaged();
  return Number.parseInt(digits, 8);
}

const damaged = (): Unreadable => new Unreadable("The archive is damaged or cut off: one of its entries cannot be read.");
