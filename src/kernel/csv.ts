/** A value of a CSV file; null is an empty field. */
export type CsvValue = string | number | boolean | null;

/** What a spreadsheet takes for the beginning of a formula, also behind white space that it skips. */
const FORMULA = /^[\s\u200B\uFEFF]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u;
/** The same within a text, where a spreadsheet that separates by something else (`;` in much of Europe) begins a cell. */
const FORMULA_WITHIN = /([;\t\r\n][\s"\u200B\uFEFF]*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/gu;
const QUOTED = /[",\r\n]/;

/**
 * One record as RFC 4180 has it. A text that a spreadsheet would run as a formula gets an apostrophe before it, which makes it a text;
 * numbers stay as they are.
 */
export const toCsvLine = (values: readonly CsvValue[]): string => `${values.map(toField).join(",")}\r\n`;

function toField(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const within = value.replaceAll(FORMULA_WITHIN, "$1'");
  const safe = FORMULA.test(value) ? `'${within}` : within;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
