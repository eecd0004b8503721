import { printable } from "./terminal.ts";

/** Rows under their headings, in columns; numbers to the right. */
export function renderTable(headings: readonly string[], rows: readonly (readonly (string | number | undefined)[])[]): string {
  const texts = rows.map((row) => row.map((cell) => (cell === undefined ? "-" : printable(String(cell)))));
  const widths = headings.map((heading, at) => Math.max(heading.length, ...texts.map((row) => row[at]?.length ?? 0)));
  const isNumber = headings.map(
    (_, at) => rows.some((row) => typeof row[at] === "number") && rows.every((row) => typeof row[at] !== "string"),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (isNumber[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  return `${[headings, ...texts].map(line).join("\n")}\n`;
}

/** Micro-dollars as dollars, to the micro-dollar where there are any. */
export function dollars(microUsd: number): string {
  const text = (microUsd / 1_000_000).toFixed(6);
  return `$${text.replace(/0{1,4}$/, "")}`;
}
