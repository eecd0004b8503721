/**
 * How fast files become text and chunks, for each kind of file: `bun bench/formats.ts [--megabytes 2]`. In this process; megabytes of text that come
 * out for each second of processor time (all threads of the process), so that a busy machine gives the same; median of five. Parsed alone, and prepared
 * (parsed, through the gates, cut). Written from one prose, so that kinds compare.
 */
import { gzipSync } from "node:zlib";
import { parseArgs } from "node:util";
import { prepare } from "../src/ingest/prepare.ts";
import { parse } from "../src/ingest/parse.ts";
import { createSeededRandom } from "../src/kernel/seeded-random.ts";
import { presentationOf, shape, workbookOf, writeTar } from "../test/documents/office-writer.ts";
import { writeDocx } from "../test/documents/docx-writer.ts";
import { column } from "../test/documents/pdf-pages.ts";
import { writePdf } from "../test/documents/pdf-writer.ts";
import { writeZip } from "../test/documents/zip-writer.ts";

const { values } = parseArgs({ options: { megabytes: { type: "string", default: "2" } } });
const chars = Number(values.megabytes) * 1024 * 1024;
const ROUNDS = 5;

const dice = createSeededRandom(1);
const WORDS =
  "the a of and to in is that for with as sensor contract delivery notice period warranty refund invoice engineer system probe office report water".split(
    " ",
  );
const pick = (): string => WORDS[Math.floor(dice() * WORDS.length)] ?? "";
const sentence = (): string => `The ${Array.from({ length: 12 }, pick).join(" ")} ${Math.floor(dice() * 1e6)}.`;
const paragraph = (): string => Array.from({ length: 5 }, sentence).join(" ");
const times = <T>(size: number, make: (at: number) => T): T[] => Array.from({ length: Math.ceil(chars / size) }, (_, at) => make(at));

const paragraphs = times(440, paragraph);
const rows = times(60, (at) => [`PX-${at}`, pick(), pick(), `${at * 7}.5`, sentence().slice(0, 20)]);
const sheet = rows
  .map(
    (row, at) =>
      `<row r="${at + 1}">${row.map((cell, no) => (no === 3 ? `<c s="0"><v>${cell}</v></c>` : `<c t="inlineStr"><is><t>${cell}</t></is></c>`)).join("")}</row>`,
  )
  .join("");
const markdown = paragraphs.map((text, at) => (at % 8 === 0 ? `## Section ${at}\n\n${text}` : text)).join("\n\n");
const mail = `From: a@example.org\r\nSubject: Long\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${paragraphs.join("\r\n\r\n")}`;

const FILES: readonly (readonly [name: string, bytes: () => Uint8Array])[] = [
  ["a.txt", () => Buffer.from(paragraphs.join("\n\n"))],
  ["a.md", () => Buffer.from(markdown)],
  ["a.html", () => Buffer.from(`<html><body>${paragraphs.map((text) => `<p>${text}</p>`).join("\n")}</body></html>`)],
  ["a.csv", () => Buffer.from(`part,a,b,price,note\n${rows.map((row) => row.join(",")).join("\n")}`)],
  ["a.json", () => Buffer.from(JSON.stringify(rows.map(([part, a, b, price, note]) => ({ part, a, b, price, note }))))],
  [
    "nested.json",
    () => Buffer.from(JSON.stringify(paragraphs.map((text, at) => ({ id: at, text, more: { a: [at, { b: text.slice(0, 40) }] } })))),
  ],
  [
    "a.py",
    () => Buffer.from(paragraphs.map((text, at) => `def f${at}(x):\n    """${text.slice(0, 300)}"""\n    return x + ${at}\n`).join("\n")),
  ],
  ["a.eml", () => Buffer.from(mail)],
  ["a.docx", () => writeDocx(paragraphs.map((text) => ({ text })))],
  ["a.xlsx", () => writeZip(workbookOf([sheet]))],
  ["a.pptx", () => writeZip(presentationOf(paragraphs.map((text) => shape(text))))],
  [
    "a.zip",
    () =>
      writeZip(
        times(100_000, (at) => ({ name: `${at}.txt`, content: paragraphs.slice(at * 220, at * 220 + 220).join("\n\n") })).filter(
          ({ content }) => content !== "",
        ),
      ),
  ],
  [
    "a.tar.gz",
    () =>
      gzipSync(writeTar(times(100_000, (at) => ({ name: `${at}.md`, content: paragraphs.slice(at * 220, at * 220 + 220).join("\n\n") })))),
  ],
  [
    "a.pdf",
    () =>
      writePdf(
        times(2200, (at) => column(paragraphs.slice(at * 5, at * 5 + 5), { left: 72, width: 400 })),
        { compress: true },
      ),
  ],
];

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    took.push((user + system) / 1000);
  }
  return median(took);
}

console.log(`${"file".padEnd(14)}${"bytes".padStart(10)}${"text".padStart(10)}${"parse MB/s".padStart(12)}${"all MB/s".padStart(10)}`);
for (const [name, make] of FILES) {
  const bytes = make();
  const parsed = await parse(name, Uint8Array.from(bytes));
  if (!parsed.ok) throw new Error(`${name}: ${parsed.refusal.message}`);
  const megabytes = Buffer.byteLength(parsed.text) / 1e6;
  const parseMs = await timed(() => parse(name, Uint8Array.from(bytes)));
  const allMs = await timed(() => prepare(name, Uint8Array.from(bytes)));
  const speed = (ms: number): string => ((megabytes / ms) * 1000).toFixed(1);
  console.log(
    `${name.padEnd(14)}${String(bytes.length).padStart(10)}${megabytes.toFixed(2).padStart(10)}${speed(parseMs).padStart(12)}${speed(allMs).padStart(10)}`,
  );
}
