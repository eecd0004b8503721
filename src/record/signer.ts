import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { deriveKey, sha256Hex } from "../kernel/hash.ts";

/** Signs short texts with Ed25519 (RFC 8032), by a key that is derived from `WEIR_SECRET`: every replica has the same one. */
export type Signer = {
  /** First 16 hex digits of the SHA-256 of `publicKey`. */
  readonly keyId: string;
  /** SubjectPublicKeyInfo in PEM. */
  readonly publicKey: string;
  /** Base64 of 64 bytes. */
  sign(text: string): string;
  isSigned(text: string, signature: string): boolean;
};

/** PKCS #8 of an Ed25519 key is these bytes and then the 32 of the seed (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

export function createSigner(secret: Uint8Array, purpose: "receipt" | "audit-checkpoint" | "erasure"): Signer {
  const der = Buffer.concat([PKCS8_HEAD, deriveKey(secret, `sign/${purpose}`)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key);
  const pem = publicKey.export({ format: "pem", type: "spki" });
  return {
    keyId: sha256Hex(pem).slice(0, 16),
    publicKey: pem,
    sign: (text) => sign(null, Buffer.from(text), key).toString("base64"),
    isSigned: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, "base64")),
  };
}
