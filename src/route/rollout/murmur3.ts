const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const scramble = (block: number): number => Math.imul(rotate(Math.imul(block, C1), 15), C2);

/** MurmurHash3 x86_32 (Austin Appleby, public domain): spreads well and costs next to nothing. To share out by, never for secrets. */
export function murmur3(bytes: Uint8Array, seed = 0): number {
  let state = seed | 0;
  const whole = bytes.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    const block = byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8) | (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 3) << 24);
    state = (Math.imul(rotate(state ^ scramble(block), 13), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let at = bytes.length - 1; at >= whole; at--) rest = (rest << 8) | byteAt(bytes, at);
  state ^= scramble(rest) ^ bytes.length;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;
