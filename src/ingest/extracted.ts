import type { PageStart } from "../domain/page.ts";

/** A document as plain text. Headings are lines `## …` and tables rows `| … |`, whatever it was written in, so that what follows knows one form. */
export type Extracted = {
  /** undefined: the document names none. */
  readonly title: string | undefined;
  readonly text: string;
  /** Where the text of each page begins, where the document has pages; in order, and the first at 0. */
  readonly pages?: readonly PageStart[] | undefined;
  /** Where files begin that were inside of it, after the first; in order. No passage goes over from one to the next. */
  readonly parts?: readonly number[] | undefined;
};

/** One empty line between paragraphs, no trailing blanks, no control characters: offsets count in what comes out of here. */
export function tidyText(text: string): string {
  return text
    .replace(/\r\n?|\u2028|\u2029/g, "\n")
    .replace(/(?![\n\t])[\p{Cc}\u200b\ufeff]/gu, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** The text of the first heading of the highest rank among the first few. */
export function firstHeading(text: string): string | undefined {
  let best: { level: number; title: string } | undefined;
  for (const match of text.slice(0, 4000).matchAll(/^(#{1,6}) (.+)$/gm)) {
    const level = match[1]?.length ?? 6;
    if (best === undefined || level < best.level) best = { level, title: (match[2] ?? "").trim() };
  }
  return best?.title;
}
