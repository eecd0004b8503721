import { bands } from "./pdf-fragment.ts";
import type { Fragment } from "./pdf-fragment.ts";

/** A line of a region, cut where its gaps are wide: the cells of a table's row, or one. */
export type Row = { readonly cells: readonly Fragment[]; readonly isTable: boolean };

/** Cells of a column begin, end or stand on one line, within this many heights of the font. */
const ALIGNED = 0.7;

/** The lines of a region from the top. Rows of two cells or more that stand under each other are a table. */
export function rowsOf(region: readonly Fragment[]): readonly Row[] {
  const rows = bands(region).map((band) => band.toSorted((one, other) => one.left - other.left));
  const isTable = rows.map((row, at) => isUnder(rows[at - 1], row) || isUnder(row, rows[at + 1]));
  const made: Row[] = [];
  for (const [at, cells] of rows.entries()) {
    const above = made.at(-1);
    const wrapped = above?.isTable === true && isTable[at] === false ? continueCell(above.cells, cells) : undefined;
    if (wrapped !== undefined) made[made.length - 1] = { cells: wrapped, isTable: true };
    else made.push({ cells: cells.some((cell) => cell.rightToLeft) ? cells.toReversed() : cells, isTable: isTable[at] === true });
  }
  return made;
}

function isUnder(above: readonly Fragment[] | undefined, below: readonly Fragment[] | undefined): boolean {
  if (above === undefined || below === undefined || above.length < 2 || below.length < 2) return false;
  const shared = below.filter((cell) => above.some((other) => isAligned(cell, other))).length;
  return shared >= Math.min(above.length, below.length, 2) && !isFar(above, below);
}

const isAligned = (one: Fragment, other: Fragment): boolean =>
  [one.left - other.left, one.right - other.right, (one.left + one.right - other.left - other.right) / 2].some(
    (difference) => Math.abs(difference) < ALIGNED * one.size,
  );

const isFar = (above: readonly Fragment[], below: readonly Fragment[]): boolean =>
  (below[0]?.y ?? 0) - (above[0]?.y ?? 0) > 4 * (below[0]?.size ?? 1);

/** A line that goes on with a cell above it, other than the first: there a new row begins. */
function continueCell(above: readonly Fragment[], cells: readonly Fragment[]): readonly Fragment[] | undefined {
  const [only, ...more] = cells;
  if (only === undefined || more.length > 0) return undefined;
  const at = above.findIndex((cell) => Math.abs(cell.left - only.left) < ALIGNED * only.size);
  const cell = above[at];
  if (cell === undefined || at === 0 || only.y - cell.y > 1.6 * only.size) return undefined;
  return above.map((one, index) => (index === at ? { ...one, text: `${one.text} ${only.text}`, y: only.y } : one));
}
