import { format, isDateFormat } from "numfmt";
import { readXml, walkXml } from "./docx-xml.ts";
import type { Zip } from "./zip.ts";

/** Formats that files name by a number only. Dates that Excel writes in the reader's own order are written so that none can be mistaken. */
const BUILT_IN: Readonly<Record<number, string>> = {
  1: "0",
  2: "0.00",
  3: "#,##0",
  4: "#,##0.00",
  9: "0%",
  10: "0.00%",
  11: "0.00E+00",
  12: "# ?/?",
  13: "# ??/??",
  14: "yyyy-mm-dd",
  15: "d-mmm-yy",
  16: "d-mmm",
  17: "mmm-yy",
  18: "h:mm AM/PM",
  19: "h:mm:ss AM/PM",
  20: "h:mm",
  21: "h:mm:ss",
  22: "yyyy-mm-dd h:mm",
  37: "#,##0;-#,##0",
  38: "#,##0;-#,##0",
  39: "#,##0.00;-#,##0.00",
  40: "#,##0.00;-#,##0.00",
  45: "mm:ss",
  46: "[h]:mm:ss",
  47: "mm:ss.0",
  48: "##0.0E+0",
  49: "@",
};
/** Longer ones are made to be slow. */
const CODE_CHARS_MAX = 255;

/** A number as its cell shows it; `style` is the cell's, by its place in the list of styles. */
export type ShowNumber = (value: number, style: number) => string;

/** `from1904`: days are counted from 1904, as on the first Macs. */
export function readFormats(zip: Zip, part: string | undefined, from1904: boolean): ShowNumber {
  const codes = part === undefined ? [] : readCodes(zip, part);
  const dates = codes.map((code) => code !== undefined && isDateFormat(code));
  const shown = new Map<string, string>();
  return (value, style) => {
    const code = codes[style];
    if (code === undefined) return plainNumber(value);
    const key = `${style} ${value}`;
    const known = shown.get(key);
    if (known !== undefined) return known;
    const made = show(value, code, dates[style] === true && from1904);
    if (shown.size < 10_000) shown.set(key, made);
    return made;
  };
}

/** Days between the two beginnings of time. */
const DAYS_1904 = 1462;

function show(value: number, code: string, shift: boolean): string {
  try {
    const text = format(code, shift ? value + DAYS_1904 : value, { throws: true }).trim();
    // A format may show nothing, or only signs that fill the cell. The number is there all the same.
    return /[\p{L}\p{N}]/u.test(text) ? text : plainNumber(value);
  } catch {
    return plainNumber(value);
  }
}

/** Without the last digits that binary fractions add: 0.1 + 0.2 is 0.3. */
const plainNumber = (value: number): string => String(Number(value.toPrecision(15)));

/** The format of each style of a cell. undefined: none of its own. */
function readCodes(zip: Zip, part: string): readonly (string | undefined)[] {
  const source = readXml(zip, part);
  const own = new Map<number, string>();
  const codes: (string | undefined)[] = [];
  let inCells = false;
  if (source === undefined) return codes;
  walkXml(source, {
    open(name, attribute) {
      if (name === "cellXfs") inCells = true;
      else if (name === "numFmt") own.set(Number(attribute("numFmtId")), attribute("formatCode") ?? "");
      else if (name === "xf" && inCells) {
        const id = Number(attribute("numFmtId") ?? 0);
        const code = own.get(id) ?? BUILT_IN[id];
        codes.push(code === undefined || code.length > CODE_CHARS_MAX || /^(?:general|@)$/i.test(code) ? undefined : code);
      }
    },
    close: (name) => void (name === "cellXfs" && (inCells = false)),
  });
  return codes;
}
