import { bodyXml, docxOf, docxParts, run } from "./docx-writer.ts";
import type { Dice } from "./dice.ts";
import type { Family, Hostile } from "./hostile-pdf.ts";
import { writeZip, type ZipPart } from "./zip-writer.ts";

const family = (name: string, outcome: Hostile["outcome"], bytes: (dice: Dice) => Buffer, reason?: RegExp): Family => ({
  name,
  make: (dice) => ({ bytes: bytes(dice), filename: `${name}.docx`, outcome, ...(reason === undefined ? {} : { reason }) }),
});

const paragraph = (text: string): string => `<w:p>${run(text)}</w:p>`;
const good = bodyXml(paragraph("Words that can be read in a document."));
const goodParts = (): ZipPart[] => docxOf(good);
const withPart = (part: ZipPart): Buffer => writeZip([...goodParts().filter(({ name }) => name !== part.name), part]);
const body = (inside: string): Buffer => writeZip(docxOf(bodyXml(inside)));
const typed = (doctype: string, inside: string): Buffer => writeZip(docxOf(bodyXml(inside).replace("?>\n", `?>\n${doctype}\n`)));

const bombs: readonly Family[] = [
  family(
    "docx-bomb",
    "failed",
    (dice) => writeZip(docxOf(bodyXml(`<w:p><w:r><w:t>${"A".repeat(8_000_000 + dice.below(1_000_000))}</w:t></w:r></w:p>`))),
    /unpacks to far more/,
  ),
  family(
    "docx-bomb-that-lies",
    "failed",
    (dice) => writeZip(docxOf(bodyXml(paragraph("B".repeat(2_000_000))), { unpacked: 100 + dice.below(900) })),
    /unpacks to far more/,
  ),
  family(
    "docx-bomb-announced",
    "failed",
    (dice) => writeZip(docxOf(good, { unpacked: 0xf000_0000 + dice.below(0xfff_ffff) })),
    /unpacks to far more/,
  ),
  family("docx-bomb-nested", "completed", (dice) => {
    let inner = writeZip([{ name: "0", content: Buffer.alloc(5_000_000 + dice.below(99)) }]);
    for (let at = 0; at < 3; at++) inner = writeZip(Array.from({ length: 8 }, (_, no) => ({ name: `${at}-${no}.zip`, content: inner })));
    return withPart({ name: "word/embeddings/oleObject1.bin", content: inner, stored: true });
  }),
  family(
    "docx-many-parts",
    "failed",
    (dice) =>
      writeZip([
        ...goodParts(),
        ...Array.from({ length: 10_000 + dice.below(3000) }, (_, at) => ({ name: `word/media/${at}`, content: "", stored: true })),
      ]),
    /parts; at most/,
  ),
  family("docx-parts-overlap", "either", () => writeZip(goodParts().map((part) => ({ ...part, claims: { at: 0 } })))),
  family("docx-note-repeated", "completed", () => {
    const parts = docxParts([{ text: "A note.", note: `Long ${"note ".repeat(20_000)}` }]);
    const references = '<w:r><w:footnoteReference w:id="1"/></w:r>'.repeat(20_000);
    return writeZip(
      parts.map((part) =>
        part.name === "word/document.xml" ? { ...part, content: bodyXml(`<w:p>${run("Words.")}${references}</w:p>`) } : part,
      ),
    );
  }),
];

const archives: readonly Family[] = [
  family("docx-encrypted-part", "failed", () => writeZip(docxOf(good, { flags: 1 })), /encrypted/),
  family(
    "docx-encrypted",
    "failed",
    (dice) =>
      Buffer.concat([
        Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
        dice.bytes(500),
        Buffer.from("EncryptedPackage", "utf16le"),
        dice.bytes(3000),
      ]),
    /encrypted/,
  ),
  family(
    "docx-old",
    "failed",
    (dice) => Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), dice.bytes(3000)]),
    /old Office/,
  ),
  family(
    "docx-slip",
    "failed",
    (dice) =>
      withPart({ name: dice.pick(["../../../../etc/cron.d/x", "/etc/passwd", "word\\..\\..\\x", "C:\\x", "word/../../x"]), content: "x" }),
    /outside itself/,
  ),
  family("docx-twice", "failed", () => writeZip([...goodParts(), ...goodParts()]), /same name/),
  family("docx-wrong-checksum", "failed", (dice) => writeZip(docxOf(good, { crc: dice.below(0xffff_ffff) })), /damaged/),
  family("docx-wrong-place", "failed", (dice) => writeZip(docxOf(good, { at: 5 + dice.below(0xffff_fff0) })), /damaged/),
  family("docx-wrong-size", "failed", (dice) => writeZip(docxOf(good, { packed: 100_000 + dice.below(0xfff_ffff) })), /damaged/),
  family(
    "docx-wrong-method",
    "failed",
    (dice) => {
      const made = writeZip(goodParts());
      for (let at = made.indexOf("PK\u0001\u0002"); at >= 0; at = made.indexOf("PK\u0001\u0002", at + 4))
        made.writeUInt16LE(dice.pick([1, 9, 12, 14, 93, 99]), at + 10);
      return made;
    },
    /packed in a way/,
  ),
  family(
    "docx-zip64",
    "failed",
    () => {
      const made = writeZip(goodParts());
      made.writeUInt32LE(0xffff_ffff, made.length - 6);
      return made;
    },
    /Zip64/,
  ),
  family("docx-false-end", "either", (dice) => {
    const made = writeZip(goodParts());
    const comment = Buffer.concat([Buffer.from("PK\u0005\u0006"), dice.bytes(18)]);
    made.writeUInt16LE(comment.length, made.length - 2);
    return Buffer.concat([made, comment]);
  }),
  family(
    "docx-without-text-part",
    "failed",
    () => writeZip(goodParts().filter(({ name }) => name !== "word/document.xml")),
    /main part is missing/,
  ),
  family(
    "docx-part-of-others",
    "failed",
    (dice) =>
      writeZip(
        goodParts().map((part) =>
          part.name === "_rels/.rels"
            ? {
                ...part,
                content: String(part.content).replace(
                  "word/document.xml",
                  dice.pick(["../../../etc/passwd", "file:///etc/passwd", "/proc/self/environ", "http://127.0.0.1:1/"]),
                ),
              }
            : part,
        ),
      ),
    /main part is missing/,
  ),
  family(
    "docx-random",
    "failed",
    (dice) => Buffer.concat([Buffer.from("PK\u0003\u0004"), dice.bytes(1 + dice.below(9000))]),
    /damaged or cut off/,
  ),
];

