import { isRightToLeft } from "./pdf-fragment.ts";
import type { Fragment } from "./pdf-fragment.ts";

/** Columns in columns: a page of five has depth four. */
const DEPTH_MAX = 6;
/** Fewer lines beside each other are no columns. */
const LINES_MIN = 3;
/** A column is text: its lines are long, and most of them fill it. */
const LINE_CHARS_MIN = 12;
const FILLED_MIN = 0.6;
const FILLED_SHARE_MIN = 0.5;
/** Places tried: a page's columns begin where most of its lines do. */
const EDGES_MAX = 6;

/** Regions of a page in the order in which they are read. Each is a column of lines, or of rows of a table. */
export function splitRegions(lines: readonly Fragment[], depth = 0): readonly (readonly Fragment[])[] {
  if (lines.length < 2 * LINES_MIN || depth >= DEPTH_MAX) return [lines];
  // Text that runs from right to left is read in columns from right to left: the same page in a mirror.
  const mirrored = isRightToLeft(lines);
  const seen = mirrored ? lines.map(mirror) : lines;
  for (const edge of columnEdges(seen)) {
    const found = cutAt(seen, edge);
    if (found === undefined) continue;
    return found.flatMap((part) => splitRegions(mirrored ? part.map(mirror) : part, depth + 1));
  }
  return [lines];
}

const mirror = (line: Fragment): Fragment => ({ ...line, left: -line.right, right: -line.left });

/** Where lines begin, other than at the left: most frequent first. */
function columnEdges(lines: readonly Fragment[]): readonly number[] {
  const counts = new Map<number, number>();
  const leftmost = Math.min(...lines.map((line) => line.left));
  for (const { left, size } of lines) {
    const place = Math.round(left / 2) * 2;
    if (left > leftmost + 4 * size) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count >= 2)
    .toSorted(([oneAt, one], [otherAt, other]) => other - one || oneAt - otherAt)
    .slice(0, EDGES_MAX)
    .map(([place]) => place);
}

/** The regions left and right of an edge, between the lines that run across. undefined: there are no two columns. */
function cutAt(lines: readonly Fragment[], edge: number): readonly (readonly Fragment[])[] | undefined {
  const sideOf = (line: Fragment): "left" | "right" | "across" =>
    line.left >= edge - 2 ? "right" : line.right <= edge - 0.3 * line.size ? "left" : "across";
  const left = lines.filter((line) => sideOf(line) === "left");
  const right = lines.filter((line) => sideOf(line) === "right");
  if (!isColumn(left) || !isColumn(right) || !standBeside(left, right)) return undefined;
  const regions: Fragment[][] = [];
  let band: { left: Fragment[]; right: Fragment[] } = { left: [], right: [] };
  let across: Fragment[] = [];
  const endBand = (): void => {
    for (const region of [band.left, band.right]) if (region.length > 0) regions.push(region);
    band = { left: [], right: [] };
  };
  const endAcross = (): void => {
    if (across.length > 0) regions.push(across);
    across = [];
  };
  for (const line of lines.toSorted((one, other) => one.y - other.y)) {
    const side = sideOf(line);
    if (side === "across" || goesOnAcross(across.at(-1), line, right)) {
      endBand();
      across.push(line);
    } else {
      endAcross();
      band[side].push(line);
    }
  }
  endBand();
  endAcross();
  return regions;
}

/** The last line of a paragraph or title that runs across is short, and has nothing beside it. */
function goesOnAcross(above: Fragment | undefined, line: Fragment, right: readonly Fragment[]): boolean {
  if (above === undefined || line.y - above.y > 1.5 * line.size || Math.abs(line.size - above.size) > 0.08 * above.size) return false;
  return right.every((other) => Math.abs(other.y - line.y) > 0.5 * line.size);
}

function isColumn(lines: readonly Fragment[]): boolean {
  if (lines.length < LINES_MIN) return false;
  const chars = lines.reduce((sum, line) => sum + line.text.length, 0);
  if (chars < lines.length * LINE_CHARS_MIN) return false;
  const width = Math.max(...lines.map((line) => line.right)) - Math.min(...lines.map((line) => line.left));
  const filled = lines.filter((line) => line.right - line.left >= FILLED_MIN * width).length;
  return filled >= FILLED_SHARE_MIN * lines.length;
}

/** A list under a paragraph that ends short also lies right of something, but not beside it. */
function standBeside(left: readonly Fragment[], right: readonly Fragment[]): boolean {
  const [top, bottom] = [Math.min(...left.map((line) => line.y)), Math.max(...left.map((line) => line.y))];
  return right.filter((line) => line.y >= top - line.size && line.y <= bottom + line.size).length >= LINES_MIN - 1;
}
