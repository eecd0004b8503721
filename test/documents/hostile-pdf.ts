import { deflateSync } from "node:zlib";
import type { Dice } from "./dice.ts";
import { createPdfObjects, streamOf, type PdfObjects } from "./pdf-writer.ts";

/** `failed`: it must be refused, with a reason like this. `either`: readers may get over it; then its text is read. */
export type Hostile = {
  readonly bytes: Buffer;
  readonly filename: string;
  readonly outcome: "failed" | "completed" | "either";
  readonly reason?: RegExp;
};
export type Family = {
  readonly name: string;
  /** Takes seconds, or a limit's worth of memory: not for every day. */
  readonly heavy?: true;
  make(dice: Dice): Hostile;
};

type Frame = {
  readonly objects: PdfObjects;
  readonly tree: number;
  readonly page: number;
  readonly content: number;
  readonly root: number;
  readonly font: number;
};

/** A PDF of one page whose objects can be exchanged for worse ones. */
function pdf(change: (frame: Frame) => string | void, content: string | Buffer = hello): Buffer {
  const objects = createPdfObjects();
  const font = objects.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
  const stream = objects.add(typeof content === "string" ? streamOf(content) : content);
  const [page, tree] = [objects.add(""), objects.add("")];
  objects.set(page, pageOf({ tree, font, content: stream }));
  objects.set(tree, `<< /Type /Pages /Kids [${page} 0 R] /Count 1 >>`);
  const root = objects.add(`<< /Type /Catalog /Pages ${tree} 0 R >>`);
  const trailer = change({ objects, tree, page, content: stream, root, font });
  return objects.finish(root, { trailer: trailer ?? "" });
}

const hello = "BT /F 12 Tf 72 700 Td (Words that can be read on a page.) Tj ET";
const pageOf = ({ tree, font, content }: Pick<Frame, "tree" | "font" | "content">, more = ""): string =>
  `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F ${font} 0 R >> ${more} >> /Contents ${content} 0 R >>`;

const family = (name: string, outcome: Hostile["outcome"], bytes: (dice: Dice) => Buffer, reason?: RegExp): Family => ({
  name,
  make: (dice) => ({ bytes: bytes(dice), filename: `${name}.pdf`, outcome, ...(reason === undefined ? {} : { reason }) }),
});

/** Zeros packed so often. */
function packedZeros(bytes: number, times: number): Buffer {
  let packed: Buffer = Buffer.alloc(bytes);
  for (let at = 0; at < times; at++) packed = deflateSync(packed, { level: 9 });
  return packed;
}
const bombStream = (bytes: number, times: number): Buffer => {
  const packed = packedZeros(bytes, times);
  return Buffer.concat([
    Buffer.from(`<< /Length ${packed.length} /Filter [${"/FlateDecode ".repeat(times)}] >>\nstream\n`),
    packed,
    Buffer.from("\nendstream"),
  ]);
};

const trees: readonly Family[] = [
  family(
    "pdf-no-pages",
    "failed",
    () => pdf(({ objects, tree }) => objects.set(tree, "<< /Type /Pages /Kids [] /Count 0 >>")),
    /no pages|damaged/,
  ),
  family("pdf-count-huge", "either", (dice) =>
    pdf(({ objects, tree, page }) => objects.set(tree, `<< /Type /Pages /Kids [${page} 0 R] /Count ${2_000_000_000 + dice.below(1e8)} >>`)),
  ),
  family("pdf-count-negative", "either", (dice) =>
    pdf(({ objects, tree, page }) => objects.set(tree, `<< /Type /Pages /Kids [${page} 0 R] /Count -${1 + dice.below(1000)} >>`)),
  ),
  family(
    "pdf-many-pages",
    "failed",
    (dice) => {
      const count = 5001 + dice.below(3000);
      return pdf(({ objects, tree, page }) =>
        objects.set(tree, `<< /Type /Pages /Kids [${`${page} 0 R `.repeat(count)}] /Count ${count} >>`),
      );
    },
    /pages; at most 5000/,
  ),
  family("pdf-tree-of-itself", "failed", () =>
    pdf(({ objects, tree }) => objects.set(tree, `<< /Type /Pages /Kids [${tree} 0 R] /Count 1 >>`)),
  ),
  family("pdf-tree-ring", "failed", (dice) =>
    pdf(({ objects, tree }) => {
      const rings = Array.from({ length: 2 + dice.below(20) }, () => objects.add(""));
      for (const [at, no] of rings.entries()) objects.set(no, `<< /Type /Pages /Kids [${rings[at + 1] ?? tree} 0 R] /Count 1 >>`);
      objects.set(tree, `<< /Type /Pages /Kids [${rings[0]} 0 R] /Count 1 >>`);
    }),
  ),
  family("pdf-tree-deep", "either", (dice) =>
    pdf(({ objects, tree, page }) => {
      let below = page;
      for (let at = 0; at < 2000 + dice.below(3000); at++) below = objects.add(`<< /Type /Pages /Kids [${below} 0 R] /Count 1 >>`);
      objects.set(tree, `<< /Type /Pages /Kids [${below} 0 R] /Count 1 >>`);
    }),
  ),
  family("pdf-parent-ring", "either", () =>
    pdf(({ objects, tree, page, content }) => {
      objects.set(page, `<< /Type /Page /Parent ${tree} 0 R /Contents ${content} 0 R >>`);
      objects.set(tree, `<< /Type /Pages /Parent ${tree} 0 R /Kids [${page} 0 R] /Count 1 >>`);
    }),
  ),
  family("pdf-page-missing", "failed", () =>
    pdf(({ objects, tree }) => objects.set(tree, "<< /Type /Pages /Kids [999 0 R null] /Count 2 >>")),
  ),
  family("pdf-root-missing", "failed", () => pdf(({ objects, root }) => objects.set(root, "null"))),
];

