import Papa from "papaparse";
import type { Extracted } from "./extracted.ts";
import { tidyText } from "./extracted.ts";
import { createTable } from "./table.ts";
import { TEXT_CHARS_MAX, tooMuchText } from "./nest.ts";

/** Between values, in order of how likely they are where all else is equal. */
const DELIMITERS = [",", ";", "\t", "|"];
/** Lines that tell which of them it is. */
const LOOKED_AT = 30;
const LOOKED_AT_CHARS = 64 * 1024;
/** Excel writes it above the first row. */
const SEPARATOR = /^sep=([,;\t|])\r?\n/i;
/** No character of a text: a file with quotes that do not match has none. */
const NO_QUOTE = "\u0000";

/** Rows of a table, with its header above every few of them. The delimiter is told by the first lines; quotes that never end are plain characters. */
export function parseCsv(source: string): Extracted {
  const named = SEPARATOR.exec(source);
  const body = named === null ? source : source.slice(named[0].length);
  const delimiter = named?.[1] ?? guessDelimiter(body);
  const text = read(body, delimiter, '"') ?? read(body, delimiter, NO_QUOTE) ?? "";
  return { title: undefined, text: tidyText(text) };
}

/** undefined: a quote is left open. */
function read(source: string, delimiter: string, quoteChar: string): string | undefined {
  const pieces: string[] = [];
  let chars = 0;
  const table = createTable((text) => {
    pieces.push(text);
    chars += text.length;
    if (chars > TEXT_CHARS_MAX) throw tooMuchText();
  });
  let isOpen = false;
  Papa.parse<string[]>(source, {
    delimiter,
    quoteChar,
    step: ({ data, errors }, parser) => {
      if (errors.some(({ code }) => code === "MissingQuotes")) {
        isOpen = true;
        parser.abort();
      } else table.row(data);
    },
  });
  table.end();
  return isOpen ? undefined : pieces.join("");
}

/** The one that stands in the first line, and as often in most of the others: a comma inside of some values does not. */
function guessDelimiter(source: string): string {
  const lines = source
    .slice(0, LOOKED_AT_CHARS)
    .replace(/"[^"]{0,2000}"/g, "")
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== "")
    .slice(0, LOOKED_AT);
  let best = { delimiter: ",", alike: 0, count: 0 };
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => line.split(delimiter).length - 1);
    const [count = 0] = counts;
    const alike = count === 0 ? 0 : counts.filter((one) => one === count).length;
    if (alike > best.alike || (alike === best.alike && count > best.count)) best = { delimiter, alike, count };
  }
  return best.delimiter;
}
