import { walkXml } from "./docx-xml.ts";
import { createPaper } from "./paper.ts";
import type { Paper } from "./paper.ts";

/** Placeholders that stand on every slide: the date, the number, what is printed above and below. */
const RUNNING = new Set(["dt", "sldNum", "ftr", "hdr"]);
const TITLES = new Set(["title", "ctrTitle"]);
/** Under the lists of a body, at most so many steps to the right. */
const LEVELS_MAX = 8;

type Shape = { placeholder: string | undefined; isBody: boolean; hidden: boolean };
type State = {
  shape: Shape;
  table: boolean;
  /** Of a fallback for older programs: the same again. */
  skipped: number;
  inText: boolean;
  level: number;
  lines: string[];
  title: string[];
};

export type SlideText = { readonly isHidden: boolean; readonly title: string | undefined; readonly text: string };

/** What a slide, or a page of notes, shows: its title, and all else in order: lists, text boxes, tables. Throws Unreadable. */
export function readSlide(source: string, only?: "body"): SlideText {
  const paper = createPaper();
  const state: State = { shape: noShape(), table: false, skipped: 0, inText: false, level: 0, lines: [""], title: [] };
  let isHidden = false;
  walkXml(source, {
    open(name, attribute) {
      if (state.skipped > 0 || name === "Fallback") state.skipped += 1;
      else if (name === "sld") isHidden = /^(?:0|false)$/.test(attribute("show") ?? "");
      else if (name === "sp" || name === "graphicFrame") state.shape = noShape();
      else if (name === "cNvPr" && /^(?:1|true)$/.test(attribute("hidden") ?? "")) state.shape.hidden = true;
      else if (name === "ph") {
        state.shape.placeholder = attribute("type") ?? "body";
        state.shape.isBody = !TITLES.has(state.shape.placeholder);
      } else openText(state, paper, name, attribute("lvl"), attribute("type"));
    },
    text(text) {
      if (state.inText && state.skipped === 0) state.lines[state.lines.length - 1] += text;
    },
    close(name) {
      if (state.skipped > 0) state.skipped -= 1;
      else closeText(state, paper, name, only);
    },
  });
  const title = state.title.join(" ").replace(/\s+/g, " ").trim();
  return { isHidden, title: title === "" ? undefined : title, text: paper.finish() };
}

const noShape = (): Shape => ({ placeholder: undefined, isBody: false, hidden: false });

function openText(state: State, paper: Paper, name: string, level: string | undefined, type: string | undefined): void {
  if (name === "tbl") {
    paper.breakLine(2);
    state.table = true;
  } else if (name === "tr") paper.openRow();
  else if (name === "tc") paper.openCell();
  else if (name === "p") {
    state.lines = [""];
    state.level = 0;
  } else if (name === "pPr") state.level = Math.min(Math.max(Number(level ?? 0) || 0, 0), LEVELS_MAX);
  else if (name === "br") state.lines.push("");
  else if (name === "t") state.inText = true;
  // A number that counts slides is none of the text.
  else if (name === "fld" && type === "slidenum") state.skipped = 1;
}

function closeText(state: State, paper: Paper, name: string, only: "body" | undefined): void {
  if (name === "t") state.inText = false;
  else if (name === "tr") paper.closeRow();
  else if (name === "tbl") {
    state.table = false;
    paper.breakLine(2);
  } else if (name === "txBody" && !state.table) paper.breakLine(2);
  else if (name === "p") writeParagraph(state, paper, only);
}

function writeParagraph({ shape, table, level, lines, title }: State, paper: Paper, only: "body" | undefined): void {
  const said = lines.map((line) => line.replace(/\s+/g, " ").trim()).filter((line) => line !== "");
  const { placeholder = "" } = shape;
  if (said.length === 0 || shape.hidden || RUNNING.has(placeholder) || (only !== undefined && placeholder !== only)) return;
  if (TITLES.has(placeholder)) {
    title.push(...said);
    return;
  }
  const isItem = shape.isBody && !table && only === undefined;
  paper.breakLine(1);
  for (const [at, line] of said.entries()) {
    if (at > 0) paper.breakLine(1);
    paper.write(at === 0 && isItem ? `${"  ".repeat(level)}- ${line}` : line);
  }
  paper.breakLine(1);
}
