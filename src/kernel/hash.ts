import { createHmac, hash, hkdfSync } from "node:crypto";

/** Lower-case hex SHA-256 of a UTF-8 text. */
export function sha256Hex(text: string): string {
  return hash("sha256", text, "hex");
}

/** Lower-case hex HMAC-SHA-256. */
export function hmacHex(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

/** A key of 32 bytes for one thing under another key: HMAC-SHA-256, far cheaper than `deriveKey`, which is for secrets of any form. */
export function hmacKey(key: Uint8Array, text: string): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}

/** A 32-byte key for one purpose, derived from `WEIR_SECRET` by HKDF-SHA-256 (RFC 5869). */
export function deriveKey(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), `weir/${purpose}`, 32));
}
