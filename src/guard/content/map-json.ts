/** Given a string and what it is called where it stands; gives what shall stand there instead. */
export type MapString = (text: string, name: string | undefined) => string;

/** A shorter number is no identifier. */
const DIGITS_MIN = 6;

/** Words of a schema and of a protocol, where a changed name would break what refers to it. */
const STRUCTURE: ReadonlySet<string> = new Set(["$ref", "$schema", "$id", "type", "pattern", "format", "required"]);
/** What stands there all the same, when somebody hides an address or a number in it. */
const NO_STRUCTURE = /@|\d{6}/;

/**
 * Every string of a JSON value, keys included, and every long number. What nothing changes is the same object as before. The depth is that
 * of a body, which has a limit (`JSON_DEPTH_MAX`).
 */
export function mapJson(value: unknown, map: MapString, name?: string): unknown {
  if (typeof value === "string") return map(value, name);
  if (typeof value === "number") return mapNumber(value, map, name);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return mapListOf(value, map, name);
  let changed = false;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const to: [string, unknown] = STRUCTURE.has(key)
      ? [key, mapJson(inner, onlyHidden(map), key)]
      : [map(key, undefined), mapJson(inner, map, key)];
    changed ||= to[0] !== key || to[1] !== inner;
    return to;
  });
  return changed ? Object.fromEntries(entries) : value;
}

const onlyHidden =
  (map: MapString): MapString =>
  (text, name) =>
    NO_STRUCTURE.test(text) ? map(text, name) : text;

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

/** Strings and numbers as they are written. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * The same for JSON that is a text, such as a tool's arguments: what does not change stays as it was written, digits of long numbers
 * included. A text that is no JSON is mapped as a whole.
 */
export function mapJsonText(text: string, map: MapString): string {
  if (!isJson(text)) return map(text, undefined);
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
