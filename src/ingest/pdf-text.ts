import type { PageStart } from "../domain/page.ts";
import { tidyText } from "./extracted.ts";
import { blocksOf, joinLines } from "./pdf-blocks.ts";
import type { Block } from "./pdf-blocks.ts";
import { splitRegions } from "./pdf-columns.ts";
import type { Fragment } from "./pdf-fragment.ts";
import { withoutRunningLines } from "./pdf-running-lines.ts";
import { isHeading } from "./parse-text.ts";

export type PdfText = { readonly text: string; readonly pages: readonly PageStart[] };

/** Larger than the body by this factor is a heading; smaller differences are a change of font. */
const HEADING_FACTOR = 1.12;
const HEADING_CHARS_MAX = 200;
const HEADING_LEVELS_MAX = 4;

/** The text of a document from the lines of its pages. A page's lines may come in any order. */
export function composePdfText(lines: readonly (readonly Fragment[])[]): PdfText {
  const made = compose(lines, withoutRunningLines(lines));
  // Where nothing else stands on any page, what runs on with the pages is the text.
  return made.text === "" ? compose(lines, lines) : made;
}

function compose(lines: readonly (readonly Fragment[])[], kept: readonly (readonly Fragment[])[]): PdfText {
  const compounds = hyphenated(lines);
  const pages = kept.map((page) => splitRegions(page).flatMap((region) => blocksOf(region, (word) => compounds.has(word))));
  const levelOf = headingLevels(pages.flat());
  const starts: PageStart[] = [];
  // Pages are joined at the end: a text that grows by each page would be copied as often.
  const pieces: string[] = [];
  let length = 0;
  for (const [at, blocks] of pages.entries()) {
    const own = tidyText(writeBlocks(blocks, levelOf));
    if (own === "") continue;
    const before = pieces.pop() ?? "";
    const joined = goesOn(before, own)
      ? joinLines(before, own, (word) => compounds.has(word))
      : `${before}${before === "" ? "" : "\n\n"}${own}`;
    const head = joined.slice(0, joined.length - own.length);
    length += head.length;
    starts.push({ offset: length, page: at + 1 });
    pieces.push(head, own);
  }
  return { text: pieces.join(""), pages: starts };
}

/** Compounds that stand with their hyphen inside a line: at a line's end they keep it. */
function hyphenated(pages: readonly (readonly Fragment[])[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { text } of pages.flat()) for (const [word] of text.matchAll(/\p{L}{1,40}-\p{Ll}{1,40}/gu)) found.add(word.toLowerCase());
  return found;
}

/** Sizes of headings, largest first, among those that are larger than most of the text. */
function headingLevels(blocks: readonly Block[]): (block: Block) => number | undefined {
  const chars = new Map<number, number>();
  for (const { size, text } of blocks) chars.set(sizeKey(size), (chars.get(sizeKey(size)) ?? 0) + text.length);
  const [body = 0] = [...chars].toSorted(([, one], [, other]) => other - one)[0] ?? [];
  const isLarge = (block: Block): boolean =>
    block.kind !== "row" && sizeKey(block.size) >= body * HEADING_FACTOR && block.text.length <= HEADING_CHARS_MAX;
  const sizes = [...new Set(blocks.filter(isLarge).map((block) => sizeKey(block.size)))].toSorted((one, other) => other - one);
  return (block) => {
    if (isLarge(block)) return Math.min(sizes.indexOf(sizeKey(block.size)) + 1, HEADING_LEVELS_MAX);
    const standsAlone = block.lines === 1 && block.kind !== "row" && !block.text.startsWith("- ");
    return standsAlone && isHeading(block.text) ? Math.min(sizes.length + 1, HEADING_LEVELS_MAX) : undefined;
  };
}

const sizeKey = (size: number): number => Math.round(size * 2) / 2;

function writeBlocks(blocks: readonly Block[], levelOf: (block: Block) => number | undefined): string {
  let text = "";
  let before: string | undefined;
  for (const block of blocks) {
    const level = levelOf(block);
    const kind = level === undefined ? block.kind : "heading";
    const isRun = kind === before && (kind === "row" || kind === "item");
    text += `${text === "" ? "" : isRun ? "\n" : "\n\n"}${level === undefined ? block.text : `${"#".repeat(level)} ${block.text}`}`;
    before = kind;
  }
  return text;
}

/** A sentence that a page's end parted. */
function goesOn(text: string, next: string): boolean {
  const last = text.slice(text.lastIndexOf("\n") + 1);
  return /[\p{Ll},;-]$/u.test(last) && !/^(?:#|\||- )/.test(last) && /^\p{Ll}/u.test(next);
}