const references: readonly Family[] = [
  family("pdf-xref-loop", "either", () => {
    const made = pdf(() => undefined).toString("latin1");
    const at = /startxref\n(\d+)/.exec(made)?.[1] ?? "0";
    return Buffer.from(made.replace("/Root", `/Prev ${at} /XRefStm ${at} /Root`), "latin1");
  }),
  family("pdf-xref-wild", "either", (dice) =>
    Buffer.from(
      pdf(() => undefined)
        .toString("latin1")
        .replace(/startxref\n\d+/, `startxref\n${dice.pick(["0", "-5", "99999999999", "17", "NaN"])}`),
      "latin1",
    ),
  ),
  family("pdf-contents-of-itself", "either", () =>
    pdf(({ objects, page, tree, font }) => {
      const list = objects.add("");
      objects.set(list, `[${list} 0 R ${list} 0 R]`);
      objects.set(page, pageOf({ tree, font, content: list }));
    }),
  ),
  family("pdf-reference-ring", "failed", () =>
    pdf(({ objects, page }) => {
      const other = objects.add(`${page} 0 R`);
      objects.set(page, `${other} 0 R`);
    }),
  ),
  family("pdf-length-of-itself", "either", () =>
    pdf(({ objects, content }) => objects.set(content, `<< /Length ${content} 0 R >>\nstream\n${hello}\nendstream`)),
  ),
  family("pdf-form-of-itself", "either", (dice) =>
    pdf(({ objects, page, tree, font, content }) => {
      const form = objects.add("");
      const again = "/X Do ".repeat(1 + dice.below(4));
      objects.set(
        form,
        streamOf(`${hello} ${again}`, `/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /X ${form} 0 R >> >>`),
      );
      objects.set(content, streamOf(`${hello} /X Do`));
      objects.set(page, pageOf({ tree, font, content }, `/XObject << /X ${form} 0 R >>`));
    }),
  ),
  family("pdf-form-fan", "either", () =>
    // Each of a dozen forms draws the next one eight times: 8^12 in all.
    pdf(({ objects, page, tree, font, content }) => {
      let below = objects.add(
        streamOf("BT /F 9 Tf (x) Tj ET", `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F ${font} 0 R >> >>`),
      );
      for (let at = 0; at < 3; at++)
        below = objects.add(
          streamOf("/X Do ".repeat(8), `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X ${below} 0 R >> >>`),
        );
      objects.set(content, streamOf(`${hello} /X Do`));
      objects.set(page, pageOf({ tree, font, content }, `/XObject << /X ${below} 0 R >>`));
    }),
  ),
  family("pdf-object-streams", "either", (dice) =>
    pdf(({ objects, page }) => {
      const stream = objects.add("");
      objects.set(stream, streamOf("1 0 2 5 << >>", `/Type /ObjStm /N ${1e9 + dice.below(1e9)} /First 9 /Extends ${stream} 0 R`));
      objects.set(page, `${stream} 0 R`);
    }),
  ),
];

const unbalanced = (saved: number, restored: number): string => `${"q ".repeat(saved)} ${"Q ".repeat(restored)} ${hello} ET ET BT BT`;

