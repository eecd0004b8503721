/**
 * The number that a term is stored under: a hash of 53 bits, so no dictionary has to be read or kept. Among a million terms of one
 * collection the chance of any collision is about one in twenty thousand, and a collision costs one slightly wrong weight.
 */
export function termId(term: string): number {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let i = 0; i < term.length; i++) {
    const unit = term.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x2c1b3c6d);
    low = Math.imul(low ^ unit, 0x297a2d39);
    high ^= high >>> 15;
    low ^= low >>> 13;
  }
  high = mix(high ^ Math.imul(low, 0x5bd1e995));
  low = mix(low ^ Math.imul(high, 0x1b873593));
  return (high >>> 11) * 4294967296 + (low >>> 0);
}

/** Every input bit reaches every output bit (the finaliser of MurmurHash3, public domain). */
function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
