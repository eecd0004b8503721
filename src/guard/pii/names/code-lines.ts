import { SHAPE_DIGIT, SHAPE_TECHNICAL, type Tokens } from "./tokens.ts";

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

/** Within a line of code, only strings and comments are read as text. Answers the first word after the line; `first` is its first. */
function markLine(line: string, from: number, tokens: Tokens, first: number): number {
  const comment = commentStart(line);
  let last = first;
  while (last < tokens.count && (tokens.start[last] ?? 0) < from + line.length) last++;
  if (!isCode(line.slice(0, comment))) return last;
  const isInString = createStringReader(line);
  for (let at = first; at < last; at++) {
    const start = (tokens.start[at] ?? 0) - from;
    if (start < comment && !isInString(start) && tokens.shape[at] !== SHAPE_DIGIT) tokens.shape[at] = SHAPE_TECHNICAL;
  }
  return last;
}

/** Makes the words of program code technical, line by line, so that types and variables are no names. */
export function markCode(text: string, tokens: Tokens): void {
  if (tokens.count === 0) return;
  const end = tokens.end[tokens.count - 1] ?? 0;
  let at = 0;
  while (at < tokens.count) {
    const from = text.lastIndexOf("\n", tokens.start[at] ?? 0) + 1;
    const found = text.indexOf("\n", tokens.start[at] ?? 0);
    const until = found < 0 ? Math.min(text.length, end + LINE_CHARS_MAX) : found;
    const begin = Math.max(from, (tokens.start[at] ?? 0) - LINE_CHARS_MAX);
    const before = at;
    if (until - begin <= LINE_CHARS_MAX) at = markLine(text.slice(begin, until), begin, tokens, at);
    else while (at < tokens.count && (tokens.start[at] ?? 0) < until) at++;
    if (at === before) at++;
  }
}
