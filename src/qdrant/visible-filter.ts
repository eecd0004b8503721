/** Chunk numbers: everything but these ranges, or only these. */
export type Visible = {
  readonly kind: "hidden" | "allowed";
  readonly ranges: readonly (readonly [first: number, count: number])[];
};

type Range = { readonly key: "no"; readonly range: { readonly gte: number; readonly lt: number } };
export type Filter = {
  readonly must: [{ readonly key: "of"; readonly match: { readonly value: string } }];
  readonly should?: Range[];
  readonly must_not?: Range[];
};

/** What a search or deletion is narrowed to, as Qdrant's filter: conditions of the search itself. */
export function toFilter(group: string, { kind, ranges }: Visible): Filter {
  const must: Filter["must"] = [{ key: "of", match: { value: group } }];
  const conditions = joinRanges(ranges).map(([first, past]): Range => ({ key: "no", range: { gte: first, lt: past } }));
  // An empty list of alternatives would be no condition at all.
  if (kind === "allowed" && conditions.length === 0) throw new RangeError("nothing may be seen: there is nothing to ask for");
  if (kind === "allowed") return { must, should: conditions };
  return conditions.length === 0 ? { must } : { must, must_not: conditions };
}

/** Ranges that touch or overlap as one, ascending; the end excluded. */
export function joinRanges(ranges: Visible["ranges"]): readonly (readonly [first: number, past: number])[] {
  const joined: [number, number][] = [];
  for (const [first, count] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = joined.at(-1);
    if (last !== undefined && first <= last[1]) last[1] = Math.max(last[1], first + count);
    else joined.push([first, first + count]);
  }
  return joined;
}
