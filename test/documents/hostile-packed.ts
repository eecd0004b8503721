import { gzipSync } from "node:zlib";
import type { Dice } from "./dice.ts";
import type { Family, Hostile } from "./hostile-pdf.ts";
import { presentationOf, shape, workbookOf, writeTar } from "./office-writer.ts";
import { writeZip, type ZipPart } from "./zip-writer.ts";

type Made = Buffer | ((dice: Dice) => Buffer);
const family = (filename: string, outcome: Hostile["outcome"], bytes: () => Made, reason?: RegExp): Family => ({
  name: filename,
  make(dice) {
    const made = bytes();
    return { bytes: typeof made === "function" ? made(dice) : made, filename, outcome, ...(reason === undefined ? {} : { reason }) };
  },
});
const failing = (filename: string, reason: RegExp, bytes: () => Made): Family => family(filename, "failed", bytes, reason);

const DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>';
const rows = (count: number, cell: (no: number) => string): string =>
  Array.from({ length: count }, (_, at) => `<row r="${at + 1}">${cell(at + 1)}</row>`).join("");
const zeros = (bytes: number): Buffer => Buffer.alloc(bytes);
/** Packs to about a fiftieth: what one layer of a bomb may do. */
const dense = (bytes: number): Buffer =>
  Buffer.from(Array.from({ length: bytes / 64 }, (_, at) => `${String(at).padStart(8, "0")}${"x".repeat(56)}`).join(""));

/** Archives in archives, `wide` in each, down to a file of `leaf` bytes. */
function layered(depth: number, wide: number, leaf: Buffer): Buffer {
  let inner = writeZip([{ name: "leaf.txt", content: leaf }]);
  for (let at = 0; at < depth; at++)
    inner = writeZip(Array.from({ length: wide }, (_, no) => ({ name: `${at}-${no}.zip`, content: inner })));
  return inner;
}

/** Parts that all point at the bytes of the first: a megabyte that unpacks to as many as there are names. */
function overlapping(count: number): Buffer {
  const content = dense(1024 * 1024);
  const parts: ZipPart[] = [{ name: "0.txt", content }];
  return writeZip([
    ...parts,
    ...Array.from({ length: count }, (_, at): ZipPart => ({ name: `${at + 1}.txt`, content, claims: { at: 0 } })),
  ]);
}

