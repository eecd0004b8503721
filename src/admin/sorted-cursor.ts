import { Fault } from "../kernel/fault.ts";

/** Where a page of a sorted listing ended: the value that it is sorted by, and the id, which tells equal values apart. */
export type Place = readonly [value: string | number, id: string];

/** Orders that go by a number. */
const NUMBERS: ReadonlySet<string> = new Set(["cost", "calls", "last-used", "last-seen"]);
const ID = /^[a-z]{3}_[0-9a-v]{16,32}$/;

/** In the order of creation a cursor is the last id, as in every other listing. */
export function toCursor(next: Place | undefined, sort: string): string | undefined {
  if (next === undefined) return undefined;
  return sort === "created" ? next[1] : Buffer.from(JSON.stringify(next)).toString("base64url");
}

/** Throws `body_invalid` for what no listing in this order gave: the database would refuse it less kindly. */
export function parseCursor(cursor: string | undefined, sort: string): Place | undefined {
  if (cursor === undefined) return undefined;
  const place = sort === "created" ? [cursor, cursor] : tryParse(cursor);
  if (isPlace(place, sort)) return place;
  throw new Fault("body_invalid", { say: "The cursor is not one that this listing gave in this order.", param: "cursor" });
}

function tryParse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}

function isPlace(place: unknown, sort: string): place is Place {
  if (!Array.isArray(place) || place.length !== 2) return false;
  const [value, id]: unknown[] = place;
  if (typeof id !== "string" || !ID.test(id)) return false;
  if (NUMBERS.has(sort)) return Number.isSafeInteger(value);
  return typeof value === "string" && value.isWellFormed() && !value.includes("\0");
}
