import { PAGE_HEIGHT, textWidth, type PdfPiece } from "./pdf-writer.ts";

export type Place = { readonly left: number; readonly width: number; readonly size?: number; readonly rightToLeft?: boolean };

/** A paragraph's lines as a printer breaks them: at blanks, and in Chinese and Japanese anywhere. */
export function wrap(text: string, width: number, size: number): readonly string[] {
  const pieces =
    text.match(/[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}][，。！？、]*|[^\s\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]+\s*|\s+/gu) ??
    [];
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    if (line !== "" && textWidth((line + piece).trimEnd(), size) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += piece;
  }
  return line.trim() === "" ? lines : [...lines, line.trimEnd()];
}

/** Paragraphs in a column from the top of a page; `#` at the beginning makes a heading. Gives up none of them: the page must have room. */
export function column(
  paragraphs: readonly string[],
  { left, width, size = 10, rightToLeft = false }: Place,
  top = 72,
): readonly PdfPiece[] {
  const pieces: PdfPiece[] = [];
  let y = PAGE_HEIGHT - top;
  for (const paragraph of paragraphs) {
    const isHeading = paragraph.startsWith("# ");
    const own = isHeading ? size * 1.6 : size;
    for (const line of wrap(isHeading ? paragraph.slice(2) : paragraph, width, own)) {
      // Glyphs are drawn as they are seen: text from right to left is laid out backwards.
      const text = rightToLeft ? Array.from(line).toReversed().join("") : line;
      pieces.push({ x: rightToLeft ? left + width - textWidth(text, own) : left, y, size: own, text });
      y -= own * 1.25;
    }
    y -= own * 0.9;
  }
  if (y < 0) throw new Error("the page has no room for these paragraphs");
  return pieces;
}
