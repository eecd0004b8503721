/** One line of two texts beside each other. `undefined`: it has none there. */
export type DiffRow =
  | { readonly kind: "same"; readonly left: number; readonly right: number; readonly line: string }
  | { readonly kind: "changed"; readonly left: Side | undefined; readonly right: Side | undefined };
type Side = { readonly number: number; readonly line: string };

/** Beyond this the table of the longest common part grows too large; what lies between equal ends is then told as changed. */
const LINES_MAX = 1500;

/** Two texts line by line: the longest common subsequence stays, the rest stands side by side. */
export function diffLines(before: string, after: string): DiffRow[] {
  const [a, b] = [before.trimEnd().split("\n"), after.trimEnd().split("\n")];
  const rows: DiffRow[] = [];
  let removed: Side[] = [];
  let added: Side[] = [];
  const flush = (): void => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) rows.push({ kind: "changed", left: removed[at], right: added[at] });
    [removed, added] = [[], []];
  };
  let [i, j] = [0, 0];
  for (const [left, right] of common(a, b)) {
    for (; i < left; i++) removed.push({ number: i + 1, line: a[i] ?? "" });
    for (; j < right; j++) added.push({ number: j + 1, line: b[j] ?? "" });
    flush();
    rows.push({ kind: "same", left: ++i, right: ++j, line: a[left] ?? "" });
  }
  for (; i < a.length; i++) removed.push({ number: i + 1, line: a[i] ?? "" });
  for (; j < b.length; j++) added.push({ number: j + 1, line: b[j] ?? "" });
  flush();
  return rows;
}

/** Pairs of places with equal lines, in order. */
function common(a: readonly string[], b: readonly string[]): [number, number][] {
  if (a.length > LINES_MAX || b.length > LINES_MAX) return ends(a, b);
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i * width + j] =
        a[i] === b[j] ? (best[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(best[(i + 1) * width + j] ?? 0, best[i * width + j + 1] ?? 0);
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if ((best[(i + 1) * width + j] ?? 0) >= (best[i * width + j + 1] ?? 0)) i++;
    else j++;
  }
  return pairs;
}

function ends(a: readonly string[], b: readonly string[]): [number, number][] {
  const shorter = Math.min(a.length, b.length);
  let first = 0;
  while (first < shorter && a[first] === b[first]) first++;
  let last = 0;
  while (last < shorter - first && a.at(-1 - last) === b.at(-1 - last)) last++;
  return [
    ...Array.from({ length: first }, (_, at): [number, number] => [at, at]),
    ...Array.from({ length: last }, (_, at): [number, number] => [a.length - last + at, b.length - last + at]),
  ];
}
