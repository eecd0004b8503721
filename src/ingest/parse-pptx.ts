import type { PageStart } from "../domain/page.ts";
import { readXml, walkXml } from "./docx-xml.ts";
import type { Extracted } from "./extracted.ts";
import { firstHeading, tidyText } from "./extracted.ts";
import { TEXT_CHARS_MAX, tooMuchText } from "./nest.ts";
import { partsByType, readRelations, readTitle } from "./office-parts.ts";
import type { Relation } from "./office-parts.ts";
import { readChart } from "./pptx-chart.ts";
import { readSlide } from "./pptx-slide.ts";
import { Unreadable } from "./refusal.ts";
import { openZip } from "./zip.ts";
import type { Zip } from "./zip.ts";

/** Slides of a presentation: the longest lecture has some hundreds. */
export const SLIDES_MAX = 5000;

/**
 * The slides of a presentation in order, each title as a heading; lists, text boxes, tables, the figures of charts, and the speaker's notes behind each.
 * Hidden slides are not read, and count. Throws Unreadable.
 */
export function parsePptx(bytes: Uint8Array): Extracted {
  const zip = openZip(bytes);
  const root = partsByType(readRelations(zip, ""));
  const main = root.get("officeDocument") ?? "ppt/presentation.xml";
  const slides = readOrder(zip, main);
  if (slides.length > SLIDES_MAX)
    throw new Unreadable(`The presentation has ${slides.length} slides; at most ${SLIDES_MAX} are read. Split it.`);
  const pages: PageStart[] = [];
  const pieces: string[] = [];
  let length = 0;
  for (const [at, part] of slides.entries()) {
    const text = readPage(zip, part, at + 1);
    if (text === "") continue;
    if (length > 0) length += 2;
    pages.push({ offset: length, page: at + 1, name: `slide ${at + 1}` });
    pieces.push(text);
    length += text.length;
    if (length > TEXT_CHARS_MAX) throw tooMuchText();
  }
  const text = pieces.join("\n\n");
  return { title: readTitle(zip, root) ?? firstHeading(text), text, pages };
}

/** One slide. Parts that one slide refers to twice are read once. */
function readPage(zip: Zip, part: string, no: number): string {
  const source = readXml(zip, part);
  if (source === undefined) throw new Unreadable(`The presentation is damaged: slide ${no} is missing.`);
  const slide = readSlide(source);
  if (slide.isHidden) return "";
  const related = readRelations(zip, part);
  const of = (type: string): readonly string[] => [...new Set(related.filter((one) => one.type === type).map((one) => one.part))];
  const charts = of("chart").map((name) => readChart(readXml(zip, name) ?? ""));
  const diagrams = of("diagramData").map((name) => readSlide(readXml(zip, name) ?? "").text);
  const notes = of("notesSlide").map((name) => readSlide(readXml(zip, name) ?? "", "body").text.trim());
  const said = notes.filter((text) => text !== "").map((text) => `Notes: ${text}`);
  return tidyText([slide.title === undefined ? "" : `## ${slide.title}`, slide.text, ...diagrams, ...charts, ...said].join("\n\n"));
}

function readOrder(zip: Zip, main: string): readonly string[] {
  const source = readXml(zip, main);
  if (source === undefined) throw new Unreadable("The file is no PowerPoint presentation: its main part is missing.");
  const parts = new Map(readRelations(zip, main).map((one: Relation) => [one.id, one.part]));
  const order: string[] = [];
  walkXml(source, {
    open(name, attribute) {
      const part = name === "sldId" ? parts.get(attribute("r:id") ?? "") : undefined;
      if (part !== undefined) order.push(part);
    },
  });
  return order;
}
