import { createHmac } from "node:crypto";
import { Fault } from "../kernel/fault.ts";
import { KEY_BYTES, openPacked, sealPacked } from "../kernel/gcm.ts";

/**
 * Who keeps the key that data keys are wrapped under: this program, or a key service. `context` names what the data key is for; what was
 * wrapped for one does not unwrap for another. Both throw a Fault.
 */
export type KeyWrapper = {
  /** Stands beside each wrapped key, so that the right wrapper is asked later. No secret. */
  readonly name: string;
  wrap(key: Uint8Array, context: string): Promise<string>;
  unwrap(wrapped: string, context: string): Promise<Uint8Array>;
};

/** Wraps under a key derived from `WEIR_SECRET`. Its name tells two secrets apart without telling them. */
export function createSecretWrapper(secretKey: Uint8Array): KeyWrapper {
  if (secretKey.length !== KEY_BYTES) throw new TypeError("the key of the object store has 32 bytes");
  return {
    name: `secret:${createHmac("sha256", secretKey).update("weir/object/wrapper-name").digest("hex").slice(0, 16)}`,
    wrap: async (key, context) => Buffer.from(sealPacked(secretKey, Buffer.from(context), key)).toString("base64"),
    async unwrap(wrapped, context) {
      try {
        return openPacked(secretKey, Buffer.from(context), Buffer.from(wrapped, "base64"));
      } catch (error) {
        throw new Fault(
          "object_damaged",
          { say: "A data key of the object store was changed: restore it from a backup." },
          { cause: error },
        );
      }
    },
  };
}
