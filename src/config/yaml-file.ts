import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import type { Place, Problem } from "./problem.ts";
import { offsetInside } from "./yaml-text.ts";

/** A config file is a page; a megabyte is a mistake. */
const FILE_CHARS_MAX = 1024 * 1024;

export type PathPart = string | number;

export type YamlFile = {
  /** Plain data; an empty file is an empty map. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /**
   * Where the setting at `path` stands; the nearest enclosing one when it is missing. `key`: the key itself rather than its value. `into`:
   * UTF-16 offset into the text that the value is.
   */
  placeOf(path: readonly PathPart[], which?: "key" | "value", into?: number): Place;
};

/** `routes.auto[0].use[1]` */
export function renderPath(path: readonly PathPart[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${String(part)}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/** Parses a config file and keeps the positions. Nothing in a message quotes the file: a line may hold a secret. */
export function parseYamlFile(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const at = (offset: number, path: string): Place => {
    const { line, col } = lines.linePos(offset);
    return { in: "file", file, line: Math.max(1, line), column: Math.max(1, col), path };
  };
  if (text.length > FILE_CHARS_MAX) {
    const message = `is larger than ${String(FILE_CHARS_MAX)} characters; a config file is a page or two.`;
    return { value: {}, problems: [{ place: at(0, ""), message }], placeOf: () => at(0, "") };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
    place: at(error.pos[0], ""),
    message: `is not valid YAML: ${toSentence(error.code, error.message)}`,
  }));
  let value: unknown = {};
  if (problems.length === 0) {
    try {
      value = document.toJS() ?? {};
    } catch {
      // The library refuses documents whose aliases multiply without end.
      problems.push({ place: at(0, ""), message: "has aliases that refer to each other too often." });
    }
  }
  return {
    value,
    problems,
    placeOf: (path, which = "value", into = 0) => {
      const offset = findOffset(document, path, which);
      return at(into === 0 ? offset : (offsetInside(text, document.getIn(path, true), into) ?? offset), renderPath(path));
    },
  };
}

function toSentence(code: string, message: string): string {
  if (code === "DUPLICATE_KEY") return "the same key stands here twice.";
  const line = (message.split("\n")[0] ?? "").trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function findOffset(document: Document.Parsed, path: readonly PathPart[], which: "key" | "value"): number {
  let node = resolve(document, document.contents);
  let offset = startOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = findPair(node, part);
      if (pair === undefined) return offset;
      const keyOffset = startOf(pair.key) ?? offset;
      const value = pair.value;
      // A missing setting is looked for at its parent's key, so containers are placed there.
      const found = resolve(document, value);
      offset = last && which === "value" ? (startOf(value) ?? keyOffset) : keyOffset;
      node = found;
    } else if (isSeq(node)) {
      const item = typeof part === "number" ? node.items[part] : undefined;
      if (item === undefined) return offset;
      offset = startOf(item) ?? offset;
      node = resolve(document, item);
    } else {
      return offset;
    }
  }
  return offset;
}

function findPair(map: YAMLMap, part: PathPart): YAMLMap["items"][number] | undefined {
  return map.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(part));
}

function resolve(document: Document.Parsed, node: unknown): Node | null {
  if (isAlias(node)) return resolve(document, node.resolve(document));
  return isNode(node) ? node : null;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
