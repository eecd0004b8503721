import { posix } from "node:path";
import { readXml, walkXml } from "./docx-xml.ts";
import type { Zip } from "./zip.ts";

/** A part that another refers to. */
export type Relation = {
  readonly id: string;
  /** The last word of the relation's type: `slide`, `notesSlide`. */
  readonly type: string;
  /** Its name in the archive. */
  readonly part: string;
};

/** What a part refers to inside of the document; `""` is the document itself. Not every writer names parts as Office does. Throws Unreadable. */
export function readRelations(zip: Zip, part: string): readonly Relation[] {
  const folder = part === "" ? "" : posix.dirname(part);
  const source = readXml(zip, posix.join(folder, "_rels", `${posix.basename(part)}.rels`));
  const found: Relation[] = [];
  if (source === undefined) return found;
  walkXml(source, {
    open(name, attribute) {
      const [type, target] = [attribute("Type"), attribute("Target")];
      if (name !== "Relationship" || type === undefined || target === undefined || attribute("TargetMode") === "External") return;
      found.push({
        id: attribute("Id") ?? "",
        type: type.slice(type.lastIndexOf("/") + 1),
        part: target.startsWith("/") ? target.slice(1) : posix.join(folder, target),
      });
    },
  });
  return found;
}

/** The first part of each type. */
export function partsByType(relations: readonly Relation[]): ReadonlyMap<string, string> {
  return new Map(relations.toReversed().map(({ type, part }) => [type, part]));
}

/** What programs put there of themselves. */
const NO_TITLE = /^(?:powerpoint presentation|presentation|untitled|slide 1|book\d*|workbook)$/i;

/** What the document calls itself. `root`: its own parts by type. */
export function readTitle(zip: Zip, root: ReadonlyMap<string, string>): string | undefined {
  const part = root.get("core-properties");
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
  return tidy === "" || NO_TITLE.test(tidy) ? undefined : tidy;
}
