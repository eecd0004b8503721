import { TEXT_CHARS_MAX, tooMuchText } from "./nest.ts";
import { Unreadable } from "./refusal.ts";
import { createTable } from "./table.ts";

/** Settings and answers of services nest some ten levels. */
const DEPTH_MAX = 64;
/** So much under one path is said line by line, with the path in each; more gets a heading. */
const FLAT_VALUES_MAX = 8;
/** Wider records are not read as rows. */
const COLUMNS_MAX = 40;
const KEY_CHARS_MAX = 100;
const PATH_CHARS_MAX = 200;
const LIST_CHARS_MAX = 400;
/** What an entry of a list is called by, where it has such a value. */
const NAMES = ["name", "title", "id", "key"];

type JsonRecord = Readonly<Record<string, unknown>>;
type Holder = readonly unknown[] | JsonRecord;
type Table = { readonly columns: readonly string[]; readonly records: readonly JsonRecord[] };

/** Text may be so many times its source: a path stands over what it leads to. More is made of paths alone. */
const GROWTH_MAX = 8;
const GROWTH_FROM_CHARS = 64 * 1024;

/** Writes values as text, and is bounded whatever they are: by itself, and by the length of what they came from. */
export function createJsonText(sourceChars: number) {
  const charsMax = GROWTH_FROM_CHARS + sourceChars * GROWTH_MAX;
  const pieces: string[] = [];
  let chars = 0;
  const write = (text: string): void => {
    pieces.push(text);
    chars += text.length;
    if (chars > TEXT_CHARS_MAX) throw tooMuchText();
    if (chars > charsMax) throw new Unreadable("The paths in the file are far longer than what they lead to, so it was not read.");
  };

  /** `path` is the whole one, `under` that below the heading. */
  function add(value: unknown, path: string, under: string, depth: number): void {
    if (depth > DEPTH_MAX) throw new Unreadable(`The file is nested more than ${DEPTH_MAX} levels deep.`);
    if (!isHolder(value)) {
      write(`${textOf(value)}\n\n`);
      return;
    }
    const table = tableOf(value);
    if (table === undefined) writeEntries(value, path, under, depth);
    else writeRows(table);
  }

  function writeRows({ columns, records }: Table): void {
    const table = createTable(write);
    write("\n");
    table.row(columns);
    for (const record of records) table.row(columns.map((name) => (Object.hasOwn(record, name) ? cellOf(record[name]) : "")));
    table.end();
  }

  /** Plain values first: they belong to what the heading names. */
  function writeEntries(holder: Holder, path: string, under: string, depth: number): void {
    const large: (readonly [string, Holder])[] = [];
    const inList = Array.isArray(holder);
    for (const [key, value] of Object.entries(holder)) {
      const [whole, short] = [pathTo(path, key, inList), pathTo(under, key, inList)];
      if (!isHolder(value)) write(inList && under === "" ? `- ${textOf(value)}\n` : `${short}: ${textOf(value)}\n`);
      else if (isShortList(value)) write(`${short}: ${cellOf(value)}\n`);
      else if (countValues(value) <= FLAT_VALUES_MAX && tableOf(value) === undefined) add(value, whole, short, depth + 1);
      else large.push([whole, value]);
    }
    for (const [whole, value] of large) {
      write(`\n${"#".repeat(Math.min(depth + 1, 6))} ${whole}${calledOf(value)}\n\n`);
      add(value, whole, "", depth + 1);
    }
  }

  return {
    add: (value: unknown): void => add(value, "", "", 0),
    finish: (): string => pieces.join(""),
  };
}

const isHolder = (value: unknown): value is Holder => typeof value === "object" && value !== null;
const isRecord = (value: unknown): value is JsonRecord => isHolder(value) && !Array.isArray(value);

const textOf = (value: unknown): string => (typeof value === "string" ? value : isHolder(value) ? JSON.stringify(value) : String(value));

const cellOf = (value: unknown): string => (Array.isArray(value) ? value.map(textOf).join(", ") : textOf(value));

const isShortList = (value: Holder): value is readonly unknown[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((one) => !isHolder(one)) &&
  value.reduce<number>((sum, one) => sum + textOf(one).length, 0) <= LIST_CHARS_MAX;

/** `orders[3].customer`; the end of a path that is too long. */
function pathTo(path: string, key: string, inList: boolean): string {
  const name = key.replace(/\s+/g, " ").slice(0, KEY_CHARS_MAX);
  const made = inList ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`;
  return made.length > PATH_CHARS_MAX ? `…${made.slice(-PATH_CHARS_MAX)}` : made;
}

function calledOf(record: Holder): string {
  if (!isRecord(record)) return "";
  const name = NAMES.map((key) => record[key]).find((one) => typeof one === "string" || typeof one === "number");
  return name === undefined ? "" : `: ${String(name).replace(/\s+/g, " ").slice(0, KEY_CHARS_MAX)}`;
}

/** Plain values anywhere in it, counted no further than matters. */
function countValues(value: unknown): number {
  let count = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0 && waiting.length + count <= FLAT_VALUES_MAX * 2) {
    const next = waiting.pop();
    count += 1;
    if (isHolder(next)) for (const one of firstOf(next)) waiting.push(one);
  }
  return waiting.length > 0 ? Number.POSITIVE_INFINITY : count;
}

const firstOf = (holder: Holder): readonly unknown[] =>
  Array.isArray(holder) ? holder.slice(0, FLAT_VALUES_MAX * 2) : Object.values(holder);

/** A list of records of one shape without anything nested in them. undefined: it is none. */
function tableOf(list: Holder): Table | undefined {
  if (!Array.isArray(list) || list.length < 2) return undefined;
  const names = new Set<string>();
  const records: JsonRecord[] = [];
  let cells = 0;
  for (const record of list as readonly unknown[]) {
    if (!isRecord(record)) return undefined;
    for (const [name, value] of Object.entries(record)) {
      if (isHolder(value) && !isShortList(value)) return undefined;
      names.add(name);
      cells += 1;
    }
    if (names.size > COLUMNS_MAX) return undefined;
    records.push(record);
  }
  // Records that have little in common are no rows.
  return names.size > 1 && cells >= (names.size * list.length) / 2 ? { columns: [...names], records } : undefined;
}
