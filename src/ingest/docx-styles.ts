import { walkXml } from "./docx-xml.ts";

/** What a paragraph says of itself, or its style for it. */
export type ParagraphLook = {
  /** 0 for the highest heading; 9 is body text. */
  readonly outline?: number | undefined;
  readonly numId?: string | undefined;
  readonly listLevel?: number | undefined;
};
export type Style = ParagraphLook & { readonly name: string; readonly basedOn?: string | undefined };
type Draft = { -readonly [Key in keyof Style]: Style[Key] };

/** Styles rest on styles; Word allows about ten steps, and a ring has no end. */
const BASES_MAX = 20;

export function readStyles(source: string | undefined): ReadonlyMap<string, Style> {
  const styles = new Map<string, Style>();
  let open: Draft | undefined;
  walkXml(source ?? "", {
    open(name, attribute) {
      const value = attribute("val") ?? "";
      if (name === "style") {
        open = { name: "" };
        const id = attribute("styleId");
        if (id !== undefined) styles.set(id, open);
      } else if (open === undefined) return;
      else if (name === "name") open.name = value.toLowerCase();
      else if (name === "basedOn") open.basedOn = value;
      else if (name === "outlineLvl") open.outline = Number(value);
      else if (name === "numId") open.numId = value;
      else if (name === "ilvl") open.listLevel = Number(value);
    },
    close(name) {
      if (name === "style") open = undefined;
    },
  });
  return styles;
}

export type ResolvedLook = ParagraphLook & { readonly names: readonly string[] };

/** A style with what it takes from those it rests on. */
export function resolveStyle(styles: ReadonlyMap<string, Style>, id: string | undefined): ResolvedLook {
  const names: string[] = [];
  let look: ParagraphLook = {};
  let next = id;
  for (let step = 0; step < BASES_MAX && next !== undefined; step++) {
    const style = styles.get(next);
    // A document without styles still names them: `Heading1`.
    names.push(style?.name ?? next.toLowerCase());
    if (style === undefined) break;
    look = {
      outline: look.outline ?? style.outline,
      numId: look.numId ?? style.numId,
      listLevel: look.listLevel ?? style.listLevel,
    };
    next = style.basedOn;
  }
  return { ...look, names };
}

/** 1 to 6, or undefined: it is no heading. */
export function headingLevel({ outline, names }: ResolvedLook): number | undefined {
  if (outline !== undefined && outline >= 0 && outline <= 8) return Math.min(outline + 1, 6);
  if (outline !== undefined) return undefined;
  for (const name of names) {
    if (name === "title") return 1;
    const level = /^heading ?([1-9])$/.exec(name)?.[1];
    if (level !== undefined) return Math.min(Number(level), 6);
  }
  return undefined;
}

/** A line of the table of contents repeats a heading, and means nothing without its page. */
export const isContents = ({ names }: ResolvedLook): boolean => names.some((name) => /^toc ?[1-9]$/.test(name));
