/** Given a string and what it is called where it stands; gives what shall stand there instead. */
export type MapString = (text: string, name: string | undefined) => string;

/** A shorter number is no identifier. */
const DIGITS_MIN = 6;

/**
 * Every string of a JSON value, keys included, and every long number. What nothing changes is the same object as before. No key is left out, not
 * even where a protocol or a schema has a meaning for it: a name that says `type` may hold anything. The depth is that of a body, which
 * has a limit (`JSON_DEPTH_MAX`).
 */
export function mapJson(value: unknown, map: MapString, name?: string): unknown {
  if (typeof value === "string") return map(value, name);
  if (typeof value === "number") return mapNumber(value, map, name);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return mapListOf(value, map, name);
  let changed = false;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    // Names of properties stand here as they do in the schema's properties, so that both become the same.
    const to: [string, unknown] = [map(key, undefined), mapJson(inner, map, key === "required" ? undefined : key)];
    changed ||= to[0] !== key || to[1] !== inner;
    return to;
  });
  return changed ? Object.fromEntries(entries) : value;
}

function mapListOf(list: readonly unknown[], map: MapString, name: string | undefined): unknown {
  const mapped = list.map((inner) => mapJson(inner, map, name));
  return mapped.some((inner, at) => inner !== list[at]) ? mapped : list;
}

function mapNumber(value: number, map: MapString, name: string | undefined): unknown {
  const text = String(value);
  if (text.length < DIGITS_MIN) return value;
  const to = map(text, name);
  return to === text ? value : to;
}

/** Strings and numbers as they are written. A quote that nothing closes, which JSON does not have, takes the rest of the text. */
const TOKEN = /"(?:[^"\\]|\\[^])*(?:"|\\?$)|-?\d[\d.eE+-]*/g;

/**
 * The same for JSON that is a text, such as a tool's arguments: what does not change stays as it was written, digits of long numbers
 * included. JSON on each line is read line by line; a text that is no JSON is mapped as a whole.
 */
export function mapJsonText(text: string, map: MapString): string {
  if (isJson(text)) return mapTokens(text, map);
  const lines = text.split("\n");
  if (lines.length > 1 && lines.every((line) => line.trim() === "" || isJson(line)))
    return lines.map((line) => mapTokens(line, map)).join("\n");
  return mapPlain(text, map);
}

/** A character that is written as JSON and many programs write it, outside of JSON too: `\u0040`. */
const ESCAPE = /\\u([0-9a-fA-F]{4})/g;

/** A text; where it holds escapes it is looked at as it reads without them, and stays as it was where nothing is found. */
export function mapPlain(text: string, map: MapString, name?: string): string {
  if (!text.includes("\\u")) return map(text, name);
  const read = text.replaceAll(ESCAPE, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const to = map(read, name);
  return to === read ? text : to;
}

function mapTokens(text: string, map: MapString): string {
  let name: string | undefined;
  let out = "";
  let from = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const end = index + token.length;
    const isString = token.startsWith('"');
    const was = isString ? readString(token) : token;
    const isKey = isString && /^\s*:/.test(text.slice(end, end + 16));
    const to = !isString && token.length < DIGITS_MIN ? was : map(was, isKey ? undefined : name);
    if (isKey) name = was;
    if (to === was) continue;
    out += text.slice(from, index) + JSON.stringify(to);
    from = end;
  }
  return from === 0 ? text : out + text.slice(from);
}

const readString = (token: string): string => {
  const read: unknown = JSON.parse(token);
  return typeof read === "string" ? read : token;
};

export function isJson(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
