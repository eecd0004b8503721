import type { Numbering } from "./docx-numbering.ts";
import { headingLevel, isContents, resolveStyle } from "./docx-styles.ts";
import type { Style } from "./docx-styles.ts";
import { walkXml } from "./docx-xml.ts";
import type { Attributes } from "./docx-xml.ts";
import type { Paper } from "./paper.ts";

/** What was deleted, where it was moved from, how it was formatted before, instructions of fields, and what a newer reader replaces. */
const SKIPPED = new Set(
  "del moveFrom delText delInstrText instrText rPrChange pPrChange tblPrChange tcPrChange trPrChange Fallback".split(" "),
);

export type BodyDeps = {
  /** Where the next paragraph goes. */
  paper: Paper;
  readonly styles: ReadonlyMap<string, Style>;
  readonly numbering: Numbering;
  /** What stands in the text for a footnote; told of each reference in order. */
  readonly refer: (kind: "footnote" | "endnote", id: string) => string;
  /** Called between paragraphs, outside of tables. */
  readonly between: () => void;
  /** Told of every element. */
  readonly around?: { open(name: string, attribute: Attributes): void; close(name: string): void };
};

type Paragraph = {
  readonly pieces: string[];
  style?: string | undefined;
  outline?: number | undefined;
  numId?: string | undefined;
  listLevel?: number | undefined;
};

type State = {
  /** Open paragraphs: a text box stands inside of one. */
  readonly paragraphs: Paragraph[];
  tables: number;
  skipped: number;
  inText: boolean;
  inParagraphLook: boolean;
  inRunLook: boolean;
  hidden: boolean;
};

/** Writes what a reader of a document sees, in order. Throws Unreadable. */
export function walkBody(source: string, deps: BodyDeps): void {
  const state: State = {
    paragraphs: [],
    tables: 0,
    skipped: 0,
    inText: false,
    inParagraphLook: false,
    inRunLook: false,
    hidden: false,
  };
  walkXml(source, {
    open(name, attribute) {
      deps.around?.open(name, attribute);
      if (state.skipped > 0 || SKIPPED.has(name)) state.skipped += 1;
      else open(state, deps, name, attribute);
    },
    text(text) {
      if (state.inText && state.skipped === 0 && !state.hidden) state.paragraphs.at(-1)?.pieces.push(text);
    },
    close(name) {
      if (state.skipped > 0) state.skipped -= 1;
      else close(state, deps, name);
      deps.around?.close(name);
    },
  });
}

function open(state: State, deps: BodyDeps, name: string, attribute: Attributes): void {
  const paragraph = state.paragraphs.at(-1);
  if (name === "p") state.paragraphs.push({ pieces: [] });
  else if (name === "pPr") state.inParagraphLook = true;
  else if (name === "r") state.hidden = false;
  else if (name === "rPr") state.inRunLook = !state.inParagraphLook;
  else if (name === "t") state.inText = true;
  else if (name === "tbl") {
    if (state.tables === 0) deps.paper.breakLine(2);
    state.tables += 1;
  } else if (name === "tr" && state.tables === 1) deps.paper.openRow();
  else if (name === "tc" && state.tables === 1) deps.paper.openCell();
  else if (paragraph === undefined) return;
  else if (state.inParagraphLook) noteLook(paragraph, name, attribute("val") ?? "");
  else if (name === "vanish" && state.inRunLook) state.hidden = !/^(?:0|false|off)$/.test(attribute("val") ?? "");
  else if (!state.hidden) paragraph.pieces.push(signOf(deps, name, attribute));
}

function noteLook(paragraph: Paragraph, name: string, value: string): void {
  if (name === "pStyle") paragraph.style = value;
  else if (name === "outlineLvl") paragraph.outline = Number(value);
  else if (name === "numId") paragraph.numId = value;
  else if (name === "ilvl") paragraph.listLevel = Number(value);
}

function signOf(deps: BodyDeps, name: string, attribute: Attributes): string {
  switch (name) {
    case "tab":
    case "ptab":
      return " ";
    case "br":
    case "cr":
      return "\n";
    case "noBreakHyphen":
      return "-";
    case "footnoteReference":
      return deps.refer("footnote", attribute("id") ?? "");
    case "endnoteReference":
      return deps.refer("endnote", attribute("id") ?? "");
    default:
      return "";
  }
}

function close(state: State, deps: BodyDeps, name: string): void {
  if (name === "t") state.inText = false;
  else if (name === "pPr") state.inParagraphLook = false;
  else if (name === "rPr") state.inRunLook = false;
  else if (name === "r") state.hidden = false;
  else if (name === "p") {
    const done = state.paragraphs.pop();
    if (done !== undefined) writeParagraph(deps, done, state.tables > 0);
    if (state.tables === 0 && state.paragraphs.length === 0) deps.between();
  } else if (name === "tr" && state.tables === 1) deps.paper.closeRow();
  else if (name === "tbl") {
    state.tables = Math.max(0, state.tables - 1);
    if (state.tables > 0) return;
    deps.paper.closeRow();
    deps.paper.breakLine(2);
    deps.between();
  }
}

function writeParagraph({ paper, styles, numbering }: BodyDeps, paragraph: Paragraph, inTable: boolean): void {
  const style = resolveStyle(styles, paragraph.style);
  if (isContents(style)) return;
  const level = headingLevel({ ...style, outline: paragraph.outline ?? style.outline });
  const numId = paragraph.numId ?? style.numId;
  const depth = paragraph.listLevel ?? style.listLevel ?? 0;
  const label = numId === undefined || numId === "0" ? "" : numbering.next(numId, depth);
  const lines = paragraph.pieces
    .join("")
    .split("\n")
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter((line) => line !== "");
  if (lines.length === 0) return;
  const isItem = label !== "" && level === undefined && !inTable;
  paper.breakLine(isItem ? 1 : 2);
  if (level !== undefined) {
    paper.heading(level);
    // A heading is one line, and a bullet before it says nothing.
    paper.flow(`${label === "- " ? "" : label}${lines.join(" ")}`);
  } else {
    const indent = isItem ? "  ".repeat(Math.min(Math.max(depth, 0), 8)) : "";
    for (const [at, line] of lines.entries()) {
      if (at > 0) paper.breakLine(1);
      paper.write(at === 0 ? `${indent}${label}${line}` : line);
    }
  }
  paper.breakLine(isItem ? 1 : 2);
}
