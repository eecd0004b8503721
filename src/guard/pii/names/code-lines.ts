import { GAP_LINE, SHAPE_DIGIT, SHAPE_TECHNICAL, type Tokens } from "./tokens.ts";

/** Marks that prose does not have. */
const SURE = /\w::\w|==|!=|&&|\+=|\w\(\)/u;
/** Marks that prose may have, one at a time: "Anna; Bob;", "let Anna know", "London -> Paris", "name = Anna". Two together are code. */
const ENDING = /(?:[;{}]|\)\s*[:{]?)\s*$/u;
const KEYWORD =
  /^\s*(?:import|use|from|def|class|return|const|let|var|fn|pub|impl|public|private|static|void|func|package|namespace|#include|#define|@\w+)\b/u;
const ARROW = /=>|->| = /u;
const HINT = /[={}]|\w\(|<\w+>|\w\.\w+\.\w/u;

/** A line longer than this is looked at no further for marks of code: bounded work a line. */
const LINE_CHARS_MAX = 400;
const NEW_LINE = 10;

function isCode(line: string): boolean {
  if (SURE.test(line)) return true;
  if (!HINT.test(line)) return false;
  return ENDING.test(line.slice(-40)) || KEYWORD.test(line) || (ARROW.test(line) && /[;({[]/u.test(line));
}

/** Where a comment starts in a line of code; its length without one. */
function commentStart(line: string): number {
  const at = line.search(/\/\/|\/\*|^\s*\*|(?:^|\s)#\s|--\s/u);
  return at < 0 ? line.length : at;
}

/** Says whether a char of a line stands in a string; asked from left to right. */
function createStringReader(line: string): (at: number) => boolean {
  let quote = "";
  let char = 0;
  return (at) => {
    for (; char < at; char++) {
      const mark = line.charAt(char);
      if (quote === "") quote = mark === '"' || mark === "'" || mark === "`" ? mark : "";
      else if (mark === quote) quote = "";
    }
    return quote !== "";
  };
}

/** Within a line of code, only strings and comments are read as text; the line has words `first` to `past`. */
function markLine(line: string, from: number, tokens: Tokens, [first, past]: readonly [number, number]): void {
  const comment = commentStart(line);
  if (!isCode(line.slice(0, comment))) return;
  const isInString = createStringReader(line);
  for (let at = first; at < past; at++) {
    const start = (tokens.start[at] ?? 0) - from;
    if (start < comment && !isInString(start) && tokens.shape[at] !== SHAPE_DIGIT) tokens.shape[at] = SHAPE_TECHNICAL;
  }
}

/** Where a line that has a word from `start` to `end` begins and stops; what stands before and after its words is looked at for so far. */
const EDGE_CHARS_MAX = 80;

function lineStart(text: string, start: number): number {
  const least = Math.max(0, start - EDGE_CHARS_MAX);
  let at = start;
  while (at > least && text.charCodeAt(at - 1) !== NEW_LINE) at--;
  return at;
}

function lineEnd(text: string, end: number): number {
  const most = Math.min(text.length, end + EDGE_CHARS_MAX);
  let at = end;
  while (at < most && text.charCodeAt(at) !== NEW_LINE) at++;
  return at;
}

/** Makes the words of program code technical, line by line, so that types and variables are no names. */
export function markCode(text: string, tokens: Tokens): void {
  for (let first = 0; first < tokens.count;) {
    let past = first + 1;
    while (past < tokens.count && tokens.gap[past] !== GAP_LINE) past++;
    const start = tokens.start[first] ?? 0;
    const end = tokens.end[past - 1] ?? 0;
    if (end - start <= LINE_CHARS_MAX) {
      const from = lineStart(text, start);
      markLine(text.slice(from, lineEnd(text, end)), from, tokens, [first, past]);
    }
    first = past;
  }
}
