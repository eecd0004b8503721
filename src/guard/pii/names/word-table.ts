/**
 * A hash table from hashes of words to attributes, in one array: key and value beside each other, so that a word costs one miss of the
 * processor's cache. Fixed in size; 0 is no key.
 */
export type WordTable = {
  readonly slots: Int32Array;
  readonly mask: number;
};

/** `size` is a power of two, half as much again as the words to come. */
export function createWordTable(size: number): WordTable {
  return { slots: new Int32Array(size * 2), mask: size * 2 - 1 };
}

/** The value of a hash, 0 when unknown. */
export function findWord({ slots, mask }: WordTable, hash: number): number {
  let slot = (hash << 1) & mask;
  for (;;) {
    const key = slots[slot] ?? 0;
    if (key === hash) return slots[slot + 1] ?? 0;
    if (key === 0) return 0;
    slot = (slot + 2) & mask;
  }
}

/** Adds the bits of `attributes` in `field`, where they are more than what is there already; lists may hold a word twice. */
export function addWord({ slots, mask }: WordTable, hash: number, attributes: number, field: number): void {
  let slot = (hash << 1) & mask;
  let key = slots[slot] ?? 0;
  while (key !== 0 && key !== hash) {
    slot = (slot + 2) & mask;
    key = slots[slot] ?? 0;
  }
  slots[slot] = hash;
  const before = slots[slot + 1] ?? 0;
  if ((before & field) < attributes) slots[slot + 1] = (before & ~field) | attributes;
}
