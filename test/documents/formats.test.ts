import { test } from "bun:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_CUTTING, type Cutting } from "../../src/domain/collection.ts";
import { prepare } from "../../src/ingest/prepare.ts";
import { placeOf } from "../../src/domain/page.ts";
import { parse } from "../../src/ingest/parse.ts";
import { writeTar } from "./office-writer.ts";
import { writeZip } from "./zip-writer.ts";

/** Written by the programs that their names tell. */
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, "fixtures", name)));

async function read(name: string, bytes: Uint8Array = fixture(name)) {
  const parsed = await parse(name, bytes);
  assert.ok(parsed.ok, `${name}: ${parsed.ok ? "" : parsed.refusal.message}`);
  const { text, pages } = parsed;
  /** Where a piece of the text is cited from. */
  const placed = (piece: string): string | undefined => {
    const start = text.indexOf(piece);
    assert.ok(start >= 0, `${name} says ${piece}`);
    return placeOf(pages, { start, end: start + piece.length });
  };
  return { ...parsed, placed };
}
async function refused(name: string, bytes: Uint8Array = fixture(name)): Promise<string> {
  const parsed = await parse(name, bytes);
  assert.ok(!parsed.ok, name);
  return `${parsed.refusal.code}: ${parsed.refusal.message}`;
}
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const COSTS = `## Costs 2026

Travel costs of the sales team

| Employee | Trip | Date | Amount | Share |
| Anna Weber | Lisbon | 2026-03-14 | 1,234.50 € | 12.5% |
| José Núñez | Kraków | 2026-04-02 | 880.00 € | 50.0% |
| Li Wei | 東京 | 2026-05-31 | 20,111.46 € | 100.0% |
|  |  |  | TOTAL |

| Approved | TRUE |

## Plan | next

| Quarter | Goal |
| Q1 | Open the Porto office |  | 2026-07-01 14:30:00 |
| Q2 | Hire five engineers |`;

test("a workbook of openpyxl and one of LibreOffice give the same text: sheets, numbers and dates as shown, no hidden sheet", async () => {
  for (const [name, total] of [
    ["openpyxl.xlsx", "=SUM(D4:D6)"],
    ["libreoffice.xlsx", "22225.956"],
  ] as const) {
    const { kind, title, text, placed } = await read(name);
    assert.equal(kind, "xlsx");
    assert.equal(title, "Costs of travel");
    assert.equal(text, COSTS.replace("TOTAL", total));
    assert.equal(placed("Li Wei"), "sheet Costs 2026");
    assert.equal(placed("Hire five engineers"), "sheet Plan | next");
  }
});

test("the header of a long table stands above every few of its rows", async () => {
  const { text } = await read("xlsxwriter.xlsx");
  assert.match(text, /\| PX-0007 \| Valve size 1 \| \$1,013 \| 1 Feb 2020 \|/);
  assert.match(text, /\$50,140/);
  const header = "| Part no | Name | Price | Since |";
  for (const at of Array.from({ length: 40 }, (_, no) => text.indexOf(`PX-${String(no * 7).padStart(4, "0")}`))) {
    const above = text.lastIndexOf(header, at);
    assert.ok(at > 0 && above >= 0 && at - above < 1100);
  }
});

const SLIDES = `## Rollout of the new ledger

- Finance department, June 2026

## Why now

- The old system ends in December
  - Support costs 40,000 € a year
- Auditors asked for it

Notes: Mention the auditors' letter of 3 May.

## Who does what

| Team | Task |
| Platform | Moves the data |
| Finance | Checks the balances |

All dates are estimates.

Source: controlling

| Category | Costs | Tickets |
| 2024 | 120.5 | 300 |
| 2025 | 99 | 210 |
| 2026 | 64.25 | 80 |`;

