import { createHash } from "node:crypto";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** An address is 25 bytes: a version, a hash of 20, a checksum of 4. */
const ADDRESS_BYTES = 25;

function decode(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(ADDRESS_BYTES);
  for (const letter of text) {
    let carry = ALPHABET.indexOf(letter);
    if (carry < 0) return undefined;
    for (let i = ADDRESS_BYTES - 1; i >= 0; i--) {
      carry += (bytes[i] ?? 0) * 58;
      bytes[i] = carry & 255;
      carry >>= 8;
    }
    if (carry > 0) return undefined;
  }
  return bytes;
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

/** Base58Check: the last four bytes are the head of the double SHA-256 of the others. */
export function isBase58Check(text: string): boolean {
  const bytes = decode(text);
  if (bytes === undefined) return false;
  const sum = sha256(sha256(bytes.subarray(0, 21)));
  for (let i = 0; i < 4; i++) if (sum[i] !== bytes[21 + i]) return false;
  return true;
}