const texts: readonly Family[] = [
  family(
    "docx-outside-entity",
    "failed",
    (dice) =>
      typed(
        `<!DOCTYPE d [<!ENTITY x SYSTEM "${dice.pick(["file:///etc/passwd", "http://127.0.0.1:1/x", "php://filter/resource=/etc/passwd"])}">]>`,
        "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>",
      ),
    /entities/,
  ),
  family(
    "docx-billion-laughs",
    "failed",
    () => {
      const levels = Array.from({ length: 10 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join("");
      return typed(`<!DOCTYPE d [<!ENTITY l0 "ha">${levels}]>`, "<w:p><w:r><w:t>&l10;</w:t></w:r></w:p>");
    },
    /entities/,
  ),
  family(
    "docx-large-entity",
    "failed",
    () => typed(`<!DOCTYPE d [<!ENTITY x "${"y".repeat(50_000)}">]>`, paragraph("z").replace("z", "&x;".repeat(10_000))),
    /entities/,
  ),
  family(
    "docx-type-in-styles",
    "failed",
    () => withPart({ name: "word/styles.xml", content: '<!DOCTYPE s SYSTEM "http://127.0.0.1:1/s.dtd"><w:styles/>' }),
    /document type/,
  ),
  family(
    "docx-deep",
    "failed",
    (dice) => body(dice.pick(["<w:p><w:r>", "<w:tbl><w:tr><w:tc>", "<x>"]).repeat(20_000 + dice.below(20_000))),
    /levels deep/,
  ),
  family("docx-unclosed", "either", (dice) => body(`${paragraph("Words.")}<w:p><w:r><w:t${" a".repeat(dice.below(100_000))}`)),
  family("docx-attributes", "either", (dice) =>
    body(`<w:p ${Array.from({ length: 50_000 + dice.below(9000) }, (_, at) => `a${at}="b"`).join(" ")}>${run("Words.")}</w:p>`),
  ),
  family("docx-no-text", "failed", () => body("<w:p/>"), /no text/),
  family(
    "docx-not-utf8",
    "failed",
    (dice) => writeZip(docxOf(Buffer.concat([Buffer.from("<w:document><w:p>"), Buffer.from([0xff, 0xfe, 0xfd]), dice.bytes(500)]))),
    /UTF-8/,
  ),
  family("docx-in-itself", "failed", () => writeZip(docxOf(writeZip(goodParts())))),
  family("docx-wild-lists", "completed", (dice) => {
    const wild = ["-1", "99999999999999999999", "NaN", "", "8", "9", "1e308"];
    const items = Array.from(
      { length: 500 },
      () =>
        `<w:p><w:pPr><w:numPr><w:ilvl w:val="${dice.pick(wild)}"/><w:numId w:val="${dice.pick(["1", "2", "77", ""])}"/></w:numPr><w:outlineLvl w:val="${dice.pick(wild)}"/></w:pPr>${run("item")}</w:p>`,
    );
    return body(items.join(""));
  }),
  family("docx-large-table", "completed", (dice) =>
    body(`<w:tbl>${`<w:tr>${`<w:tc><w:p>${run("1")}</w:p></w:tc>`.repeat(10)}</w:tr>`.repeat(500 + dice.below(500))}</w:tbl>`),
  ),
  family("docx-many-paragraphs", "completed", (dice) => body(`${paragraph("Words.")}${"<w:p/>".repeat(50_000 + dice.below(50_000))}`)),
];

export const DOCX_FAMILIES: readonly Family[] = [...bombs, ...archives, ...texts];
