import { readXml } from "./docx-xml.ts";
import { partsByType, readRelations, readTitle } from "./office-parts.ts";
import { Unreadable } from "./refusal.ts";
import type { Zip } from "./zip.ts";

/** The parts of a document that hold text, or say what it means. */
export type DocxParts = {
  readonly document: string;
  readonly styles: string | undefined;
  readonly numbering: string | undefined;
  readonly footnotes: string | undefined;
  readonly endnotes: string | undefined;
  readonly title: string | undefined;
};

/** Found by their relations, because not every writer names them as Word does. Throws Unreadable. */
export function readDocxParts(zip: Zip): DocxParts {
  const root = partsByType(readRelations(zip, ""));
  const main = root.get("officeDocument") ?? "word/document.xml";
  const document = readXml(zip, main);
  if (document === undefined) throw new Unreadable("The file is no Word document: its main part is missing.");
  const own = partsByType(readRelations(zip, main));
  const related = (type: string): string | undefined => {
    const name = own.get(type);
    return name === undefined ? undefined : readXml(zip, name);
  };
  return {
    document,
    styles: related("styles"),
    numbering: related("numbering"),
    footnotes: related("footnotes"),
    endnotes: related("endnotes"),
    title: readTitle(zip, root),
  };
}
