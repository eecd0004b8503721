import type { Unit } from "../../retrieve/index.ts";
import { codeRegions } from "./code-lines.ts";
import type { CodeLine, CodeRegion } from "./code-lines.ts";

/** A function, class or the like of code, from the comment above it to its end. */
export type Definition = {
  readonly start: number;
  readonly end: number;
  /** Its first line without what opens its body. */
  readonly title: string;
  /** How many others it stands in. */
  readonly depth: number;
};

const TITLE_CHARS_MAX = 120;
/** More of a line says nothing of what it defines. */
const LINE_CHARS_MAX = 300;
const DEPTH_MAX = 8;
const SIGNATURE_LINES_MAX = 12;

const modifiers =
  "(?:(?:pub(?:\\([a-z: ]{1,30}\\))?|export|default|public|private|protected|internal|static|async|abstract|final|sealed|open|override|unsafe|const|inline|virtual|extern|partial|data|readonly|declare|local|suspend|template)\\s+){0,6}";
const container = new RegExp(
  `^${modifiers}(?:class|struct|enum|trait|impl|interface|namespace|module|mod|object|protocol|extension|record|union|contract|service|defmodule|@interface|@implementation)\\b`,
);
const callable = new RegExp(
  `^${modifiers}(?:fn|func|fun|def|defp|defmacro|function\\*?|sub|procedure|macro_rules!|type|message|macro)(?=[\\s(<])`,
);
const assigned = new RegExp(
  `^${modifiers}(?:(?:const|let|var|val)\\s+)?[\\w$.]{1,80}\\s*(?::[^=]{0,120})?(?:=|<-)\\s*(?:async\\s*)?(?:function\\b|\\([^()]{0,200}\\)\\s*(?::[^=]{1,80})?=>|[\\w$]{1,60}\\s*=>)`,
);
const ofSql =
  /^create\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+|unique\s+|materialized\s+)?(?:table|view|function|procedure|trigger|type|index)\b/i;
const ofSettings = /^\[{1,2}[^\]]{1,120}\]{1,2}$/;
const control =
  /^(?:if|else|for|foreach|while|do|switch|case|default|catch|try|finally|return|throw|new|delete|await|yield|using|lock|with|goto|sizeof|assert|defer|go|select|match|loop|unless|until|when|and|or|not|in|is|print|echo|raise|super|this|self)\b/;
/** Belongs to the definition that stands at the same depth above it. */
const continues =
  /^(?:[)\]}{]|end\b|where\b|throws\b|->|=>|:|extends\b|implements\b|else\b|elif\b|except\b|finally\b|catch\b|rescue\b|ensure\b|begin\b)/i;
/** What stands above a definition and belongs to it. */
const attached = /^(?:\/\/|\/\*|\*|#(?!include|define|if|el|end|undef|pragma)|@|--|;|"""|'''|\[\w|template\s*<)/;
/** Languages in which a function is told by its brackets alone. */
const BARE: ReadonlySet<string> = new Set("javascript typescript java c cpp csharp objectivec dart groovy solidity shell php".split(" "));

/** Definitions of all code of a text, in order, the outer before the inner. Time grows with the text. */
export const findDefinitions = (text: string, units: readonly Unit[]): readonly Definition[] =>
  codeRegions(text, units).flatMap(definitionsOf);

type Open = {
  readonly start: number;
  readonly title: string;
  readonly level: number;
  readonly depth: number;
  readonly isContainer: boolean;
  end: number;
  /** Lines of its signature that may still come before its body. 0: its body has begun, or it has none. */
  signature: number;
};

function definitionsOf({ language, isBraced, lines }: CodeRegion): readonly Definition[] {
  const found: Open[] = [];
  const open: Open[] = [];
  let above: number | undefined;
  for (const [at, line] of lines.entries()) {
    const begins = attached.test(line.text) || definesAnywhere(lines, at, language);
    for (let top = open.at(-1); top !== undefined && isPast(top, line, begins); top = open.at(-1)) open.pop();
    for (const one of open) one.end = line.end;
    const top = open.at(-1);
    if (top !== undefined) top.signature = endsSignature(line.text) ? 0 : Math.max(0, top.signature - 1);
    const kind = open.length < DEPTH_MAX ? defines(lines, at, language, top) : undefined;
    if (kind === undefined) {
      above = attached.test(line.text) ? (above ?? line.start) : undefined;
      continue;
    }
    const { text, level, end } = line;
    const signature = !isBraced || endsSignature(text) || text.includes("=") ? 0 : SIGNATURE_LINES_MAX;
    const made = {
      start: above ?? line.start,
      end,
      title: titleOf(text),
      level,
      depth: open.length,
      isContainer: kind === "container",
      signature,
    };
    found.push(made);
    open.push(made);
    above = undefined;
  }
  return found.map(({ start, end, title, depth }) => ({ start, end, title, depth }));
}

const endsSignature = (line: string): boolean => line.includes("{") || line.endsWith(";");

function isPast(top: Open, line: CodeLine, begins: boolean): boolean {
  if (line.level !== top.level) return line.level < top.level;
  return !continues.test(line.text) && (top.signature === 0 || begins);
}

/** Whether a line begins a definition wherever it stands. */
function definesAnywhere(lines: readonly CodeLine[], at: number, language: string): boolean {
  const text = lines[at]?.text.slice(0, LINE_CHARS_MAX) ?? "";
  return container.test(text) || callable.test(text) || (BARE.has(language) && assigned.test(text));
}

function defines(lines: readonly CodeLine[], at: number, language: string, inside: Open | undefined): "container" | "callable" | undefined {
  const text = lines[at]?.text.slice(0, LINE_CHARS_MAX) ?? "";
  if (language === "toml" || language === "ini") return ofSettings.test(text) ? "callable" : undefined;
  if (language === "sql") return ofSql.test(text) ? "callable" : undefined;
  // A declaration alone has no body to stand for.
  if (container.test(text)) return text.endsWith(";") && !text.includes("{") ? undefined : "container";
  if (callable.test(text) || assigned.test(text)) return "callable";
  return BARE.has(language) && (inside === undefined || inside.isContainer) && isBareFunction(lines, at, inside) ? "callable" : undefined;
}

/** `int main(int argc, char** argv) {` and `render(props) {`: a name before brackets, and a body behind them. */
function isBareFunction(lines: readonly CodeLine[], at: number, inside: Open | undefined): boolean {
  const text = lines[at]?.text.slice(0, LINE_CHARS_MAX) ?? "";
  const bracket = text.indexOf("(");
  if (bracket <= 0 || control.test(text) || attached.test(text)) return false;
  const before = text.slice(0, bracket).trimEnd();
  if (
    !/[\w$~>\]]$/.test(before) ||
    /[=;.,"'`]/.test(before) ||
    (!/[\s:]/.test(before) && inside === undefined && !/^[A-Z_\d]+$/.test(before))
  )
    return false;
  for (let next = at; next < Math.min(lines.length, at + SIGNATURE_LINES_MAX); next++) {
    const line = (lines[next]?.text ?? "").slice(-LINE_CHARS_MAX).replace(/\s{0,20}(?:\/\/.{0,200})?$/, "");
    if (line.endsWith("{") || line.endsWith("{}") || line.endsWith("}")) return true;
    if (line.endsWith(";")) return false;
  }
  return false;
}

const titleOf = (line: string): string =>
  line
    .slice(0, LINE_CHARS_MAX)
    .replace(/\s*(?:\{.{0,300}|:)$/, "")
    .slice(0, TITLE_CHARS_MAX)
    .trimEnd();
