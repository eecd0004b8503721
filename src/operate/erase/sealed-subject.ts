import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { deriveKey } from "../../kernel/hash.ts";
import type { JobId } from "../../kernel/ids.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps the name of an end user for as long as a job needs it, under a key that the database does not have, bound to the job (AES-256-GCM). */
export function createSubjectSeal(secret: Uint8Array) {
  const key = deriveKey(secret, "erasure-subjects");
  return {
    seal(id: JobId, endUser: string): Uint8Array {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(id));
      const text = Buffer.concat([cipher.update(endUser, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]);
    },
    /** Throws where it is another job's, or was changed. */
    open(id: JobId, sealed: Uint8Array): string {
      const all = Buffer.from(sealed);
      const opened = createDecipheriv("aes-256-gcm", key, all.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(id))
        .setAuthTag(all.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([opened.update(all.subarray(NONCE_BYTES + TAG_BYTES)), opened.final()]).toString("utf8");
    },
  };
}
