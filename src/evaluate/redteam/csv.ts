/**
 * Rows of a CSV text (RFC 4180) by the names in its first line. A quoted field may hold commas, line ends and doubled quotes. Throws where
 * one of the `needed` columns is not there.
 */
export function readCsv(text: string, needed: readonly string[] = []): Record<string, string>[] {
  const [head = [], ...rows] = readRows(text);
  for (const name of needed) if (!head.includes(name)) throw new Error(`no column ${name}`);
  return rows
    .filter((row) => row.length > 1 || row[0] !== "")
    .map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? ""])));
}

function readRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') [field, at] = readQuoted(text, at + 1);
    else {
      const end = fieldEnd(text, at);
      field = text.slice(at, end);
      at = end;
    }
    row.push(field);
    if (text[at] === ",") {
      at++;
      if (at === text.length) row.push("");
      continue;
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

function fieldEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== "," && text[at] !== "\n" && text[at] !== "\r") at++;
  return at;
}

function readQuoted(text: string, from: number): [field: string, next: number] {
  let field = "";
  let at = from;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return [field + text.slice(at), text.length];
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      const end = fieldEnd(text, quote + 1);
      return [field + text.slice(quote + 1, end), end];
    }
    field += '"';
    at = quote + 2;
  }
}