test("a presentation of python-pptx and one of LibreOffice give the same text: slides, lists, tables, charts, notes, no hidden slide", async () => {
  for (const name of ["python-pptx.pptx", "libreoffice.pptx"]) {
    const { kind, title, text, placed } = await read(name);
    assert.equal(kind, "pptx");
    assert.equal(title, "Rollout of the new ledger");
    assert.equal(text, SLIDES);
    assert.equal(placed("Support costs"), "slide 2");
    assert.equal(placed("Mention the auditors"), "slide 2");
    // The fourth is hidden, and counts as it does on the screen.
    assert.equal(placed("Source: controlling"), "slide 5");
    assert.equal(placed("Moves the data |\n| Finance | Checks the balances |\n\nAll dates are estimates.\n\nSource"), "slides 3-5");
  }
});

test("a message is read with its headers and attachments, each cited by its name", async () => {
  const { kind, title, text, placed } = await read("python-email.eml");
  assert.equal(kind, "mail");
  assert.equal(title, "Angebot für die Prüfung – Größe M");
  const head = `Subject: Angebot für die Prüfung – Größe M
From: Jörg Müller <joerg@example.com>
To: Buchhaltung <books@example.org>, ann@example.org
Date: Tue, 03 Mar 2026 09:12:44 +0100
Attachments: plan.png (not read)

Guten Tag,

anbei das Angebot. Es gilt bis 30. April.`;
  assert.equal(text.slice(0, head.length), head);
  assert.equal(placed("30. April"), "message");
  assert.equal(placed("| Cellar | K-17 |"), "rules.docx");
  assert.equal(placed("| PX-1 | 12,50 |"), "prices.csv");
  assert.equal(placed("When does the audit begin?"), "attachment 4.eml");
  const page = await read("html-only.eml");
  assert.equal(page.text, "Subject: Newsletter\nFrom: a@example.com\n\n# News\n\nThe canteen opens on Monday.");
});

test("an archive is one document: a section for each file that is read, cited by its path", async () => {
  const { kind, title, text, placed } = await read("zipfile.zip");
  assert.equal(kind, "zip");
  assert.equal(title, "zipfile");
  assert.ok(text.includes("# guide/intro.md\n\n## Intro\n\nThe weir is low.\n\n### Height\n\nTwo metres."));
  // A comment in code is no heading, so nothing is put before it.
  assert.ok(text.includes("# src/app.py\n\n```python\n# start\ndef main():\n    return 1\n```"));
  assert.doesNotMatch(text, /SECRET|link|PNG/);
  assert.equal(placed("Two metres"), "guide/intro.md");
  assert.equal(placed("| Permit | 12 |"), "guide/fees.csv");
  assert.equal(placed("Support costs"), "deck.pptx slide 2");
  assert.equal(
    placed("Support costs 40,000 € a year\n- Auditors asked for it\n\nNotes: Mention the auditors' letter of 3 May.\n\n### Who"),
    "deck.pptx slides 2-3",
  );
});

test("no passage goes over from one file of an archive to the next, however it is cut, and each is the text at its place", async () => {
  const cuttings: readonly Cutting[] = [
    DEFAULT_CUTTING,
    { chunking: { strategy: "fixed", tokens: 512, overlap: 128 }, context: "none" },
    { chunking: { strategy: "parent-child", tokens: 64, parentTokens: 256 }, context: "none" },
  ];
  let chunks = 0;
  for (const name of ["zipfile.zip", "python-email.eml", "pax.tar"]) {
    const { text, parts = [] } = await read(name);
    assert.ok(parts.length > 0 && parts.every((part) => text.startsWith("# ", part)));
    for (const cutting of cuttings) {
      const made = await prepare(name, fixture(name), cutting);
      assert.ok(made.ok);
      for (const [at, one] of made.prepared.chunks.entries()) {
        chunks += 1;
        assert.equal(text.slice(one.start, one.end), one.text);
        assert.ok(
          parts.every((part) => part <= one.start || part >= one.end),
          `${name} at ${one.start}`,
        );
        assert.ok(one.parent === undefined || one.parent <= at);
      }
    }
  }
  console.log(`# archives: ${chunks} chunks, none over two files`);
});

