import { createHash } from "node:crypto";
import type { Dice } from "./dice.fixture.ts";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const hash = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

/** Version 0 or 5, twenty random bytes, and the checksum, by big integers. */
export function bitcoinAddress(dice: Dice): string {
  const payload = Uint8Array.from([dice.pick([0, 5]), ...Array.from({ length: 20 }, () => dice.below(256))]);
  const bytes = [...payload, ...hash(hash(payload)).subarray(0, 4)];
  let value = bytes.reduce((total, byte) => total * 256n + BigInt(byte), 0n);
  let text = "";
  for (; value > 0n; value /= 58n) text = ALPHABET.charAt(Number(value % 58n)) + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}
