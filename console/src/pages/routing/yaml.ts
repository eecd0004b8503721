import { Document, isMap, isPair, isScalar, isSeq, parseDocument, visit } from "yaml";

/** Where something stands in a text. Lines count from 1. */
export type Spot = { readonly line: number; readonly offset: number };
export type Problem = Spot & { readonly message: string };
export type Format = "yaml" | "json";

export type Read =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Of a JSON pointer; the nearest thing around it where there is nothing. */ spotOf(pointer: string, into?: number): Spot;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads YAML, of which JSON is a part, and keeps where each thing stands. */
export function readText(text: string): Read {
  const document = parseDocument(text, { prettyErrors: false, strict: true });
  const spot = (offset: number): Spot => ({ offset, line: text.slice(0, offset).split("\n").length });
  if (document.errors.length > 0)
    return {
      ok: false,
      problems: document.errors.map(({ message, pos }) => ({ message, ...spot(Math.min(pos[0], text.trimEnd().length)) })),
    };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    return { ok: false, problems: [{ message: error instanceof Error ? error.message : String(error), ...spot(0) }] };
  }
  return { ok: true, value: value ?? {}, spotOf: (pointer, into = 0) => spot(offsetOf(document, pointer, into)) };
}

type Parsed = Document.Parsed;

function offsetOf(document: Parsed, pointer: string, into: number): number {
  const parts = pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const [at, part] of parts.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
      if (pair === undefined) return offset;
      node = pair.value;
      const key: unknown = pair.key;
      const isLast = at === parts.length - 1;
      const shown = isLast && into > 0 ? node : key;
      // Of a text between quotes, what is meant begins after the first one.
      const quote = shown === node && isScalar(node) && node.type?.startsWith("QUOTE") === true ? 1 : 0;
      if (isScalar(shown)) offset = (shown.range?.[0] ?? offset) + quote;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(part)];
      if (item === undefined) return offset;
      node = item;
      if (typeof item === "object" && item !== null && "range" in item && Array.isArray(item.range)) offset = Number(item.range[0]);
    } else return offset;
  }
  return offset + into;
}

/** Fields as people read them: the condition first, then where to. The database keeps them in an order of its own. */
const ORDER = ["when", "use", "trust", "pii", "context", "strategy", "weights", "sticky", "gate", "shadow", "explore", "warm"];

const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => rank(a) - rank(b))
      .map(([name, inner]) => [name, inOrder(inner)]),
  );
}

/** A body as text, always the same for the same body. Lists of names stand on one line, as people write them. */
export function writeText(value: unknown, format: Format): string {
  if (format === "json") return `${JSON.stringify(inOrder(value), null, 2)}\n`;
  const document = new Document(inOrder(value));
  visit(document, {
    Collection(_key, node) {
      const isFlat = node.items.every((item) => isScalar(item) || (isPair(item) && isScalar(item.value)));
      if (isSeq(node) && isFlat) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