const contents: readonly Family[] = [
  family("pdf-deep-arrays", "either", (dice) => pdf(() => undefined, `${"[".repeat(20_000 + dice.below(100_000))} ${hello}`)),
  family("pdf-deep-dictionary", "either", (dice) =>
    pdf(({ objects, page, tree, font, content }) =>
      objects.set(page, pageOf({ tree, font, content }, `/Deep ${"<< /A ".repeat(5000 + dice.below(50_000))}`)),
    ),
  ),
  family("pdf-endless-string", "either", (dice) => pdf(() => undefined, `BT /F 12 Tf (${"(".repeat(100_000 + dice.below(500_000))}`)),
  family("pdf-wild-numbers", "either", (dice) => {
    const wild = ["1e308", "-99999999999999999999", "0.00000000001", "NaN", "--5", "4294967296"];
    const lines = Array.from(
      { length: 300 },
      (_, at) => `BT /F ${dice.pick(wild)} Tf ${dice.pick(wild)} ${dice.pick(wild)} Td ${dice.pick(wild)} Tw (word ${at}) Tj ET`,
    );
    return pdf(() => undefined, `${hello} ${lines.join("\n")}`);
  }),
  family("pdf-unbalanced", "either", (dice) => pdf(() => undefined, unbalanced(dice.below(3000), dice.below(3000)))),
  // pdf.js takes time by the square of it: more than its limit.
  {
    ...family("pdf-unbalanced-large", "failed", () => pdf(() => undefined, unbalanced(150_000, 150_000)), /more than \d+ seconds/),
    heavy: true,
  },
  family("pdf-one-place", "either", (dice) =>
    pdf(
      () => undefined,
      Array.from({ length: 20_000 }, (_, at) => `BT /F 10 Tf 1 0 0 1 ${dice.below(9)} ${dice.below(9)} Tm (w${at}) Tj ET`).join("\n"),
    ),
  ),
  family("pdf-hyphens", "either", () =>
    pdf(() => undefined, `BT /F 10 Tf 14 TL 72 700 Td ${"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-) ' ".repeat(5000)} ET`),
  ),
  family("pdf-unknown-filter", "either", (dice) => {
    const filter = dice.pick([
      "JBIG2Decode",
      "LZWDecode",
      "Crypt",
      "CCITTFaxDecode",
      "JPXDecode",
      "DCTDecode",
      "RunLengthDecode",
      "ASCII85Decode",
    ]);
    return pdf(({ objects, content }) => objects.set(content, streamOf(dice.bytes(3000), `/Filter /${filter}`)));
  }),
  family("pdf-predictor", "either", () =>
    pdf(({ objects, content }) => {
      const packed = deflateSync(Buffer.from(hello));
      objects.set(
        content,
        streamOf(packed, "/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 2147483647 /Colors 32 /BitsPerComponent 16 >>"),
      );
    }),
  ),
  family("pdf-flate-bomb", "either", (dice) =>
    pdf(({ objects, content }) => objects.set(content, bombStream(16 * 1024 * 1024 + dice.below(9), 2))),
  ),
  {
    ...family("pdf-flate-bomb-large", "failed", () => pdf(({ objects, content }) => objects.set(content, bombStream(1_500_000_000, 3)))),
    heavy: true,
  },
  {
    ...family("pdf-text-bomb", "failed", (dice) =>
      pdf(({ objects, content }) =>
        objects.set(content, streamOf("BT /F 1 Tf 0 0 Td (A) Tj ET\n".repeat(2_000_000 + dice.below(9)), "", true)),
      ),
    ),
    heavy: true,
  },
  family("pdf-picture-only", "failed", (dice) => scanned(dice), /scanned.*OCR/),
];

/** A page that is a photograph of text. */
function scanned(dice: Dice): Buffer {
  return pdf(({ objects, page, tree, font, content }) => {
    const side = 8 + dice.below(30);
    const image = objects.add(
      streamOf(
        dice.bytes(side * side),
        `/Type /XObject /Subtype /Image /Width ${side} /Height ${side} /ColorSpace /DeviceGray /BitsPerComponent 8`,
      ),
    );
    objects.set(content, streamOf("q 612 0 0 792 0 0 cm /I Do Q"));
    objects.set(page, pageOf({ tree, font, content }, `/XObject << /I ${image} 0 R >>`));
  });
}

