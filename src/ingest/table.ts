/** Characters of rows after which the header stands again: two or three groups to a chunk, so that a chunk of any size has one near its beginning. */
const GROUP_CHARS = 900;
/** A longer header would be most of what is read. */
const HEADER_CHARS_MAX = 300;
/** A longer row is a record of its own, a line for each of its values: values that long are sentences. */
const ROW_CHARS_MAX = 600;
/** Names of columns are short. */
const NAME_CHARS_MAX = 80;

/** Told of the rows of tables in order, writes them as text. Empty cells at the end of a row go. */
export type Table = {
  row(cells: readonly string[]): void;
  /** The next row is the first of another table. */
  end(): void;
};

/** Writes each table's first row, where it names the columns, again above every few rows: whoever finds one row knows what stands in it. */
export function createTable(write: (text: string) => void): Table {
  let first: readonly string[] | undefined;
  let header: { readonly names: readonly string[]; readonly line: string } | undefined;
  let groupChars = 0;

  function writeRow(cells: readonly string[]): void {
    const chars = cells.reduce((sum, cell) => sum + cell.length + 3, 0);
    if (header !== undefined && chars > ROW_CHARS_MAX) {
      write(`\n${recordOf(header.names, cells)}\n\n`);
      groupChars = GROUP_CHARS;
      return;
    }
    if (groupChars >= GROUP_CHARS) {
      write(header === undefined ? "\n" : `\n${header.line}`);
      groupChars = 0;
    }
    const line = lineOf(cells);
    write(line);
    groupChars += line.length;
  }

  return {
    row(raw) {
      const cells = tidyCells(raw);
      if (cells.length === 0) return;
      if (first === undefined) {
        const alone = cells.filter((cell) => cell !== "");
        // A line above a table, or a list: no row of one.
        if (alone.length === 1) {
          write(`${alone[0] ?? ""}\n\n`);
          return;
        }
        // Whether it names columns shows in the next: a table of one row has no header.
        first = cells;
        return;
      }
      if (header === undefined && groupChars === 0) {
        const line = lineOf(first);
        if (namesColumns(first) && line.length <= HEADER_CHARS_MAX) header = { names: first, line };
        write(line);
        groupChars = 1;
      }
      writeRow(cells);
    },
    end() {
      if (first !== undefined && groupChars === 0) write(lineOf(first));
      if (first !== undefined) write("\n");
      first = undefined;
      header = undefined;
      groupChars = 0;
    },
  };
}

function tidyCells(raw: readonly string[]): readonly string[] {
  let length = raw.length;
  while (length > 0 && (raw[length - 1] ?? "").trim() === "") length -= 1;
  return raw.slice(0, length).map((cell) => (/[\s|]/.test(cell) ? cell.replace(/\s+/g, " ").replaceAll("|", "/").trim() : cell));
}

const lineOf = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;

function recordOf(names: readonly string[], cells: readonly string[]): string {
  const lines = cells.flatMap((cell, at) => (cell === "" ? [] : `${names[at] ?? `column ${at + 1}`}: ${cell}`));
  return lines.join("\n");
}

/** Different short words, none of them a number but a year. */
function namesColumns(cells: readonly string[]): boolean {
  const named = cells.filter((cell) => cell !== "");
  return (
    named.length > 1 &&
    new Set(named).size === named.length &&
    named.some((cell) => /\p{L}/u.test(cell)) &&
    named.every((cell) => cell.length <= NAME_CHARS_MAX && (/\p{L}/u.test(cell) || /^(?:19|20)\d\d$/.test(cell)))
  );
}