test("an archive of tar is read in both of its forms, with long names; links and cycles are passed over", async () => {
  const texts: string[] = [];
  for (const name of ["gnu-tar.tar.gz", "pax.tar"]) {
    const { kind, text, placed } = await read(name);
    assert.equal(kind, "tar");
    assert.equal(placed("Two metres"), "guide/intro.md");
    assert.match(placed("Deep water.") ?? "", /^src\/(?:deep\/){20}a-file-with-a-name.*\.txt$/);
    assert.doesNotMatch(text, /cycle/);
    texts.push(text);
  }
  assert.equal(texts[0], texts[1]);
});

test("an archive whose first file is a PDF that was not packed is an archive, not that PDF", async () => {
  // Its mark may stand behind bytes that are no text, as most have them.
  const pdf = Buffer.from("%PDF-1.7\n\u00e2\u00e3\u00cf\u00d3", "latin1");
  const parts = [
    { name: "cover.pdf", content: pdf },
    { name: "fees.md", content: "The fee is eleven francs." },
  ];
  for (const [name, bytes] of [
    ["first.tar", writeTar(parts)],
    ["first.zip", writeZip(parts.map((part) => ({ ...part, stored: true })))],
  ] as const)
    assert.match(await refused(name, bytes), /cover\.pdf/);
});

