/** Entries of a term: pairs of chunk number, and occurrences + length << 16. */

type Ranges = readonly (readonly [first: number, count: number])[];

/** The lowest and the highest number. Blocks come in no order. */
export function spanOf(entries: Uint32Array): readonly [low: number, high: number] {
  let low = 0xffffffff;
  let high = 0;
  for (let at = 0; at < entries.length; at += 2) {
    const no = entries[at] ?? 0;
    if (no < low) low = no;
    if (no > high) high = no;
  }
  return [low, high];
}

/** What does not stand in the ranges, which are in ascending order. */
export function withoutRanges(entries: Uint32Array, ranges: Ranges): Uint32Array {
  if (ranges.length === 0) return entries;
  const kept = new Uint32Array(entries.length);
  let count = 0;
  for (let at = 0; at < entries.length; at += 2) {
    const no = entries[at] ?? 0;
    if (isWithin(ranges, no)) continue;
    kept[count++] = no;
    kept[count++] = entries[at + 1] ?? 0;
  }
  return kept.subarray(0, count);
}

/** How many stand in the ranges, which are in ascending order or few. */
export function countWithin(entries: Uint32Array, ranges: Ranges): number {
  const ordered = ranges.toSorted((one, other) => one[0] - other[0]);
  let count = 0;
  if (ordered.length > 0) for (let at = 0; at < entries.length; at += 2) if (isWithin(ordered, entries[at] ?? 0)) count += 1;
  return count;
}

function isWithin(ranges: Ranges, no: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.[0] ?? 0) <= no) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low - 1];
  return range !== undefined && no < range[0] + range[1];
}

/** The entries of a term in all of its forms: a chunk that has two of them has the term as often as both. */
export function joinForms(forms: readonly Uint32Array[]): Uint32Array {
  const [longest = new Uint32Array(0), ...others] = forms.toSorted((one, other) => other.length - one.length);
  if (others.length === 0) return longest;
  const more = new Map<number, number>();
  for (const entries of others) {
    for (let at = 0; at < entries.length; at += 2) {
      const no = entries[at] ?? 0;
      more.set(no, sumPacked(entries[at + 1] ?? 0, more.get(no) ?? 0));
    }
  }
  const joined = new Uint32Array(longest.length + more.size * 2);
  let count = 0;
  for (let at = 0; at < longest.length; at += 2) {
    const no = longest[at] ?? 0;
    joined[count++] = no;
    joined[count++] = sumPacked(longest[at + 1] ?? 0, more.get(no) ?? 0);
    more.delete(no);
  }
  for (const [no, packed] of more) {
    joined[count++] = no;
    joined[count++] = packed;
  }
  return joined.subarray(0, count);
}

/** Of one chunk: its length stays, occurrences add up. */
const sumPacked = (packed: number, other: number): number =>
  ((packed & 0xffff0000) | Math.min(0xffff, (packed & 0xffff) + (other & 0xffff))) >>> 0;
