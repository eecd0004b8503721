import type { LedgerEvent, Reservation } from "../domain/event.ts";

/**
 * The database turns JSON strings into text, which cannot hold U+0000 or half of a surrogate pair. Both are written as escapes by
 * JSON.stringify, and nothing else common is, so one search finds the rare text that needs cleaning.
 */
export function toJournalJson(value: LedgerEvent | Reservation): string {
  const json = JSON.stringify(value);
  return json.includes("\\u") ? JSON.stringify(value, clean) : json;
}

const clean = (_name: string, value: unknown): unknown =>
  typeof value === "string" ? value.replaceAll("\u0000", "\uFFFD").toWellFormed() : value;

/** What a body of kind `e` was made from; `prev` is the journal's. The journal and the ledger check its hash before this is called. */
export function parseEvent(body: string): LedgerEvent {
  const value: unknown = JSON.parse(body);
  if (!isEvent(value)) throw new TypeError("the body is not an event");
  return value;
}

function isEvent(value: unknown): value is LedgerEvent {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  return (value.type === "call" || value.type === "refusal") && "tenantId" in value && "requestId" in value;
}

/** undefined where the text is not an event's: a damaged journal or row. */
export function tryParseEvent(body: string): LedgerEvent | undefined {
  try {
    return parseEvent(body);
  } catch {
    return undefined;
  }
}
