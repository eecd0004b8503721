import { deflateSync } from "node:zlib";

/** Text at a place on a page, in points from its lower left corner. */
export type PdfPiece = { readonly x: number; readonly y: number; readonly size?: number; readonly text: string };
export type PdfOptions = {
  readonly title?: string;
  readonly compress?: boolean;
  /** Before the header, as mail programs and printers leave it. */
  readonly before?: string;
};

export const PAGE_WIDTH = 612;
export const PAGE_HEIGHT = 792;

/** The objects of a PDF, by hand. */
export function createPdfObjects() {
  const objects: Buffer[] = [];
  return {
    /** Its number. */
    add(body: string | Buffer): number {
      return objects.push(Buffer.from(body));
    },
    set(no: number, body: string | Buffer): void {
      objects[no - 1] = Buffer.from(body);
    },
    /** With a cross-reference table, as most programs write it. */
    finish(root: number, { trailer = "", before = "" } = {}): Buffer {
      const pieces = [Buffer.from(`${before}%PDF-1.7\n%\u00e2\u00e3\n`, "latin1")];
      const places: number[] = [];
      let at = pieces[0]?.length ?? 0;
      for (const [index, body] of objects.entries()) {
        places.push(at - before.length);
        const piece = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from("\nendobj\n")]);
        pieces.push(piece);
        at += piece.length;
      }
      const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
      pieces.push(
        Buffer.from(
          `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root ${root} 0 R ${trailer} >>\nstartxref\n${at - before.length}\n%%EOF\n`,
        ),
      );
      return Buffer.concat(pieces);
    },
  };
}

export type PdfObjects = ReturnType<typeof createPdfObjects>;

export function streamOf(content: string | Buffer, dictionary = "", compress = false): Buffer {
  const raw = Buffer.from(content);
  const bytes = compress ? deflateSync(raw) : raw;
  const filter = compress ? "/Filter /FlateDecode " : "";
  return Buffer.concat([Buffer.from(`<< /Length ${bytes.length} ${filter}${dictionary} >>\nstream\n`), bytes, Buffer.from("\nendstream")]);
}

const isWide = (char: string): boolean => /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}]|[，。！？、]/u.test(char);
/** In thousandths of the font's size. */
const widthOf = (char: string): number => (isWide(char) ? 1000 : 600);
export const textWidth = (text: string, size: number): number =>
  Array.from(text).reduce((sum, char) => sum + widthOf(char), 0) * (size / 1000);

/** A PDF with the given pieces on its pages, drawn in the order given. Any script: characters are told by a ToUnicode map. */
export function writePdf(pages: readonly (readonly PdfPiece[])[], options: PdfOptions = {}): Buffer {
  const objects = createPdfObjects();
  const compress = options.compress ?? true;
  const codes = codesOf(pages);
  const font = addFont(objects, codes, compress);
  const tree = objects.add("");
  const kids = pages.map((pieces) => {
    const content = objects.add(streamOf(pieces.map((piece) => drawPiece(piece, codes)).join("\n"), "", compress));
    return objects.add(
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${PAGE_WIDTH} ${PAGE_HEIGHT}] /Resources << /Font << /F ${font} 0 R >> >> /Contents ${content} 0 R >>`,
    );
  });
  objects.set(tree, `<< /Type /Pages /Kids [${kids.map((kid) => `${kid} 0 R`).join(" ")}] /Count ${kids.length} >>`);
  const info = objects.add(`<< /Title <feff${hexOf(options.title ?? "")}> >>`);
  const root = objects.add(`<< /Type /Catalog /Pages ${tree} 0 R >>`);
  return objects.finish(root, { trailer: `/Info ${info} 0 R`, before: options.before ?? "" });
}

function codesOf(pages: readonly (readonly PdfPiece[])[]): ReadonlyMap<string, number> {
  const codes = new Map<string, number>();
  for (const { text } of pages.flat()) for (const char of text) if (!codes.has(char)) codes.set(char, codes.size + 3);
  return codes;
}

const hex4 = (value: number): string => value.toString(16).padStart(4, "0");
const hexOf = (text: string): string => Array.from({ length: text.length }, (_, at) => hex4(text.charCodeAt(at))).join("");

const drawPiece = ({ x, y, size = 10, text }: PdfPiece, codes: ReadonlyMap<string, number>): string =>
  `BT /F ${size} Tf 1 0 0 1 ${x} ${y} Tm <${Array.from(text)
    .map((char) => hex4(codes.get(char) ?? 0))
    .join("")}> Tj ET`;

function addFont(objects: PdfObjects, codes: ReadonlyMap<string, number>, compress: boolean): number {
  const mapped = [...codes].map(([char, code]) => `<${hex4(code)}> <${hexOf(char)}>`);
  const batches: string[] = [];
  for (let at = 0; at < mapped.length; at += 100) {
    const some = mapped.slice(at, at + 100);
    batches.push(`${some.length} beginbfchar\n${some.join("\n")}\nendbfchar`);
  }
  const map = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def /CMapType 2 def 1 begincodespacerange <0000> <ffff> endcodespacerange\n${batches.join("\n")}\nendcmap end end`;
  const toUnicode = objects.add(streamOf(map, "", compress));
  const widths = [...codes].map(([char, code]) => `${code} [${widthOf(char)}]`).join(" ");
  const descriptor = objects.add(
    "<< /Type /FontDescriptor /FontName /Own /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>",
  );
  const descendant = objects.add(
    `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Own /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ${descriptor} 0 R /DW 600 /W [${widths}] >>`,
  );
  return objects.add(
    `<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [${descendant} 0 R] /ToUnicode ${toUnicode} 0 R >>`,
  );
}
