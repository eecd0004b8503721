/** Levels of values in values. Deeper ones are cut off: nothing may get past the scrubber by being nested. */
const DEPTH_MAX = 100;
const TOO_DEEP = "[too deep]";

/**
 * A copy of a JSON value in which every text went through `scrub`: values, names of fields, and numbers by their digits (a card's number
 * may be one). A text that is JSON itself, such as the arguments of a tool, is scrubbed inside, because its escapes could hide what it says.
 */
export function scrubJson(value: unknown, scrub: (text: string) => string, depth = 0): unknown {
  if (depth > DEPTH_MAX) return TOO_DEEP;
  if (typeof value === "string") return scrubText(value, scrub, depth);
  if (typeof value === "number") {
    const text = String(value);
    const scrubbed = scrub(text);
    return scrubbed === text ? value : scrubbed;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => scrubJson(item, scrub, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  const fields = new Map<string, unknown>();
  for (const [name, inner] of Object.entries(value)) fields.set(freeName(scrub(name), fields), scrubJson(inner, scrub, depth + 1));
  return Object.fromEntries(fields);
}

/** Bytes of a file, a picture or sound: nobody can say what they hold, so they are not kept where content is scrubbed. */
const BYTES = /^(?:data:|[A-Za-z0-9+/_-]{256,}={0,2}$)/;
const NOT_KEPT = "[file]";

function scrubText(text: string, scrub: (text: string) => string, depth: number): string {
  if (BYTES.test(text)) return NOT_KEPT;
  const inner = parseContainer(text);
  return scrub(inner === undefined ? text : JSON.stringify(scrubJson(inner, scrub, depth + 1)));
}

/** The array or object that the text is the JSON of. */
function parseContainer(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Two names may have become the same one. */
function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} ${String(number)}`;
  return free;
}
