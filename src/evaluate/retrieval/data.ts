import type { Judged } from "./metrics.ts";

export type Query = { readonly id: string; readonly text: string };

/** A line of a file that cannot be read. The message names the line. */
export class DataError extends Error {
  override readonly name = "DataError";
}

/** `id<tab>text` a line, or BEIR's JSON lines `{"_id", "text"}`. A first line `id<tab>text` or `query-id…` is a heading. */
export function parseQueries(text: string): readonly Query[] {
  const seen = new Set<string>();
  return linesOf(text).flatMap(({ line, number }) => {
    const query = line.startsWith("{") ? fromJson(line, number) : fromTabs(line, number);
    if (number === 1 && /^(?:id|qid|query[-_]?id|_id)$/i.test(query.id)) return [];
    if (query.text.trim() === "") throw new DataError(`line ${number}: the query ${query.id} has no text`);
    if (seen.has(query.id)) throw new DataError(`line ${number}: the query ${query.id} stands there twice`);
    seen.add(query.id);
    return [query];
  });
}

/** TREC's `query 0 document grade`, or BEIR's `query<tab>document<tab>grade` with or without a heading. By query, then document. */
export function parseJudgements(text: string): ReadonlyMap<string, Judged> {
  const judged = new Map<string, Map<string, number>>();
  for (const { line, number } of linesOf(text)) {
    const cells = line.includes("\t") ? line.split("\t").map((cell) => cell.trim()) : line.split(/\s+/);
    const [query, document, grade] = cells.length >= 4 ? [cells[0], cells[2], cells[3]] : cells;
    if (number === 1 && /^(?:qid|query)/i.test(query ?? "") && Number.isNaN(Number(grade))) continue;
    const value = Number(grade);
    if (query === undefined || document === undefined || document === "" || grade === undefined || !Number.isFinite(value))
      throw new DataError(`line ${number}: a judgement is "query 0 document grade" or "query<tab>document<tab>grade"`);
    const ofQuery = judged.get(query) ?? new Map<string, number>();
    judged.set(query, ofQuery.set(document, Math.max(value, ofQuery.get(document) ?? value)));
  }
  return judged;
}

function fromTabs(line: string, number: number): Query {
  const tab = line.indexOf("\t");
  if (tab <= 0) throw new DataError(`line ${number}: a query is "id<tab>text"`);
  return { id: line.slice(0, tab).trim(), text: line.slice(tab + 1).trim() };
}

function fromJson(line: string, number: number): Query {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new DataError(`line ${number} is not JSON`);
  }
  const read = (name: string): unknown => (typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined);
  const [id, said] = [read("_id") ?? read("id"), read("text") ?? read("query")];
  if ((typeof id !== "string" && typeof id !== "number") || typeof said !== "string")
    throw new DataError(`line ${number}: a query is {"_id": …, "text": …}`);
  return { id: String(id), text: said };
}

const linesOf = (text: string): readonly { readonly line: string; readonly number: number }[] =>
  text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .map((line, at) => ({ line: line.trimEnd(), number: at + 1 }))
    .filter(({ line }) => line.trim() !== "" && !line.startsWith("#"));
