import { hkdfSync, randomBytes } from "node:crypto";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import { KEY_ID_BYTES, type DataKeys } from "./data-keys.ts";
import { KEY_BYTES, NONCE_BYTES, openGcm, sealGcm, TAG_BYTES } from "../kernel/gcm.ts";
import { openFirstFormat, isFirstFormat } from "./first-format.ts";
import { toPath } from "./object-key.ts";
import type { ObjectStore } from "./spec.ts";

/** Format 2: mark, id of the data key, salt, tag, text. Key and nonce are derived from the data key, the salt and the object's name. */
const MARK = Buffer.from("WEIRENC2");
const SALT_BYTES = 32;
const HEAD_BYTES = MARK.length + KEY_ID_BYTES + SALT_BYTES + TAG_BYTES;

/**
 * Envelope encryption around any store: a key for each object (AES-256-GCM), derived from one of its tenant's data keys. Tenant and key are
 * part of what is authenticated: an object moved to another name or tenant does not open. `firstKeys` open what version 0.1 wrote.
 */
export function createEncryptedObjects(
  inner: ObjectStore,
  keys: Pick<DataKeys, "forWriting" | "get">,
  firstKeys: readonly Uint8Array[] = [],
): ObjectStore {
  return {
    ...inner,
    async putObject(tenantId, key, bytes) {
      const name = nameOf(tenantId, key);
      const dataKey = await keys.forWriting(tenantId);
      const salt = randomBytes(SALT_BYTES);
      const derived = derive(dataKey.key, salt, name);
      const { text, tag } = sealGcm(derived.key, derived.nonce, name, bytes);
      await inner.putObject(tenantId, key, Buffer.concat([MARK, Buffer.from(dataKey.id, "hex"), salt, tag, text]));
    },
    async getObject(tenantId, key) {
      const sealed = await inner.getObject(tenantId, key);
      if (sealed === undefined) return undefined;
      const all = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const name = nameOf(tenantId, key);
      if (isFirstFormat(all)) return openFirstFormat(all, name, firstKeys) ?? fail();
      return open(all, name, (id) => keys.get(tenantId, id));
    },
  };
}

/** Throws where the key is none. */
function nameOf(tenantId: TenantId, key: string): Buffer {
  toPath(tenantId, key);
  return Buffer.from(`${tenantId}/${key}`);
}

async function open(all: Buffer, name: Buffer, find: (id: string) => Promise<Uint8Array>): Promise<Uint8Array> {
  if (all.length < HEAD_BYTES || !all.subarray(0, MARK.length).equals(MARK)) fail();
  let at = MARK.length;
  const take = (bytes: number): Buffer => all.subarray(at, (at += bytes));
  const id = take(KEY_ID_BYTES).toString("hex");
  const salt = take(SALT_BYTES);
  const tag = take(TAG_BYTES);
  const derived = derive(await find(id), salt, name);
  try {
    return openGcm(derived.key, derived.nonce, name, { tag, text: all.subarray(HEAD_BYTES) });
  } catch (error) {
    return fail(error);
  }
}

function derive(dataKey: Uint8Array, salt: Uint8Array, name: Buffer): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  const bytes = new Uint8Array(
    hkdfSync("sha256", dataKey, salt, Buffer.concat([Buffer.from("weir/object/2/"), name]), KEY_BYTES + NONCE_BYTES),
  );
  return { key: bytes.subarray(0, KEY_BYTES), nonce: bytes.subarray(KEY_BYTES) };
}

function fail(cause?: unknown): never {
  throw new Fault("object_damaged", {}, { cause });
}
