import { test } from "bun:test";
import assert from "node:assert/strict";
import { XML_DEPTH_MAX } from "../../src/ingest/docx-xml.ts";
import { parse } from "../../src/ingest/parse.ts";
import { parsePdf, PDF_LIMITS } from "../../src/ingest/parse-pdf.ts";
import { openPdf, PAGES_MAX } from "../../src/ingest/pdf-document.ts";
import { ENTRIES_MAX, openZip, PART_BYTES_MAX, RATIO_MAX, UNPACKED_BYTES_MAX } from "../../src/ingest/zip.ts";
import { bodyXml, docxOf, run } from "./docx-writer.ts";
import { createPdfObjects, streamOf, writePdf } from "./pdf-writer.ts";
import { writeZip, type ZipPart } from "./zip-writer.ts";

const empty = (count: number): ZipPart[] => Array.from({ length: count }, (_, at) => ({ name: `${at}`, content: "", stored: true }));

test("an archive has at most so many parts", () => {
  assert.equal(openZip(writeZip(empty(ENTRIES_MAX))).names.size, ENTRIES_MAX);
  assert.throws(() => openZip(writeZip(empty(ENTRIES_MAX + 1))), /parts; at most/);
});

test("a part unpacks to at most so many bytes, and all parts together, by what they announce", () => {
  const claim = (unpacked: number, count = 1): Buffer =>
    writeZip(empty(count).map((part, no) => ({ ...part, claims: { unpacked, packed: unpacked, at: no * (unpacked + 30) } })));
  // At the limit it goes on, and finds that nothing of the kind is there.
  assert.throws(() => openZip(claim(PART_BYTES_MAX)).read("0"), /damaged/);
  assert.throws(() => openZip(claim(PART_BYTES_MAX + 1)).read("0"), /bytes long; at most/);
  const parts = UNPACKED_BYTES_MAX / PART_BYTES_MAX;
  assert.equal(openZip(claim(PART_BYTES_MAX, parts)).names.size, parts);
  assert.throws(() => openZip(claim(PART_BYTES_MAX + 1, parts)), /far more/);
});

test("a part shrinks by at most so much", () => {
  const shrunk = (unpacked: number): Buffer => writeZip([{ name: "a", content: "", claims: { unpacked, packed: 10_000 } }]);
  assert.ok(openZip(shrunk(10_000 * RATIO_MAX)));
  assert.throws(() => openZip(shrunk(10_000 * RATIO_MAX + 1)), /far more/);
});

test("a document is nested at most so deep", async () => {
  // document, body, p, r and t are around it.
  const nested = (levels: number) => {
    const around = levels - 5;
    return parse("a.docx", writeZip(docxOf(bodyXml(`${"<w:x>".repeat(around)}<w:p>${run("Deep.")}</w:p>${"</w:x>".repeat(around)}`))));
  };
  assert.ok((await nested(XML_DEPTH_MAX)).ok);
  const deeper = await nested(XML_DEPTH_MAX + 1);
  assert.ok(!deeper.ok && /levels deep/.test(deeper.refusal.message));
});

test("a PDF has at most so many pages", async () => {
  const withPages = (count: number): Uint8Array => {
    const objects = createPdfObjects();
    const tree = objects.add("");
    const page = objects.add(`<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 9 9] /Contents ${objects.add(streamOf(""))} 0 R >>`);
    objects.set(tree, `<< /Type /Pages /Kids [${`${page} 0 R `.repeat(count)}] /Count ${count} >>`);
    return Uint8Array.from(objects.finish(objects.add(`<< /Type /Catalog /Pages ${tree} 0 R >>`)));
  };
  const held = await openPdf(withPages(PAGES_MAX));
  assert.equal(held.pageCount, PAGES_MAX);
  await held.close();
  await assert.rejects(openPdf(withPages(PAGES_MAX + 1)), /at most 5000/);
});

test("a page holds at most so many pieces, and a PDF so much text", async () => {
  const bytes = (): Uint8Array =>
    Uint8Array.from(writePdf([["One", "Two", "Three"].map((text, at) => ({ x: 72, y: 700 - 30 * at, text }))]));
  const { piecesPerPageMax } = PDF_LIMITS;
  // A piece that pdf.js adds between two lines counts as well.
  const { items } = await (await openPdf(bytes())).readPage(1);
  assert.ok((await parsePdf(bytes(), { textCharsMax: 11, piecesPerPageMax: items.length })).text.startsWith("One"));
  await assert.rejects(parsePdf(bytes(), { textCharsMax: 11, piecesPerPageMax: items.length - 1 }), /more text than a page can/);
  await assert.rejects(parsePdf(bytes(), { textCharsMax: 10, piecesPerPageMax }), /more than 10 characters/);
});
