import type { Param } from "./database.ts";

/** Both engines speak through these, in PostgreSQL's text format, so that a value is the same in both. */

export function encodeParam(param: Param): string | Uint8Array | null {
  if (param === null || typeof param === "string" || param instanceof Uint8Array) return param;
  if (typeof param === "object") return param instanceof Date ? param.toISOString() : encodeArray(param);
  return String(param);
}

function encodeArray(items: readonly (string | number | boolean | null)[]): string {
  let text = "{";
  for (const item of items) {
    if (text.length > 1) text += ",";
    text += typeof item === "string" ? `"${item.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : (item ?? "NULL");
  }
  return `${text}}`;
}

export type Decoder = (text: string) => unknown;

const asText: Decoder = (text) => text;
const asBoolean: Decoder = (text) => text === "t";
const asFloat: Decoder = Number;
const asJson: Decoder = (text) => JSON.parse(text);

/** int8 and numeric: a number where no digit is lost, else the text. */
function asExactNumber(text: string): number | string {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  return text.length <= 16 && Number.isFinite(value) && !Number.isInteger(value) ? value : text;
}

const TIMESTAMP = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::?(\d\d))?)?$/;

/** PostgreSQL's ISO form with an offset; years before 1 and infinity become an invalid date. */
function asDate(text: string): Date {
  const found = TIMESTAMP.exec(text);
  if (found === null) return new Date(Number.NaN);
  const part = (at: number): number => Number(found[at] ?? 0);
  const fractionMs = Math.floor(Number(`0.${found[7] ?? "0"}`) * 1000);
  const offsetMin = (found[8] === "-" ? -1 : 1) * (part(9) * 60 + part(10));
  return new Date(Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5) - offsetMin, part(6), fractionMs));
}

/** A copy of its own: Node's small buffers are slices of one that they share. */
function asBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), "hex"));
}

const SCALARS: Readonly<Record<number, Decoder>> = {
  16: asBoolean,
  17: asBytes,
  20: asExactNumber,
  21: asFloat,
  23: asFloat,
  26: asFloat,
  114: asJson,
  700: asFloat,
  701: asFloat,
  1184: asDate,
  1700: asExactNumber,
  3802: asJson,
};

/** Type of an array → type of its elements. */
const ELEMENTS: Readonly<Record<number, number>> = {
  199: 114,
  1000: 16,
  1001: 17,
  1002: 18,
  1003: 19,
  1005: 21,
  1007: 23,
  1009: 25,
  1015: 1043,
  1016: 20,
  1021: 700,
  1022: 701,
  1028: 26,
  1185: 1184,
  1231: 1700,
  2951: 2950,
  3807: 3802,
};

/** How a column of this type becomes a value: other types stay PostgreSQL's text. */
export function findDecoder(typeOid: number): Decoder {
  const element = ELEMENTS[typeOid];
  if (element === undefined) return SCALARS[typeOid] ?? asText;
  const item = SCALARS[element] ?? asText;
  return (text) => decodeArray(text, item);
}

function decodeArray(text: string, item: Decoder): unknown[] {
  if (text === "{}") return [];
  if (!text.includes('"') && !text.includes("{", 1)) {
    return text
      .slice(1, -1)
      .split(",")
      .map((raw) => (raw === "NULL" ? null : item(raw)));
  }
  return parseArray(text, item);
}

/** Quotes, escapes and nested arrays; `[2:4]={…}` bounds are dropped. */
function parseArray(text: string, item: Decoder): unknown[] {
  let at = text.indexOf("{");
  const readQuoted = (): string => {
    let raw = "";
    for (at++; text[at] !== '"'; at++) {
      if (text[at] === "\\") at++;
      raw += text[at] ?? "";
    }
    at++;
    return raw;
  };
  const readBare = (): unknown => {
    const start = at;
    while (text[at] !== "," && text[at] !== "}") at++;
    const raw = text.slice(start, at);
    return raw === "NULL" ? null : item(raw);
  };
  const readList = (): unknown[] => {
    const list: unknown[] = [];
    at++;
    while (at < text.length && text[at] !== "}") {
      if (text[at] === ",") at++;
      if (text[at] === '"') list.push(item(readQuoted()));
      else list.push(text[at] === "{" ? readList() : readBare());
    }
    at++;
    return list;
  };
  return readList();
}
