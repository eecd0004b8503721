import type { Unit } from "../../retrieve/index.ts";

/** A line of code that is not blank. */
export type CodeLine = {
  readonly start: number;
  readonly end: number;
  /** Without its indentation. */
  readonly text: string;
  /** How deep it stands; only whether it is deeper than another line's says something. */
  readonly level: number;
};

/** Code between two fences, or to the end of the text. */
export type CodeRegion = {
  readonly language: string;
  /** Its bodies stand in braces. */
  readonly isBraced: boolean;
  readonly lines: readonly CodeLine[];
};

const TAB_WIDTH = 4;
const fence = /^[ \t]*(?:```+|~~~+)[ \t]*([\w+#-]*)/;
/** Languages whose blocks are told by braces; where these do not come out even, or in any other language, indentation tells. */
const BRACES: ReadonlySet<string> = new Set(
  "javascript typescript java kotlin scala go rust c cpp csharp objectivec swift php perl dart groovy zig solidity css protobuf graphql powershell r".split(
    " ",
  ),
);
/** Where a single quote begins one character, or a name, and never a sentence. */
const CHARACTER_QUOTES: ReadonlySet<string> = new Set("java kotlin scala go rust c cpp csharp objectivec swift zig".split(" "));
const CHARACTER_CHARS_MAX = 12;

/** The stretches of code of a text, in order. */
export function codeRegions(text: string, units: readonly Unit[]): readonly CodeRegion[] {
  const regions: CodeRegion[] = [];
  let open: { language: string; units: Unit[] } | undefined;
  for (const unit of units) {
    if (unit.kind !== "code") continue;
    const mark = fence.exec(text.slice(unit.start, Math.min(unit.end, unit.start + 80)));
    if (open === undefined) open = { language: (mark?.[1] ?? "").toLowerCase(), units: [] };
    else if (mark !== null) {
      regions.push(toRegion(text, open));
      open = undefined;
    } else open.units.push(unit);
  }
  if (open !== undefined) regions.push(toRegion(text, open));
  return regions;
}

function toRegion(text: string, { language, units }: { language: string; units: readonly Unit[] }): CodeRegion {
  const lines = units.map(({ start, end }) => ({ start, end, text: text.slice(start, end), level: indentation(text, start) }));
  const isBraced = BRACES.has(language);
  const levels = isBraced ? braceLevels(lines, language) : undefined;
  return {
    language,
    isBraced,
    lines: levels === undefined ? lines : lines.map((line, at) => ({ ...line, level: levels[at] ?? 0 })),
  };
}

/** Units begin behind their indentation. */
function indentation(text: string, start: number): number {
  let width = 0;
  for (let at = start - 1; at >= 0 && text.charCodeAt(at) !== 10; at--) width += text.charCodeAt(at) === 9 ? TAB_WIDTH : 1;
  return width;
}

/** How many brackets are open where each line begins, those that it closes itself not counted. undefined: they do not come out even. */
function braceLevels(lines: readonly CodeLine[], language: string): readonly number[] | undefined {
  const levels: number[] = [];
  let depth = 0;
  let inComment = false;
  for (const { text } of lines) {
    const closing = /^[)\]}]*/.exec(text)?.[0].length ?? 0;
    levels.push(Math.max(0, depth - closing));
    const scanned = scanLine(text, inComment, language);
    depth += scanned.change;
    inComment = scanned.inComment;
    if (depth < 0) return undefined;
  }
  return depth === 0 && !inComment ? levels : undefined;
}

/** Brackets opened less brackets closed, outside of comments and of strings that end on their line. */
function scanLine(text: string, inCommentBefore: boolean, language: string): { readonly change: number; readonly inComment: boolean } {
  let inComment = inCommentBefore;
  let change = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (inComment) {
      const end = text.indexOf("*/", at);
      if (end < 0) return { change, inComment };
      inComment = false;
      at = end + 1;
    } else if (letter === "/" && text.charAt(at + 1) === "/") break;
    else if (letter === "/" && text.charAt(at + 1) === "*") {
      inComment = true;
      at += 1;
    } else if (letter === '"' || letter === "'" || letter === "`") at = skipString(text, at, language);
    else if (letter === "{" || letter === "(" || letter === "[") change += 1;
    else if (letter === "}" || letter === ")" || letter === "]") change -= 1;
  }
  return { change, inComment };
}

/** The position of the quote that ends a string; the same where none does, and it is no string. */
function skipString(text: string, from: number, language: string): number {
  const quote = text.charAt(from);
  const short = quote === "'" && CHARACTER_QUOTES.has(language);
  const limit = Math.min(text.length, from + (short ? CHARACTER_CHARS_MAX : STRING_CHARS_MAX));
  for (let at = from + 1; at < limit; at++) {
    if (text.charAt(at) === "\\") at += 1;
    else if (text.charAt(at) === quote) return at;
  }
  return from;
}

/** Looked through once for each quote that nothing ends. */
const STRING_CHARS_MAX = 1000;
