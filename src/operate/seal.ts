import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from "node:crypto";
import { damaged } from "./backup-format.ts";

/** The file around a backup's records: mark, kind, and for the encrypted kind the salt, then frames. */
const MARK = Buffer.from("WEIRBAK1");
const PLAIN = 0;
const SEALED = 1;
const SALT_BYTES = 16;
const TAG_BYTES = 16;
const FRAME_BYTES = 256 * 1024;
/** A tenth of a second and 64 MB for each guess. */
const COST: ScryptOptions = { N: 65_536, r: 8, p: 1, maxmem: 128 * 1024 * 1024 };

const deriveKey = (passphrase: string, salt: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFKC"), salt, 32, COST, (error, key) => (error instanceof Error ? reject(error) : resolve(key)));
  });

/** Each frame's number and whether it is the last are in its nonce: none can be dropped, moved or left out at the end. */
function nonceOf(frame: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(frame, 7);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** Pieces of any size → the file's bytes. Without a passphrase only the mark is added. */
export async function* seal(source: AsyncIterable<Uint8Array>, passphrase: string | undefined): AsyncGenerator<Uint8Array> {
  if (passphrase === undefined) {
    yield Buffer.concat([MARK, Buffer.from([PLAIN])]);
    yield* source;
    return;
  }
  const salt = randomBytes(SALT_BYTES);
  yield Buffer.concat([MARK, Buffer.from([SEALED]), salt]);
  const key = await deriveKey(passphrase, salt);
  let frame = 0;
  const encrypt = (bytes: Uint8Array, last: boolean): Buffer => {
    const cipher = createCipheriv("aes-256-gcm", key, nonceOf(frame++, last));
    const text = Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(text.length);
    return Buffer.concat([head, text]);
  };
  let waiting: Buffer | undefined;
  for await (const piece of inFrames(source)) {
    if (waiting !== undefined) yield encrypt(waiting, false);
    waiting = piece;
  }
  yield encrypt(waiting ?? Buffer.alloc(0), true);
}

async function* inFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of source) {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + FRAME_BYTES - bytes);
      parts.push(part);
      bytes += part.length;
      at += part.length;
      if (bytes < FRAME_BYTES) continue;
      yield Buffer.concat(parts);
      parts = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield Buffer.concat(parts);
}

/** What `seal` was given. A wrong passphrase, a changed byte and a missing end are told apart from a file that is no backup. */
export async function* unseal(source: AsyncIterable<Uint8Array>, passphrase: string | undefined): AsyncGenerator<Uint8Array> {
  const take = createTaker(source);
  const mark = await take.upTo(MARK.length);
  const kind = (await take.upTo(1))[0];
  if (!mark.equals(MARK) || (kind !== PLAIN && kind !== SEALED)) throw new Error("This file is not a backup that weir made.");
  if (kind === PLAIN) {
    yield* take.rest();
    return;
  }
  if (passphrase === undefined) throw new Error("This backup is encrypted: its passphrase is needed.");
  const key = await deriveKey(passphrase, await take.upTo(SALT_BYTES));
  for (let frame = 0, last = false; !last; frame++) {
    const head = await take.upTo(4);
    if (head.length < 4) throw damaged();
    const length = head.readUInt32BE();
    if (length < TAG_BYTES || length > FRAME_BYTES + TAG_BYTES) throw damaged();
    const text = await take.upTo(length);
    const opened = open(key, frame, text);
    if (opened === undefined)
      throw frame === 0
        ? new Error("The passphrase is not the one that this backup was made with, or its beginning was changed.")
        : damaged();
    ({ last } = opened);
    yield opened.bytes;
  }
}

function open(key: Buffer, frame: number, text: Buffer): { bytes: Buffer; last: boolean } | undefined {
  for (const last of [false, true]) {
    const cipher = createDecipheriv("aes-256-gcm", key, nonceOf(frame, last), { authTagLength: TAG_BYTES });
    cipher.setAuthTag(text.subarray(text.length - TAG_BYTES));
    try {
      return { bytes: Buffer.concat([cipher.update(text.subarray(0, -TAG_BYTES)), cipher.final()]), last };
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

function createTaker(source: AsyncIterable<Uint8Array>) {
  const pieces = source[Symbol.asyncIterator]();
  let have: Buffer = Buffer.alloc(0);
  const fill = async (): Promise<boolean> => {
    const next = await pieces.next();
    if (next.done !== true) have = Buffer.concat([have, next.value]);
    return next.done !== true;
  };
  return {
    async upTo(bytes: number): Promise<Buffer> {
      while (have.length < bytes && (await fill()));
      const taken = have.subarray(0, bytes);
      have = have.subarray(taken.length);
      return taken;
    },
    async *rest(): AsyncGenerator<Uint8Array> {
      if (have.length > 0) yield have;
      for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
    },
  };
}
