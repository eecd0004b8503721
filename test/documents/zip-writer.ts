import { crc32, deflateRawSync } from "node:zlib";

/** A part of an archive. What is claimed of it may be a lie. */
export type ZipPart = {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly stored?: boolean;
  readonly claims?: {
    readonly unpacked?: number;
    readonly packed?: number;
    readonly crc?: number;
    readonly flags?: number;
    readonly at?: number;
  };
};

/** An archive as Word writes one. */
export function writeZip(parts: readonly ZipPart[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const content = Buffer.from(part.content);
    const packed = part.stored === true ? content : deflateRawSync(content, { level: 9 });
    const name = Buffer.from(part.name);
    const head = headOf(part, content, packed);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, 20, 0]), head, numbers16(name.length, 0), name, packed]);
    const start = part.claims?.at ?? at;
    directory.push(
      Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0, 20, 0]), head, numbers16(name.length, 0, 0, 0, 0), numbers32(0, start), name]),
    );
    pieces.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.concat([
    Buffer.from([0x50, 0x4b, 5, 6, 0, 0, 0, 0]),
    numbers16(parts.length, parts.length),
    numbers32(listed.length, at),
    numbers16(0),
  ]);
  return Buffer.concat([...pieces, listed, end]);
}

function headOf(part: ZipPart, content: Buffer, packed: Buffer): Buffer {
  const { claims = {} } = part;
  return Buffer.concat([
    numbers16(claims.flags ?? 0, part.stored === true ? 0 : 8, 0, 0x21),
    numbers32(claims.crc ?? crc32(content), claims.packed ?? packed.length, claims.unpacked ?? content.length),
  ]);
}

function numbers16(...values: readonly number[]): Buffer {
  const made = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) made.writeUInt16LE(value, at * 2);
  return made;
}

function numbers32(...values: readonly number[]): Buffer {
  const made = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) made.writeUInt32LE(value >>> 0, at * 4);
  return made;
}
