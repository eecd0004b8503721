const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** What the checksum leaves: BIP 173 (version 0) and BIP 350 (later). */
const BECH32 = 1;
const BECH32M = 0x2bc830a3;

function step(check: number, value: number): number {
  const top = check >>> 25;
  let next = ((check & 0x1ffffff) << 5) ^ value;
  for (const [i, generator] of GENERATORS.entries()) if (((top >>> i) & 1) === 1) next ^= generator;
  return next;
}

/** `bc1…`, `ltc1…`, `tb1…`: `prefix` is the part before the `1`. Upper or lower case, not both. */
export function isBech32(text: string, prefix: string): boolean {
  const lower = text.toLowerCase();
  if (lower !== text && text.toUpperCase() !== text) return false;
  let check = 1;
  for (let i = 0; i < prefix.length; i++) check = step(check, prefix.charCodeAt(i) >>> 5);
  check = step(check, 0);
  for (let i = 0; i < prefix.length; i++) check = step(check, prefix.charCodeAt(i) & 31);
  for (let i = prefix.length + 1; i < lower.length; i++) {
    const value = ALPHABET.indexOf(lower.charAt(i));
    if (value < 0) return false;
    check = step(check, value);
  }
  return check === BECH32 || check === BECH32M;
}
