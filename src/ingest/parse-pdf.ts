import type { PageStart } from "../domain/page.ts";
import { FILE_BYTES_MAX } from "../kernel/limits.ts";
import type { Extracted } from "./extracted.ts";
import { firstHeading } from "./extracted.ts";
import { openPdf } from "./pdf-document.ts";
import type { PdfDocument, PdfPage } from "./pdf-document.ts";
import { joinFragments } from "./pdf-fragment.ts";
import type { Fragment } from "./pdf-fragment.ts";
import { composePdfText } from "./pdf-text.ts";
import { Unreadable } from "./refusal.ts";

export const PDF_LIMITS = {
  /** As much text as a text file may hold: a few bytes of a PDF can draw the same megabyte on every page. */
  textCharsMax: FILE_BYTES_MAX / 2,
  /** A page of the smallest print has some ten thousand letters; pieces beyond this are made to be sorted. */
  piecesPerPageMax: 200_000,
};

/** The text of a PDF as it is read, and where each page begins in it. Takes the bytes for itself. Throws Unreadable. */
export async function parsePdf(bytes: Uint8Array, limits = PDF_LIMITS): Promise<Extracted> {
  const document = await openPdf(bytes);
  try {
    const pages: (readonly Fragment[])[] = [];
    let chars = 0;
    for (let no = 1; no <= document.pageCount; no++) {
      const page = await document.readPage(no);
      if (page.items.length > limits.piecesPerPageMax) throw new Unreadable(`Page ${no} of the PDF holds more text than a page can.`);
      chars += page.items.reduce((sum, item) => sum + item.str.length, 0);
      if (chars > limits.textCharsMax) throw new Unreadable(`The PDF holds more than ${limits.textCharsMax} characters of text. Split it.`);
      pages.push(joinFragments(fragmentsOf(page)));
    }
    const { text, pages: starts } = composePdfText(pages);
    // What such a font draws comes out as other letters, or as none.
    if (document.missingTable()) throw new Unreadable(WITHOUT_TABLE);
    if (text === "") throw new Unreadable(withoutText(document.pageCount));
    await refuseScan(document, text, starts);
    return { title: document.title ?? firstHeading(text), text, pages: starts };
  } finally {
    await document.close();
  }
}

/** A page with less is taken for empty: a stamp, or a number. */
const PAGE_LETTERS_MIN = 20;
/** Pages without text that are looked at for a picture: decoding one takes up to a second. */
const LOOKED_AT = 3;

/** A scan is one all the same where its cover was typed, or a program stamped its pages: most pages show a picture and say nothing. */
async function refuseScan(document: PdfDocument, text: string, starts: readonly PageStart[]): Promise<void> {
  const said = new Set(
    starts.filter(({ offset }, at) => countLetters(text.slice(offset, starts[at + 1]?.offset)) >= PAGE_LETTERS_MIN).map(({ page }) => page),
  );
  const silent = Array.from({ length: document.pageCount }, (_, at) => at + 1).filter((no) => !said.has(no));
  if (silent.length * 2 <= document.pageCount) return;
  const looked = Array.from(
    { length: Math.min(LOOKED_AT, silent.length) },
    (_, at) => silent[Math.floor((at * silent.length) / LOOKED_AT)] ?? 1,
  );
  for (const no of looked) if (!(await document.hasPicture(no).catch(() => false))) return;
  throw new Unreadable(
    `${silent.length} of the PDF's ${document.pageCount} pages are pictures without a text layer: it is scanned. Run it through text recognition (OCR) first.`,
  );
}

function countLetters(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(/\p{L}/gu)) count += 1;
  return count;
}

const WITHOUT_TABLE =
  "The PDF's text is in an old East Asian encoding without its own table to Unicode, and cannot be told. Print or export it as PDF again.";
const withoutText = (pages: number): string =>
  `The PDF's ${pages === 1 ? "page holds" : `${pages} pages hold`} no text layer: it is scanned, or empty. Run it through text recognition (OCR) first.`;

/** Upright pieces with text in them, in points from the upper left corner. What stands sideways is left out: stamps and labels of axes. */
function fragmentsOf({ items, view }: PdfPage): Fragment[] {
  const [a = 1, b = 0, c = 0, d = -1, e = 0, f = 0] = view;
  const made: Fragment[] = [];
  for (const { str, dir, width, transform } of items) {
    if (str.trim() === "") continue;
    const [ta = 1, tb = 0, tc = 0, td = 1, te = 0, tf = 0] = transform;
    const along = Math.hypot(ta, tb);
    const [x, y] = [a * te + c * tf + e, b * te + d * tf + f];
    const [dx, dy] = [(a * ta + c * tb) / along, (b * ta + d * tb) / along];
    const size = Math.hypot(tc, td);
    if (![x, y, size, width, dx].every(Number.isFinite) || size <= 0 || Math.abs(dy) > 0.3 || dx <= 0) continue;
    made.push({ text: str, left: x, right: x + Math.abs(width), y, size, rightToLeft: dir === "rtl" });
  }
  return made;
}
