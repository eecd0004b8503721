import { walkXml } from "./docx-xml.ts";
import type { Attributes } from "./docx-xml.ts";
import { Unreadable } from "./refusal.ts";
import type { ShowNumber } from "./xlsx-formats.ts";

/** What Excel itself has. */
const COLUMNS_MAX = 16_384;
/** Cells of one sheet with something in them: a full one of 500 columns and 10,000 rows. */
export const CELLS_MAX = 5_000_000;

/** A row with something in it; its number counts from 1. Empty cells before and between are "". */
export type SheetRow = { readonly no: number; readonly cells: readonly string[] };
export type SheetDeps = { readonly strings: readonly string[]; readonly show: ShowNumber };

type Cell = { column: number; type: string; style: number; value: string; formula: string; hasValue: boolean };

/** Tells of each row with something in it, in order. Throws Unreadable. */
export function walkSheet(source: string, deps: SheetDeps, onRow: (row: SheetRow) => void): void {
  let cells: string[] = [];
  let rowNo = 0;
  let cell: Cell | undefined;
  let into: "value" | "formula" | undefined;
  let count = 0;
  walkXml(source, {
    open(name, attribute) {
      if (name === "row") {
        rowNo = Number(attribute("r") ?? rowNo + 1);
        cells = [];
      } else if (name === "c") cell = openCell(attribute, cells.length);
      else if (name === "v" || name === "t") into = "value";
      else if (name === "f") into = "formula";
      // How a word of another script is said stands above it.
      else if (name === "rPh") into = undefined;
    },
    text(text) {
      if (cell === undefined || into === undefined) return;
      if (into === "formula") cell.formula += text;
      else {
        cell.value += text;
        cell.hasValue = true;
      }
    },
    close(name) {
      if (name === "v" || name === "t" || name === "f") into = undefined;
      else if (name === "c" && cell !== undefined) {
        const text = textOf(cell, deps);
        if (text !== "") {
          if (++count > CELLS_MAX) throw new Unreadable(`A sheet has more than ${CELLS_MAX} cells. Split it.`);
          while (cells.length < cell.column) cells.push("");
          cells[cell.column] = text;
        }
        cell = undefined;
      } else if (name === "row" && cells.length > 0) onRow({ no: rowNo, cells });
    },
  });
}

function openCell(attribute: Attributes, next: number): Cell {
  const column = columnOf(attribute("r") ?? "") ?? next;
  if (column >= COLUMNS_MAX) throw new Unreadable(`A sheet has more than ${COLUMNS_MAX} columns, which no workbook has.`);
  return { column, type: attribute("t") ?? "n", style: Number(attribute("s") ?? 0), value: "", formula: "", hasValue: false };
}

/** `AB12` is in column 27, from 0. */
function columnOf(reference: string): number | undefined {
  let column = 0;
  let at = 0;
  for (; at < reference.length && at < 8; at++) {
    const letter = reference.charCodeAt(at) & ~32;
    if (letter < 65 || letter > 90) break;
    column = column * 26 + letter - 64;
  }
  return at === 0 ? undefined : column - 1;
}

function textOf(cell: Cell, { strings, show }: SheetDeps): string {
  const { type, value } = cell;
  // Written by a program that does not calculate: what is known of it is how it would be.
  if (!cell.hasValue) return cell.formula === "" ? "" : `=${cell.formula}`;
  if (type === "s") return strings[Number(value)] ?? "";
  if (type === "b") return value === "1" ? "TRUE" : "FALSE";
  if (type === "d") return value.replace("T00:00:00", "").replace("T", " ");
  const number = type === "n" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? show(number, cell.style) : value;
}
