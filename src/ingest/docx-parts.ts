import { posix } from "node:path";
import { readXml, walkXml } from "./docx-xml.ts";
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
  const root = readRelations(zip, "");
  const main = root.get("officeDocument") ?? "word/document.xml";
  const document = readXml(zip, main);
  if (document === undefined) throw new Unreadable("The file is no Word document: its main part is missing.");
  const own = readRelations(zip, main);
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
    title: readTitle(zip, root.get("core-properties")),
  };
}

/** Parts that a part refers to, by the last word of the relation's type. */
function readRelations(zip: Zip, part: string): ReadonlyMap<string, string> {
  const folder = part === "" ? "" : posix.dirname(part);
  const source = readXml(zip, posix.join(folder, "_rels", `${posix.basename(part)}.rels`));
  const found = new Map<string, string>();
  if (source === undefined) return found;
  walkXml(source, {
    open(name, attribute) {
      const [type, target] = [attribute("Type"), attribute("Target")];
      if (name !== "Relationship" || type === undefined || target === undefined || attribute("TargetMode") === "External") return;
      const key = type.slice(type.lastIndexOf("/") + 1);
      if (!found.has(key)) found.set(key, target.startsWith("/") ? target.slice(1) : posix.join(folder, target));
    },
  });
  return found;
}

function readTitle(zip: Zip, part: string | undefined): string | undefined {
  const source = part === undefined ? undefined : readXml(zip, part);
  if (source === undefined) return undefined;
  let inside = false;
  let title = "";
  walkXml(source, {
    open: (name) => void (inside = name === "title"),
    text: (text) => void (inside && (title += text)),
    close: () => void (inside = false),
  });
  const tidy = title.replace(/\s+/g, " ").trim();
  return tidy === "" ? undefined : tidy;
}
