import { readXml, walkXml } from "./docx-xml.ts";
import type { PageStart } from "../domain/page.ts";
import type { Extracted } from "./extracted.ts";
import { tidyText } from "./extracted.ts";
import { TEXT_CHARS_MAX, tooMuchText } from "./nest.ts";
import { partsByType, readRelations, readTitle } from "./office-parts.ts";
import { Unreadable } from "./refusal.ts";
import { createTable } from "./table.ts";
import { readFormats } from "./xlsx-formats.ts";
import { walkSheet } from "./xlsx-sheet.ts";
import type { SheetDeps } from "./xlsx-sheet.ts";
import { openZip } from "./zip.ts";
import type { Zip } from "./zip.ts";

type Sheet = { readonly name: string; readonly part: string };

/**
 * The sheets of a workbook in order, each under its name as a heading, numbers and dates as they are shown. Hidden sheets are not read. An empty row ends
 * a table. Throws Unreadable.
 */
export function parseXlsx(bytes: Uint8Array): Extracted {
  const zip = openZip(bytes);
  const root = partsByType(readRelations(zip, ""));
  const main = root.get("officeDocument") ?? "xl/workbook.xml";
  if (main.endsWith(".bin")) throw new Unreadable("The file is a binary Excel workbook (.xlsb). Save it as .xlsx.", "unsupported_file");
  const { sheets, from1904 } = readWorkbook(zip, main);
  const own = partsByType(readRelations(zip, main));
  const strings = readStrings(zip, own.get("sharedStrings"));
  const show = readFormats(zip, own.get("styles"), from1904);
  const pages: PageStart[] = [];
  let text = "";
  let chars = 0;
  for (const [at, { name, part }] of sheets.entries()) {
    const source = readXml(zip, part);
    if (source === undefined) throw new Unreadable(`The workbook is damaged: sheet ${at + 1} is missing.`);
    const body = readSheet(source, { strings, show }, TEXT_CHARS_MAX - chars);
    if (body === "") continue;
    const heading = name.replace(/\s+/g, " ").trim();
    if (text !== "") text += "\n\n";
    pages.push({ offset: text.length, page: at + 1, name: `sheet ${heading}` });
    text += `## ${heading}\n\n${body}`;
    chars += body.length;
  }
  return { title: readTitle(zip, root), text, pages };
}

function readSheet(source: string, deps: SheetDeps, charsMax: number): string {
  const pieces: string[] = [];
  let chars = 0;
  const table = createTable((text) => {
    pieces.push(text);
    chars += text.length;
    if (chars > charsMax) throw tooMuchText();
  });
  let before = 0;
  walkSheet(source, deps, ({ no, cells }) => {
    if (no > before + 1) table.end();
    before = no;
    table.row(cells);
  });
  table.end();
  return tidyText(pieces.join(""));
}

function readWorkbook(zip: Zip, main: string): { readonly sheets: readonly Sheet[]; readonly from1904: boolean } {
  const source = readXml(zip, main);
  if (source === undefined) throw new Unreadable("The file is no Excel workbook: its main part is missing.");
  const parts = new Map(readRelations(zip, main).map(({ id, part, type }) => [id, { part, type }]));
  const sheets: Sheet[] = [];
  let from1904 = false;
  walkXml(source, {
    open(name, attribute) {
      if (name === "workbookPr") from1904 = /^(?:1|true)$/.test(attribute("date1904") ?? "");
      if (name !== "sheet" || /^(?:hidden|veryHidden)$/.test(attribute("state") ?? "")) return;
      const relation = parts.get(attribute("r:id") ?? attribute("id") ?? "");
      // Sheets that are charts alone have no cells.
      if (relation?.type === "worksheet") sheets.push({ name: attribute("name") ?? `${sheets.length + 1}`, part: relation.part });
    },
  });
  return { sheets, from1904 };
}

/** Texts that cells share, by their places. */
function readStrings(zip: Zip, part: string | undefined): readonly string[] {
  const source = part === undefined ? undefined : readXml(zip, part);
  const strings: string[] = [];
  if (source === undefined) return strings;
  let text = "";
  let inText = false;
  let spoken = 0;
  walkXml(source, {
    open(name) {
      if (name === "si") text = "";
      else if (name === "t") inText = true;
      else if (name === "rPh") spoken += 1;
    },
    text: (piece) => void (inText && spoken === 0 && (text += piece)),
    close(name) {
      if (name === "t") inText = false;
      else if (name === "rPh") spoken -= 1;
      else if (name === "si") strings.push(text);
    },
  });
  return strings;
}