function mailIn(depth: number): string {
  let mail = "From: a@example.org\r\nSubject: Innermost\r\n\r\nWords.\r\n";
  for (let at = 0; at < depth; at++)
    mail = `From: a@example.org\r\nSubject: ${at}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n${mail}\r\n--b${at}--\r\n`;
  return mail;
}
function partsIn(depth: number): string {
  const open = Array.from({ length: depth }, (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`).join("");
  return `From: a@example.org\r\nSubject: Deep\r\nMIME-Version: 1.0\r\n${open}Content-Type: text/plain\r\n\r\nWords.\r\n`;
}

const archives: readonly Family[] = [
  failing("zeros.zip", /unpacks to far more/, () => writeZip([{ name: "zeros.txt", content: zeros(20_000_000) }])),
  failing("zeros.txt.gz", /unpacks to far more/, () => gzipSync(zeros(80_000_000), { level: 9 })),
  failing("layers.zip", /unpacks to far more|levels deep/, () => layered(2, 16, dense(4_000_000))),
  failing("deep.zip", /levels deep/, () => layered(12, 1, Buffer.from("Words."))),
  failing("overlapping.zip", /unpacks to far more/, () => overlapping(200)),
  failing("wide.zip", /parts; at most/, () =>
    writeZip(Array.from({ length: 10_001 }, (_, at) => ({ name: `${at}.txt`, content: "", stored: true }))),
  ),
  failing("wide.tar", /more than 10000 entries/, () =>
    writeTar(Array.from({ length: 10_001 }, (_, at) => ({ name: `${at}.txt`, content: "" }))),
  ),
  failing("outside.zip", /outside itself/, () => writeZip([{ name: "../../etc/passwd", content: "x" }])),
  failing("outside.tar", /outside itself/, () => writeTar([{ name: "a/../../x.txt", content: "x" }])),
  failing("rooted.tar", /outside itself/, () => writeTar([{ name: "/etc/passwd", content: "x" }])),
  failing("twice.zip", /two parts of the same name/, () =>
    writeZip([
      { name: "a.txt", content: "x" },
      { name: "a.txt", content: "y" },
    ]),
  ),
  failing("links.tar", /holds nothing/, () =>
    writeTar([
      { name: "a", content: "", type: "2" },
      { name: "b", content: "", type: "1" },
      { name: "c", content: "", type: "3" },
    ]),
  ),
  failing("claims.tar", /damaged|cut off/, () => writeTar([{ name: "a.txt", content: "x", size: 8 ** 10 }])),
  failing("cut.txt.gz", /damaged or cut off/, () => gzipSync(dense(100_000)).subarray(0, 900)),
  failing("pictures.zip", /nothing that can be read: 2 files/, () =>
    writeZip([
      { name: "a.png", content: "\u0089PNG" },
      { name: "b.mp4", content: "x" },
    ]),
  ),
  failing("bad-inside.zip", /bad\.pdf: The file is named \.pdf/, () =>
    writeZip([
      { name: "good.txt", content: "Words." },
      { name: "bad.pdf", content: "words" },
    ]),
  ),
  family("many-layers.zip", "failed", () => layered(3, 2, Buffer.from("Words."))),
];

const office: readonly Family[] = [
  failing("laughs.xlsx", /declares XML entities/, () =>
    writeZip(workbookOf(['<row r="1"><c r="A1" t="s"><v>0</v></c></row>'], "<si><t>&b;</t></si>", DOCTYPE)),
  ),
  failing("one-text.xlsx", /characters of text/, () =>
    writeZip(workbookOf([rows(60_000, () => '<c t="s"><v>0</v></c><c t="s"><v>0</v></c>')], `<si><t>${"long ".repeat(6000)}</t></si>`)),
  ),
  failing("far-right.xlsx", /characters of text|seconds/, () =>
    writeZip(workbookOf([rows(40_000, (no) => `<c r="A${no}"><v>${no * 7919}</v></c><c r="XFD${no}"><v>${no}</v></c>`)])),
  ),
  failing("beyond.xlsx", /columns, which no workbook has/, () => writeZip(workbookOf(['<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>']))),
  failing("empty.xlsx", /no text/, () => writeZip(workbookOf(["", ""]))),
  failing("no-sheet.xlsx", /sheet 1 is missing/, () => writeZip(workbookOf(["<row/>"]).filter(({ name }) => !name.includes("sheet1.xml")))),
  failing("blank.pptx", /no text/, () => writeZip(presentationOf(["", "<p:sp/>"]))),
  failing("many.pptx", /slides; at most/, () => writeZip(presentationOf(Array.from({ length: 5001 }, () => "")))),
  failing("text.pptx", /characters of text|memory|far more/, () =>
    writeZip(
      presentationOf(
        Array.from({ length: 40 }, (_, at) =>
          shape(
            dense(960_000)
              .toString()
              .replaceAll("x", String(at % 10)),
          ),
        ),
      ),
    ),
  ),
  failing("deep.pptx", /levels deep/, () =>
    writeZip(presentationOf([`${"<p:grpSp>".repeat(300)}${shape("Deep.")}${"</p:grpSp>".repeat(300)}`])),
  ),
  family("rows-again.xlsx", "completed", () => writeZip(workbookOf([rows(300, () => '<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>')]))),
];

const texts: readonly Family[] = [
  failing("deep.json", /levels deep/, () => Buffer.from(`${'{"a":['.repeat(100_000)}1${"]}".repeat(100_000)}`)),
  failing("paths.json", /paths in the file are far longer/, () => Buffer.from(pathsJson())),
  family("keys.json", "completed", () =>
    Buffer.from(`{${Array.from({ length: 40_000 }, (_, at) => `"${"k".repeat(40)}${at}":[{"x":[1]}]`).join(",")}}`),
  ),
  family("quotes.csv", "completed", () => Buffer.from(`a,b\n${'"x"" ,'.repeat(60_000)}`)),
  family("commas.csv", "either", () => Buffer.from(`a${",".repeat(300_000)}b\nwords,more\n`)),
  family("header.csv", "completed", () =>
    Buffer.from(`${Array.from({ length: 20_000 }, (_, at) => `name${at}`).join(",")}\n${"1,2\n".repeat(50_000)}`),
  ),
  family("mails.eml", "completed", () => Buffer.from(mailIn(30))),
  failing("parts.eml", /nested more deeply/, () => Buffer.from(partsIn(200))),
  failing("headers.eml", /damaged, or nested/, () =>
    Buffer.from(`From: a@example.org\r\n${`X-Long: ${"y".repeat(900)}\r\n`.repeat(2000)}\r\nWords.`),
  ),
  failing("none.eml", /no headers/, () => Buffer.from("\r\n\r\nWords without a header.")),
];

/** Long paths over many small values: each level has its path as a heading. */
function pathsJson(): string {
  const key = "p".repeat(90);
  const deep = `${'{"x":'.repeat(8)}[[1],[2],[3],[4],[5],[6],[7],[8],[9]]${"}".repeat(8)}`;
  let inner = `{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":${deep}`).join(",")}}`;
  for (let at = 0; at < 6; at++) inner = `{"${key}${at}":${inner}}`;
  return inner;
}

export const PACKED_FAMILIES: readonly Family[] = [...archives, ...office, ...texts];
