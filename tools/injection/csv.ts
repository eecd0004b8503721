/** Rows of a CSV text, quoted fields with doubled quotes and line breaks included. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const symbol = text[at] ?? "";
    if (isQuoted) {
      if (symbol !== '"') field += symbol;
      else if (text[at + 1] === '"') {
        field += '"';
        at++;
      } else isQuoted = false;
    } else if (symbol === '"') isQuoted = true;
    else if (symbol === "," || symbol === "\n") {
      row.push(field.replace(/\r$/, ""));
      field = "";
      if (symbol === "\n") {
        rows.push(row);
        row = [];
      }
    } else field += symbol;
  }
  if (field !== "" || row.length > 0) rows.push([...row, field]);
  return rows;
}

/** The named column of a CSV text with a header row. */
export function readColumn(text: string, name: string): readonly string[] {
  const [header = [], ...rows] = parseCsv(text);
  const at = header.indexOf(name);
  if (at < 0) throw new Error(`no column ${name}`);
  return rows.map((row) => row[at] ?? "").filter((value) => value !== "");
}
