/** Hashes of words by their folded char codes: FNV-1a, mixed at the end so that low bits can index a table. 0 is kept for an empty slot. */
export const HASH_SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

export const hashStep = (hash: number, code: number): number => Math.imul(hash ^ code, PRIME);

export function hashEnd(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  mixed ^= mixed >>> 13;
  return mixed === 0 ? 1 : mixed;
}

/** The hash of several words in a row, from left to right. */
export const hashJoin = (left: number, right: number): number => hashEnd(Math.imul(left, 0x85ebca6b) ^ right);