const fonts: readonly Family[] = [
  family("pdf-unicode-bomb", "either", (dice) =>
    pdf(({ objects, font }) => {
      const ranges = `100 beginbfrange\n${"<00000000> <ffffffff> <0041>\n".repeat(100)}endbfrange\n`;
      const map = objects.add(
        streamOf(
          `begincmap 1 begincodespacerange <00000000> <ffffffff> endcodespacerange ${ranges.repeat(1 + dice.below(20))} endcmap`,
          "",
          true,
        ),
      );
      objects.set(font, `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode ${map} 0 R >>`);
    }),
  ),
  family("pdf-widths-bomb", "either", (dice) =>
    pdf(({ objects, font }) => {
      const below = objects.add(
        `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Own /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /W [0 ${2_000_000_000 + dice.below(9)} 500] >>`,
      );
      objects.set(font, `<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [${below} 0 R] >>`);
    }),
  ),
  family("pdf-font-of-itself", "either", () =>
    pdf(({ objects, font }) =>
      objects.set(
        font,
        `<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [${font} 0 R] /ToUnicode ${font} 0 R >>`,
      ),
    ),
  ),
  family("pdf-glyph-of-itself", "either", () =>
    pdf(({ objects, font }) => {
      const glyph = objects.add(streamOf("1000 0 0 0 750 750 d1 BT /F 12 Tf (aaaa) Tj ET"));
      objects.set(
        font,
        `<< /Type /Font /Subtype /Type3 /FontBBox [0 0 750 750] /FontMatrix [0.001 0 0 0.001 0 0] /CharProcs << /a ${glyph} 0 R >> /Encoding << /Type /Encoding /Differences [97 /a] >> /FirstChar 97 /LastChar 97 /Widths [1000] /Resources << /Font << /F ${font} 0 R >> >> >>`,
      );
    }),
  ),
  family("pdf-font-file-broken", "either", (dice) =>
    pdf(({ objects, font }) => {
      const file = objects.add(streamOf(dice.bytes(4000), "/Length1 4000", true));
      const descriptor = objects.add(`<< /Type /FontDescriptor /FontName /Own /Flags 4 /FontFile2 ${file} 0 R >>`);
      objects.set(
        font,
        `<< /Type /Font /Subtype /TrueType /BaseFont /Own /FirstChar 32 /LastChar 126 /FontDescriptor ${descriptor} 0 R >>`,
      );
    }),
  ),
  family(
    "pdf-east-asian-table",
    "failed",
    () =>
      pdf(({ objects, font, content }) => {
        const descriptor = objects.add("<< /Type /FontDescriptor /FontName /Ryumin-Light /Flags 4 /Ascent 800 /Descent -200 >>");
        const below = objects.add(
          `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light /FontDescriptor ${descriptor} 0 R /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>`,
        );
        objects.set(
          font,
          `<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light /Encoding /90ms-RKSJ-H /DescendantFonts [${below} 0 R] >>`,
        );
        objects.set(content, streamOf("BT /F 12 Tf 72 700 Td <82a082a282a482a682a8> Tj ET"));
      }),
    /East Asian/,
  ),
];

const locks: readonly Family[] = [
  family(
    "pdf-encrypted",
    "failed",
    (dice) => {
      const kind = dice.pick([
        "/V 1 /R 2",
        "/V 2 /R 3 /Length 128",
        "/V 4 /R 4 /Length 128 /CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV2 /Length 16 >> >> /StmF /StdCF /StrF /StdCF",
        "/V 5 /R 6 /Length 256 /CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV3 /Length 32 >> >> /StmF /StdCF /StrF /StdCF",
      ]);
      const long = kind.startsWith("/V 5");
      const random = (count: number): string => dice.bytes(count).toString("hex");
      const more = long ? `/OE <${random(32)}> /UE <${random(32)}> /Perms <${random(16)}>` : "";
      return pdf(({ objects }) => {
        const lock = objects.add(
          `<< /Filter /Standard ${kind} /O <${random(long ? 48 : 32)}> /U <${random(long ? 48 : 32)}> /P -44 ${more} >>`,
        );
        return `/Encrypt ${lock} 0 R /ID [<${random(16)}> <${random(16)}>]`;
      });
    },
    /encrypted/,
  ),
  family(
    "pdf-encrypted-strangely",
    "failed",
    (dice) =>
      pdf(
        ({ objects }) =>
          `/Encrypt ${objects.add(`<< /Filter /${dice.pick(["Adobe.PubSec", "Entrust.PPKEF", "X"])} /V ${dice.below(9)} /R 2 >>`)} 0 R /ID [<00> <00>]`,
      ),
    /encrypted/,
  ),
];

const wholes: readonly Family[] = [
  family("pdf-header-only", "failed", (dice) => Buffer.from(`%PDF-1.${dice.below(8)}\n`), /damaged/),
  family("pdf-random", "failed", (dice) => Buffer.concat([Buffer.from("%PDF-1.7\n"), dice.bytes(1 + dice.below(20_000))]), /damaged/),
  family("pdf-endings", "either", (dice) =>
    Buffer.concat([pdf(() => undefined), Buffer.from("startxref\n0\n%%EOF\n".repeat(1 + dice.below(2000)))]),
  ),
  family("pdf-scripts", "completed", () =>
    pdf(({ objects, root, tree }) =>
      objects.set(
        root,
        `<< /Type /Catalog /Pages ${tree} 0 R /OpenAction << /S /JavaScript /JS (while\\(true\\){}) >> /AA << /WC << /S /Launch /F (/bin/sh) >> >> /URI << /Base (http://127.0.0.1:1/) >> >>`,
      ),
    ),
  ),
];

export const PDF_FAMILIES: readonly Family[] = [...trees, ...references, ...contents, ...fonts, ...locks, ...wholes];
