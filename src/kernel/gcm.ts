import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** AES-256-GCM with the sizes that NIST SP 800-38D recommends. */
export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

export type Sealed = { readonly text: Uint8Array; readonly tag: Uint8Array };

/** `name` is authenticated, not hidden: under another one the text does not open. */
export function sealGcm(key: Uint8Array, nonce: Uint8Array, name: Uint8Array, bytes: Uint8Array): Sealed {
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(name);
  const text = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return { text, tag: cipher.getAuthTag() };
}

/** Throws where key, nonce, name, tag or a bit of the text is another. */
export function openGcm(key: Uint8Array, nonce: Uint8Array, name: Uint8Array, { text, tag }: Sealed): Uint8Array {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES }).setAAD(name).setAuthTag(tag);
  return Buffer.concat([decipher.update(text), decipher.final()]);
}

/** Under a nonce of its own, in one piece: nonce, tag, text. */
export function sealPacked(key: Uint8Array, name: Uint8Array, bytes: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const { text, tag } = sealGcm(key, nonce, name, bytes);
  return Buffer.concat([nonce, tag, text]);
}

/** Throws as `openGcm` does, and where it is too short to be one. */
export function openPacked(key: Uint8Array, name: Uint8Array, packed: Uint8Array): Uint8Array {
  const nonce = packed.subarray(0, NONCE_BYTES);
  const tag = packed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  return openGcm(key, nonce, name, { tag, text: packed.subarray(NONCE_BYTES + TAG_BYTES) });
}
