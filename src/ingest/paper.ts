/** Keeps lines apart and the cells of a row together. In a cell there are no lines, only blanks. */
export function createPaper() {
  const out: string[] = [];
  let endedBy = 2;
  let cells: string[] | undefined;

  const write = (text: string): void => {
    if (text === "") return;
    if (cells === undefined) {
      out.push(text);
      endedBy = text.endsWith("\n") ? 1 : 0;
    } else if (cells.length > 0) cells.push(`${cells.pop() ?? ""}${text}`);
  };
  /** Makes sure that so many line breaks end what was written. */
  const breakLine = (lines: number): void => {
    if (cells !== undefined) write(" ");
    else if (endedBy < lines) {
      out.push("\n".repeat(lines - endedBy));
      endedBy = lines;
    }
  };
  const closeRow = (): void => {
    const row = cells;
    cells = undefined;
    if (row === undefined || row.every((cell) => cell.trim() === "")) return;
    breakLine(1);
    write(`| ${row.map((cell) => cell.replace(/\s+/g, " ").replaceAll("|", "/").trim()).join(" | ")} |`);
    breakLine(1);
  };

  return {
    write,
    breakLine,
    closeRow,
    openRow(): void {
      closeRow();
      cells = [];
    },
    openCell: (): void => void cells?.push(""),
    heading(level: number): void {
      breakLine(2);
      if (cells === undefined) write(`${"#".repeat(level)} `);
    },
    flow(text: string): void {
      const flat = text.replace(/\s+/g, " ");
      const before = cells === undefined ? (endedBy > 0 ? "\n" : (out.at(-1) ?? "")) : (cells.at(-1) ?? "");
      write(/\s$/.test(before) ? flat.trimStart() : flat);
    },
    finish(): string {
      closeRow();
      return out.join("");
    },
  };
}

export type Paper = ReturnType<typeof createPaper>;
