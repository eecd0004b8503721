import { isScalar, type Scalar } from "yaml";

/** Characters in the file that stand for the character of a double-quoted text at this backslash. */
function escapeLength(text: string, at: number): number {
  const kind = text[at + 1];
  if (kind === "x") return 4;
  if (kind === "u") return 6;
  return kind === "U" ? 10 : 2;
}

/**
 * Where in the file the character stands that is `into` characters into a text. undefined where that is hard to say: texts that are folded
 * over several lines.
 */
export function offsetInside(file: string, node: unknown, into: number): number | undefined {
  if (!isScalar(node) || node.range == null) return undefined;
  const [start, end] = node.range;
  const raw = file.slice(start, end);
  if (node.type === "BLOCK_LITERAL") return offsetInBlock(raw, start, node, into);
  if (raw.includes("\n")) return undefined;
  if (node.type === "PLAIN") return start + into;
  const isDouble = node.type === "QUOTE_DOUBLE";
  let at = 1;
  for (let seen = 0; seen < into && at < raw.length - 1; seen++) {
    if (isDouble && raw[at] === "\\") at += escapeLength(raw, at);
    else at += !isDouble && raw.startsWith("''", at) ? 2 : 1;
  }
  return start + at;
}

/** Lines of the block begin after its header, each with the indentation of the first. */
function offsetInBlock(raw: string, start: number, { value }: Scalar, into: number): number | undefined {
  if (typeof value !== "string") return undefined;
  const before = value.slice(0, into).split("\n");
  const lines = raw.split("\n");
  const indent = /^ */.exec(lines[1] ?? "")?.[0].length ?? 0;
  const line = before.length;
  const skipped = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  return start + skipped + indent + (before.at(-1)?.length ?? 0);
}