test("what is encrypted or scanned says so, whatever it is", async () => {
  for (const name of ["encrypted.pdf", "encrypted.xlsx", "encrypted.pptx", "encrypted.zip"])
    assert.match(await refused(name), /^invalid_file: .* encrypted/);
  assert.match(await refused("scan.pdf"), /no text layer: it is scanned/);
  // Its cover was typed, and a program stamped each page.
  assert.match(await refused("scan-stamped.pdf"), /5 of the PDF's 6 pages are pictures without a text layer/);
  // Pages of pictures with a line under each are no scan.
  assert.match((await read("pictures.pdf")).text, /Figure 6 shows the river in flood/);
});

test("text is decoded by its mark, as UTF-8, UTF-16, what it declares, or Windows-1252, and by nothing else", async () => {
  assert.equal((await read("latin1.csv")).text, "| Straße | Größe |\n| Äußere Gasse | groß, breit |");
  for (const name of ["utf16.txt", "utf16be-no-mark.txt"]) assert.match((await read(name)).text, /^Straße,Größe\nÄußere Gasse/);
  for (const name of ["cyrillic-1251.txt", "polish-1250.txt"]) assert.match(await refused(name), /^invalid_file: .*Save it as UTF-8\.$/);
  const declared = Buffer.concat([Buffer.from('<html><meta charset="windows-1251"><p>'), fixture("cyrillic-1251.txt")]);
  assert.equal((await read("page.html", new Uint8Array(declared))).text, "Привет, это письмо о ценах.");
  const whole = Buffer.from("Größe, Länge, Höhe: überall größer.");
  assert.match(await refused("cut.txt", new Uint8Array(whole.subarray(0, 3))), /damaged|Save it as/);
  assert.match(await refused("bent.txt", new Uint8Array(Buffer.concat([whole, Buffer.from([0xc3])]))), /UTF-8 text with damaged/);
  assert.match(await refused("nul.txt", bytesOf("words\0words")), /NUL/);
  // Numbers in two bytes are no UTF-16.
  for (const numbers of [[0, 1, 2, 3], [1, 2, 3, 0, 5, 0], [...Array(200).keys()].flatMap((at) => [at, 0])])
    assert.match(await refused("binary.txt", Uint8Array.from(numbers)), /NUL|no text/);
  const western = new Uint8Array(Buffer.from("L\x92\xe9t\xe9 dernier \x96 et pas \xe0 no\xebl", "latin1"));
  assert.equal((await read("word.txt", western)).text, "L’été dernier – et pas à noël");
});

test("CSV: the delimiter is told by the lines, quotes hold it, a quote left open is a character, long values are records", async () => {
  const table = async (text: string): Promise<string> => (await read("a.csv", bytesOf(text))).text;
  assert.equal(await table("sep=;\r\na;b\r\n1,5;2\r\n"), "| a | b |\n| 1,5 | 2 |");
  assert.equal(await table('name\tnote\n"A\tB"\t"x\ny ""z"""\n'), '| name | note |\n| A B | x y "z" |');
  assert.equal(await table('a,b\n"open,1\n2,3\n'), '| a | b |\n| "open | 1 |\n| 2 | 3 |');
  assert.equal(await table("one\ntwo\n"), "one\n\ntwo");
  const years = await table(`region,2024,2025\n${Array.from({ length: 60 }, (_, at) => `place number ${at},${at},${at + 1}`).join("\n")}`);
  assert.equal(years.match(/\| region \| 2024 \| 2025 \|/g)?.length, 2);
  // A first row of numbers names nothing, and does not stand again.
  const numbers = await table(Array.from({ length: 90 }, (_, at) => `place number ${at},${at},${at + 1}`).join("\n"));
  assert.equal(numbers.match(/place number 0 /g)?.length, 1);
  const long = "A sentence of some length stands here. ".repeat(20).trim();
  assert.equal(
    await table(`id,note\n1,short\n2,${long}\n3,again\n`),
    `| id | note |\n| 1 | short |\n\nid: 2\nnote: ${long}\n\n| id | note |\n| 3 | again |`,
  );
});

test("JSON: paths are headings, records of one shape are a table, lines are records", async () => {
  const source = {
    service: "billing",
    limits: { perDay: 100, tags: ["a", "b"] },
    plans: [
      { name: "Free", price: 0 },
      { name: "Pro", price: 12.5, note: "popular" },
    ],
    teams: [
      {
        id: "t1",
        lead: { name: "Ann", phone: "1", room: "2", floor: "3", desk: "4", since: "5", key: "6", car: "7" },
        members: [{ name: "Bo" }, { name: "Cy" }],
      },
    ],
    notes: ["first", "x".repeat(400)],
  };
  const { text } = await read("a.json", bytesOf(JSON.stringify(source)));
  const expected = `service: billing
limits.perDay: 100
limits.tags: a, b
notes[0]: first
notes[1]: ${"x".repeat(400)}

# plans

| name | price | note |
| Free | 0 |
| Pro | 12.5 | popular |

# teams

## teams[0]: t1

id: t1
members[0].name: Bo
members[1].name: Cy

### teams[0].lead: Ann

name: Ann
phone: 1
room: 2
floor: 3
desk: 4
since: 5
key: 6
car: 7`;
  assert.equal(text, expected);
  assert.equal((await read("a.jsonl", bytesOf('{"a":1,"b":"x"}\n\n{"a":2,"b":"y"}\n'))).text, "| a | b |\n| 1 | x |\n| 2 | y |");
  assert.match((await read("tsconfig.json", bytesOf('{\n  // why\n  "strict": true,\n}\n'))).text, /^```json\n/);
  assert.match(await refused("cut.json", bytesOf('{"a": [1, 2')), /^invalid_file: The file is no valid JSON/);
  assert.match(await refused("bad.jsonl", bytesOf('{"a":1}\n{"a":')), /^invalid_file: Line 2 /);
  assert.match(await refused("deep.json", bytesOf("[".repeat(200) + "]".repeat(200))), /no text|levels deep/);
});

test("source code is one block under its file's name, its comments no headings", async () => {
  const { kind, title, text } = await read("lib/parser.py", bytesOf("# not a heading\n\n\ndef a(x):\n    return x | 1\n"));
  assert.equal(kind, "code");
  assert.equal(title, "parser.py");
  assert.equal(text, "```python\n# not a heading\n\ndef a(x):\n    return x | 1\n```");
  assert.match((await read("Dockerfile", bytesOf("FROM debian\n"))).text, /^```dockerfile/);
});
