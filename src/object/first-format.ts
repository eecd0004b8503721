import { KEY_BYTES, NONCE_BYTES, openGcm, TAG_BYTES } from "../kernel/gcm.ts";

/** What version 0.1 wrote: mark, key nonce, wrapped key, its tag, nonce, tag, text; each object's key wrapped under the secret's. */
const MARK = Buffer.from("WEIRENC1");
const HEAD_BYTES = MARK.length + NONCE_BYTES + KEY_BYTES + TAG_BYTES + NONCE_BYTES + TAG_BYTES;

export const isFirstFormat = (all: Buffer): boolean => all.length >= HEAD_BYTES && all.subarray(0, MARK.length).equals(MARK);

/** undefined: no key opens it. */
export function openFirstFormat(all: Buffer, name: Uint8Array, keys: readonly Uint8Array[]): Uint8Array | undefined {
  let at = MARK.length;
  const take = (bytes: number): Buffer => all.subarray(at, (at += bytes));
  const wrapped = { nonce: take(NONCE_BYTES), text: take(KEY_BYTES), tag: take(TAG_BYTES) };
  const content = { nonce: take(NONCE_BYTES), tag: take(TAG_BYTES), text: all.subarray(HEAD_BYTES) };
  for (const key of keys) {
    try {
      return openGcm(openGcm(key, wrapped.nonce, name, wrapped), content.nonce, name, content);
    } catch {
      // Another key may.
    }
  }
  return undefined;
}
