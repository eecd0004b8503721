import type { Extracted } from "./extracted.ts";
import { firstHeading, tidyText } from "./extracted.ts";
import { readableInline } from "./markdown-inline.ts";

/** Longer lines are data, not prose, and are kept as they are: what is matched below stays cheap on any input. */
const LINE_CHARS_MAX = 20_000;
const HEADING_CHARS_MAX = 500;

const fence = /^(```+|~~~+)/;
const frontMatter = /^---\n([\s\S]{0,20000}?)\n---(?:\n|$)/;
const reference = /^\[[^\]\n]{1,200}\]:\s+\S+/;
const heading = /^(#{1,6})[ \t]+(\S.*)$/;
const delimiterCell = /^:?-+:?$/;

/** Keeps what a reader sees: link texts without addresses, no emphasis marks, no comments. Code stays as it is. */
export function parseMarkdown(source: string): Extracted {
  const plain = source.replace(/\r\n?/g, "\n");
  const front = frontMatter.exec(plain);
  const body = front === null ? plain : plain.slice(front[0].length);
  const text = tidyText(convertLines(withoutComments(body).split("\n")).join("\n"));
  return { title: frontTitle(front?.[1]) ?? firstHeading(text), text };
}

function frontTitle(front: string | undefined): string | undefined {
  const found = /^title:[ \t]*(.+)$/m.exec(front ?? "")?.[1]?.trim();
  const title = found?.replace(/^(["'])(.*)\1$/, "$2").trim();
  return title === "" ? undefined : title;
}

function withoutComments(text: string): string {
  let made = "";
  let at = 0;
  for (let start = text.indexOf("<!--"); start >= 0; start = text.indexOf("<!--", at)) {
    const end = text.indexOf("-->", start + 4);
    if (end < 0) break;
    made += text.slice(at, start);
    at = end + 3;
  }
  return made + text.slice(at);
}

function convertLines(lines: readonly string[]): string[] {
  const made: string[] = [];
  let closing: string | undefined;
  for (const line of lines) {
    const mark = fence.exec(line.trim())?.[1];
    if (closing !== undefined || mark !== undefined || line.length > LINE_CHARS_MAX) {
      made.push(line);
      if (closing === undefined) closing = mark;
      else if (mark?.startsWith(closing) === true) closing = undefined;
    } else convertLine(line.trimEnd(), made);
  }
  return made;
}

function convertLine(line: string, made: string[]): void {
  const text = line.trim();
  const above = (made.at(-1) ?? "").trim();
  if (/^(?:=+|-+)$/.test(text) && above !== "" && above.length <= HEADING_CHARS_MAX && !/^[#|>*\d-]/.test(above)) {
    // A line of text over a line of = or - is a heading.
    made[made.length - 1] = `${text.startsWith("=") ? "#" : "##"} ${above}`;
    made.push("");
  } else if (reference.test(text) || /^(?:-[ \t]*){3,}$|^(?:\*[ \t]*){3,}$|^(?:_[ \t]*){3,}$/.test(text)) {
    made.push("");
  } else if (text.length <= HEADING_CHARS_MAX && heading.test(text)) {
    const [, marks = "#", rest = ""] = heading.exec(text) ?? [];
    made.push("", `${marks} ${readableInline(withoutClosingMarks(rest))}`, "");
  } else if (text.includes("|") && (above.startsWith("|") || isRow(text))) {
    const cells = cellsOf(text);
    if (!cells.every((cell) => delimiterCell.test(cell))) made.push(`| ${cells.map(readableInline).join(" | ")} |`);
  } else {
    made.push(readableInline(line.replace(/^(?: {0,3}> ?){1,9}/, "").replace(/^(\s{0,99}[-*+]) \[[ xX]\] /, "$1 ")));
  }
}

const withoutClosingMarks = (text: string): string => (/\s#+$/.test(text) ? text.slice(0, text.trimEnd().search(/#+$/)).trimEnd() : text);

const isRow = (text: string): boolean => text.startsWith("|") || cellsOf(text).every((cell) => delimiterCell.test(cell));

function cellsOf(text: string): string[] {
  return text
    .replace(/^\|/, "")
    .replace(/\|$/, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.replaceAll("\\|", "/").trim());
}
