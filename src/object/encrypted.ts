import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { ObjectStore } from "./spec.ts";

/** Format 1: mark, key nonce, wrapped key, its tag, nonce, tag, content. */
const MARK = Buffer.from("WEIRENC1");
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = MARK.length + NONCE_BYTES + KEY_BYTES + TAG_BYTES + NONCE_BYTES + TAG_BYTES;

/**
 * Envelope encryption around any store: each object has a key of its own (AES-256-GCM), which is kept beside it wrapped under `masterKey`.
 * Tenant and key are part of what is authenticated: an object moved to another name or tenant does not open.
 */
export function createEncryptedObjects(inner: ObjectStore, masterKey: Uint8Array): ObjectStore {
  if (masterKey.length !== KEY_BYTES) throw new TypeError("the key of the object store has 32 bytes");
  return {
    ...inner,
    putObject: (tenantId, key, bytes) => inner.putObject(tenantId, key, seal(masterKey, nameOf(tenantId, key), bytes)),
    async getObject(tenantId, key) {
      const sealed = await inner.getObject(tenantId, key);
      return sealed === undefined ? undefined : unseal(masterKey, nameOf(tenantId, key), sealed);
    },
  };
}

const nameOf = (tenantId: TenantId, key: string): Buffer => Buffer.from(`${tenantId}/${key}`);

function seal(masterKey: Uint8Array, name: Buffer, bytes: Uint8Array): Uint8Array {
  const dataKey = randomBytes(KEY_BYTES);
  const wrapped = encrypt(masterKey, name, dataKey);
  const content = encrypt(dataKey, name, bytes);
  return Buffer.concat([MARK, wrapped.nonce, wrapped.text, wrapped.tag, content.nonce, content.tag, content.text]);
}

function unseal(masterKey: Uint8Array, name: Buffer, sealed: Uint8Array): Uint8Array {
  const all = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (all.length < HEAD_BYTES || !all.subarray(0, MARK.length).equals(MARK)) throw broken();
  let at = MARK.length;
  const take = (bytes: number): Buffer => all.subarray(at, (at += bytes));
  const wrapped = { nonce: take(NONCE_BYTES), text: take(KEY_BYTES), tag: take(TAG_BYTES) };
  const content = { nonce: take(NONCE_BYTES), tag: take(TAG_BYTES), text: all.subarray(HEAD_BYTES) };
  try {
    return decrypt(decrypt(masterKey, name, wrapped), name, content);
  } catch (error) {
    throw broken(error);
  }
}

const broken = (cause?: unknown): Fault =>
  new Fault("bug", { say: "A stored file could not be opened: it was changed, or WEIR_SECRET was." }, { cause });

type Sealed = { readonly nonce: Buffer; readonly text: Buffer; readonly tag: Buffer };

function encrypt(key: Uint8Array, name: Buffer, bytes: Uint8Array): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(name);
  const text = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return { nonce, text, tag: cipher.getAuthTag() };
}

function decrypt(key: Uint8Array, name: Buffer, sealed: Sealed): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.nonce, { authTagLength: TAG_BYTES }).setAAD(name).setAuthTag(sealed.tag);
  return Buffer.concat([decipher.update(sealed.text), decipher.final()]);
}
