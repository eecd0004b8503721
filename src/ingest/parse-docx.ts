import { walkBody } from "./docx-body.ts";
import type { BodyDeps } from "./docx-body.ts";
import { createNumbering } from "./docx-numbering.ts";
import { readDocxParts } from "./docx-parts.ts";
import { readStyles } from "./docx-styles.ts";
import type { Style } from "./docx-styles.ts";
import type { Extracted } from "./extracted.ts";
import { firstHeading, tidyText } from "./extracted.ts";
import { createPaper } from "./paper.ts";
import type { Paper } from "./paper.ts";
import { openZip } from "./zip.ts";

/** The text of a Word document as it is read: headings, lists with their numbers, tables, footnotes behind their paragraphs. Throws Unreadable. */
export function parseDocx(bytes: Uint8Array): Extracted {
  const parts = readDocxParts(openZip(bytes));
  const styles = readStyles(parts.styles);
  const paper = createPaper();
  const notes = createNotes(paper, {
    footnote: readNotes(parts.footnotes, "footnote", styles),
    endnote: readNotes(parts.endnotes, "endnote", styles),
  });
  walkBody(parts.document, { paper, styles, numbering: createNumbering(parts.numbering), refer: notes.refer, between: notes.write });
  notes.write();
  const text = tidyText(paper.finish());
  return { title: parts.title ?? firstHeading(text), text };
}

type Kind = "footnote" | "endnote";

/** A note stands behind the paragraph that first refers to it, under the number that stands there: `(note 3)`. */
function createNotes(paper: Paper, texts: Readonly<Record<Kind, ReadonlyMap<string, string>>>) {
  const numbers = new Map<string, number>();
  let waiting: string[] = [];
  return {
    refer(kind: Kind, id: string): string {
      const text = texts[kind].get(id);
      if (text === undefined) return "";
      const key = `${kind} ${id}`;
      const known = numbers.get(key);
      const number = known ?? numbers.size + 1;
      if (known === undefined) {
        numbers.set(key, number);
        waiting.push(`Note ${number}: ${text}`);
      }
      return ` (note ${number})`;
    },
    write(): void {
      for (const text of waiting) {
        paper.breakLine(2);
        paper.write(text);
        paper.breakLine(2);
      }
      waiting = [];
    },
  };
}

/** The text of each note by its id. */
function readNotes(source: string | undefined, kind: Kind, styles: ReadonlyMap<string, Style>): ReadonlyMap<string, string> {
  const notes = new Map<string, string>();
  if (source === undefined) return notes;
  let id: string | undefined;
  const deps: BodyDeps = {
    paper: createPaper(),
    styles,
    numbering: createNumbering(undefined),
    refer: () => "",
    between: () => undefined,
    around: {
      open(name, attribute) {
        if (name !== kind) return;
        id = attribute("id");
        deps.paper = createPaper();
      },
      close(name) {
        if (name !== kind || id === undefined) return;
        const text = deps.paper.finish().replace(/\s+/g, " ").trim();
        if (text !== "") notes.set(id, text);
        id = undefined;
      },
    },
  };
  walkBody(source, deps);
  return notes;
}
