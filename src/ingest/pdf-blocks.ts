import { isRightToLeft } from "./pdf-fragment.ts";
import type { Fragment } from "./pdf-fragment.ts";
import { rowsOf } from "./pdf-rows.ts";
import type { Row } from "./pdf-rows.ts";

/** A paragraph, an item of a list, or a row of a table. */
export type Block = { readonly kind: "text" | "item" | "row"; readonly text: string; readonly size: number; readonly lines: number };

const bullet = /^[•◦▪▫‣●○■□–—*-]\s+(?=\S)/;
const numbered = /^(?:\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.?)\s+\S/;
/** More space than this, against the usual distance of lines, parts paragraphs. */
const PARAGRAPH_GAP = 1.25;
/** Heights of the font that a first line is moved in by. */
const INDENT = 0.8;
/** A line that ends a sentence and leaves this share of the width free ends its paragraph. */
const SHORT = 0.15;

type Line = { readonly text: string; readonly left: number; readonly right: number; readonly y: number; readonly size: number };

/** The paragraphs and table rows of one region of a page. `keepsHyphen` knows compounds that are written with one. */
export function blocksOf(region: readonly Fragment[], keepsHyphen: (compound: string) => boolean): readonly Block[] {
  const rows = rowsOf(region);
  // Text that runs from right to left begins and ends its lines as in a mirror.
  const lineOf = isRightToLeft(region) ? (row: Row): Line => mirrored(joinCells(row)) : joinCells;
  const shape = shapeOf(rows.map(lineOf));
  const blocks: Block[] = [];
  let open: { lines: Line[]; kind: "text" | "item" } | undefined;
  const end = (): void => {
    if (open !== undefined) blocks.push(toBlock(open, keepsHyphen));
    open = undefined;
  };
  for (const row of rows) {
    const line = lineOf(row);
    if (row.isTable) {
      end();
      blocks.push({ kind: "row", text: rowText(row), size: line.size, lines: 1 });
      continue;
    }
    const above = open?.lines.at(-1);
    const isItem = bullet.test(line.text) || (numbered.test(line.text) && beginsItem(above, line, shape));
    if (open !== undefined && above !== undefined && !isItem && !isParted(above, line, open, shape)) open.lines.push(line);
    else {
      end();
      open = { lines: [line], kind: isItem ? "item" : "text" };
    }
  }
  end();
  return blocks;
}

type Shape = { readonly left: number; readonly right: number; readonly pitch: number };

/** Left and right edge of a region, and the usual distance of its lines against the height of its font. */
function shapeOf(lines: readonly Line[]): Shape {
  const steps = lines.flatMap((line, at) => {
    const above = lines[at - 1];
    return above === undefined ? [] : [(line.y - above.y) / line.size];
  });
  const sorted = steps.filter((step) => step > 0.5 && step < 3).toSorted((one, other) => one - other);
  return {
    left: Math.min(...lines.map((line) => line.left)),
    right: Math.max(...lines.map((line) => line.right)),
    pitch: sorted[Math.floor(sorted.length / 3)] ?? 1.2,
  };
}

const mirrored = (line: Line): Line => ({ ...line, left: -line.right, right: -line.left });

function joinCells({ cells }: Row): Line {
  const main = cells.reduce((one, other) => (other.text.length > one.text.length ? other : one));
  return {
    text: cells.map((cell) => cell.text).join(" "),
    left: Math.min(...cells.map((cell) => cell.left)),
    right: Math.max(...cells.map((cell) => cell.right)),
    y: main.y,
    size: main.size,
  };
}

const rowText = ({ cells }: Row): string => `| ${cells.map((cell) => cell.text.replaceAll("|", "/")).join(" | ")} |`;

/** A number may also begin a line by chance: `… no later than` / `30. June`. */
function beginsItem(above: Line | undefined, line: Line, shape: Shape): boolean {
  return (
    above === undefined || isShort(above, shape) || line.y - above.y > PARAGRAPH_GAP * shape.pitch * line.size || numbered.test(above.text)
  );
}

function isParted(above: Line, line: Line, open: { readonly lines: readonly Line[]; readonly kind: string }, shape: Shape): boolean {
  if (Math.abs(line.size - above.size) > 0.08 * above.size) return true;
  if (line.y - above.y > PARAGRAPH_GAP * Math.max(shape.pitch, 1) * line.size) return true;
  const first = open.lines[0] ?? above;
  if (open.kind === "text" && line.left - shape.left > INDENT * line.size && above.left - shape.left < 0.3 * line.size) return true;
  if (open.kind === "item" && line.left < first.left - 0.3 * line.size) return true;
  return isShort(above, shape) && /[.!?:。！？][”"’')\]]?$/.test(above.text);
}

const isShort = (line: Line, shape: Shape): boolean =>
  shape.right - line.right > SHORT * (shape.right - shape.left) || shape.right === shape.left;

function toBlock(
  open: { readonly lines: readonly Line[]; readonly kind: "text" | "item" },
  keepsHyphen: (compound: string) => boolean,
): Block {
  let text = "";
  for (const line of open.lines) text = joinLines(text, line.text, keepsHyphen);
  const size = open.lines[0]?.size ?? 0;
  return { kind: open.kind, text: open.kind === "item" ? text.replace(bullet, "- ") : text, size, lines: open.lines.length };
}

const ideograph = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}，。、；：？！]/u;

/** Words that a line's end parted are put together again; Chinese and Japanese have no blanks to begin with. */
export function joinLines(before: string, line: string, keepsHyphen: (compound: string) => boolean): string {
  if (before === "") return line;
  const [end, start] = [before.slice(-1), line.slice(0, 1)];
  if (end === "\u00ad") return before.slice(0, -1) + line;
  if (ideograph.test(end) && ideograph.test(start)) return before + line;
  const head = /\p{L}+-$/u.exec(before.slice(-40))?.[0];
  const tail = /^\p{Ll}+/u.exec(line.slice(0, 40))?.[0];
  if (head === undefined || tail === undefined)
    return /[–—/-]$/.test(before) && /\S[–—/-]$/.test(before) ? before + line : `${before} ${line}`;
  return keepsHyphen(`${head}${tail}`.toLowerCase()) ? before + line : before.slice(0, -1) + line;
}
