import { deflateRawSync, inflateRawSync } from "node:zlib";
import { openPacked, sealPacked } from "../../kernel/gcm.ts";

/** A cookie opens to some kilobytes: more is somebody's bomb, which only who has the key could make. */
const OPENED_BYTES_MAX = 64 * 1024;

/** Turns values into texts that only this installation can open and nobody can change, for one purpose. */
export type SealedText<T> = {
  seal(value: T): string;
  /** undefined: it is none of ours. */
  open(text: string): T | undefined;
};

/** `purpose` is bound in: what was sealed for one does not open for another. `read` checks what was opened. */
export function createSealedText<T>(key: Uint8Array, purpose: string, read: (value: unknown) => T | undefined): SealedText<T> {
  const name = new TextEncoder().encode(purpose);
  return {
    seal: (value) => Buffer.from(sealPacked(key, name, deflateRawSync(JSON.stringify(value)))).toString("base64url"),
    open(text) {
      try {
        const opened = openPacked(key, name, Buffer.from(text, "base64url"));
        return read(JSON.parse(inflateRawSync(opened, { maxOutputLength: OPENED_BYTES_MAX }).toString("utf8")));
      } catch {
        return undefined;
      }
    },
  };
}
