import type { Ranges, Visible } from "./passage-index.ts";

/** Beyond any chunk's number, which is a database's integer. */
const END = 2 ** 31;
/** By the allowed ranges, which are kept as long as the view that they were read for. */
const complements = new WeakMap<Ranges, Ranges>();

/** The chunks that do not count, in ascending order where the allowed ones are. */
export function hiddenOf({ kind, ranges }: Visible): Ranges {
  if (kind === "hidden") return ranges;
  const known = complements.get(ranges);
  if (known !== undefined) return known;
  const made = complementOf(ranges);
  complements.set(ranges, made);
  return made;
}

function complementOf(ranges: Ranges): Ranges {
  const hidden: [number, number][] = [];
  let from = 0;
  for (const [first, count] of ranges.toSorted((one, other) => one[0] - other[0])) {
    if (first > from) hidden.push([from, first - from]);
    from = Math.max(from, first + count);
  }
  hidden.push([from, END - from]);
  return hidden;
}
