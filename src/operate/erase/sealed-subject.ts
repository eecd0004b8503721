import { openPacked, sealPacked } from "../../kernel/gcm.ts";
import { deriveKey } from "../../kernel/hash.ts";
import type { JobId } from "../../kernel/ids.ts";

/** Keeps the name of an end user for as long as a job needs it, under a key that the database does not have, bound to the job. */
export function createSubjectSeal(secret: Uint8Array) {
  const key = deriveKey(secret, "erasure-subjects");
  return {
    seal: (id: JobId, endUser: string): Uint8Array => sealPacked(key, Buffer.from(id), Buffer.from(endUser)),
    /** Throws where it is another job's, or was changed. */
    open: (id: JobId, sealed: Uint8Array): string => Buffer.from(openPacked(key, Buffer.from(id), sealed)).toString(),
  };
}
