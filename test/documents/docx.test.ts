import { test } from "bun:test";
import assert from "node:assert/strict";
import { parse } from "../../src/ingest/parse.ts";
import { bodyXml, docxOf, run, writeDocx } from "./docx-writer.ts";
import { writeZip } from "./zip-writer.ts";

async function read(bytes: Uint8Array, filename = "a.docx") {
  const parsed = await parse(filename, Uint8Array.from(bytes));
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.refusal.message);
  return parsed;
}
const paragraph = (inside: string): string => `<w:p>${inside}</w:p>`;
const readBody = async (inside: string): Promise<string> => (await read(writeZip(docxOf(bodyXml(inside))))).text;

test("a Word document is read as it is seen: headings by style, numbers of clauses, lists, tables, footnotes", async () => {
  const { kind, title, text } = await read(
    writeDocx(
      [
        { text: "Rahmenvertrag", style: "Titel" },
        { text: "1 Laufzeit	3", style: "Verzeichnis1" },
        { text: "Laufzeit", style: "berschrift1", list: [2, 0] },
        { text: "Der Vertrag läuft zwei Jahre.", note: "Ab Unterschrift." },
        { text: "Verlängerung", style: "Clause" },
        { text: "Schriftlich", list: [2, 2] },
        { text: "Rechtzeitig", list: [2, 2] },
        { text: "Kündigung", style: "Clause" },
        { text: "Gehäuse", list: [1, 0] },
        { text: "Deckel", list: [1, 1] },
        {
          table: [
            ["Stufe", "Preis"],
            ["Basis", "9 € | netto"],
          ],
        },
        { text: "保証期間は一年間です。 Гарантия — год. תקופת האחריות", style: "Ring" },
      ],
      { title: "Vertrag mit Corvane" },
    ),
  );
  assert.deepEqual([kind, title], ["docx", "Vertrag mit Corvane"]);
  assert.equal(
    text,
    [
      "# Rahmenvertrag",
      "# 1. Laufzeit",
      "Der Vertrag läuft zwei Jahre. (note 1)",
      "Note 1: Ab Unterschrift.",
      "## 1.1 Verlängerung",
      "    (a) Schriftlich\n    (b) Rechtzeitig",
      "## 1.2 Kündigung",
      "- Gehäuse\n  - Deckel",
      "| Stufe | Preis |\n| Basis | 9 € / netto |",
      "保証期間は一年間です。 Гарантия — год. תקופת האחריות",
    ].join("\n\n"),
  );
});

test("what was deleted, moved away, hidden or is an instruction to Word is not read; what stands for it is", async () => {
  const inside = [
    `<w:ins>${run("Kept.")}</w:ins><w:del><w:r><w:delText>SECRET</w:delText></w:r></w:del><w:moveFrom>${run("SECRET")}</w:moveFrom>`,
    `<w:r><w:rPr><w:vanish/></w:rPr><w:t>SECRET</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> Seen.</w:t></w:r>`,
    `<w:r><w:instrText>SECRET</w:instrText></w:r>${run(" Result.")}`,
    `<mc:AlternateContent><mc:Choice>${run(" Box.")}</mc:Choice><mc:Fallback>${run("SECRET")}</mc:Fallback></mc:AlternateContent>`,
    `<w:r><w:t>One</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t><w:noBreakHyphen/><w:t>four</w:t></w:r>`,
  ];
  assert.equal(await readBody(inside.map(paragraph).join("")), "Kept.\n\nSeen.\n\nResult.\n\nBox.\n\nOne two\nthree-four");
  // The same word where nothing hides it is read: the check above can fail.
  assert.equal(await readBody(paragraph(run("SECRET"))), "SECRET");
});

test("a document whose parts have other names is found by its relations", async () => {
  const moved = docxOf(bodyXml(paragraph(run("Found.")))).map(({ name, content, ...part }) => ({
    ...part,
    name: name.replaceAll("document.xml", "document2.xml"),
    content: typeof content === "string" ? content.replace('"word/document.xml"', '"/word/document2.xml"') : content,
  }));
  assert.equal((await read(writeZip(moved))).text, "Found.");
});

test("a document is known by what it holds, and others in the same wrapping are told apart", async () => {
  assert.equal((await read(writeDocx([{ text: "Known." }]), "a.txt")).kind, "docx");
  for (const [names, code, says] of [
    [["[Content_Types].xml", "xl/workbook.xml"], "invalid_file", /nothing|no text|damaged|Excel/],
    [["[Content_Types].xml", "ppt/presentation.xml"], "invalid_file", /no text/],
    [["mimetype"], "unsupported_file", /OpenDocument/],
    [["photo.jpg"], "invalid_file", /is no Word document/],
  ] as const) {
    const parsed = await parse("a.docx", writeZip(names.map((name) => ({ name, content: "x" }))));
    assert.ok(!parsed.ok && parsed.refusal.code === code, names.join(" "));
    assert.match(parsed.refusal.message, says);
  }
});
