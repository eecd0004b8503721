import { test } from "bun:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writePdf } from "../../../test/documents/pdf-writer.ts";
import { DEFAULT_CUTTING } from "../../domain/collection.ts";
import { testPrincipal } from "../../admit/testing.ts";
import { tenantScope } from "../../store/index.ts";
import { chunk } from "../chunk.ts";
import { prepare } from "../prepare.ts";
import { openKnowledge, testProse } from "../testing.ts";
import { inspectChunks } from "./contract.ts";
import { checkText } from "./door.ts";
import { factsOf } from "./facts.ts";
import { suspectOf } from "./suspect.ts";

const root = join(import.meta.dirname, "../../..");
const PROSE = "The old system ends in December, because the auditors asked for it and its support costs forty thousand a year. ".repeat(12);
/** As a font does whose table to Unicode is moved. */
const moved = (text: string): string => text.replace(/[a-z]/g, (letter) => String.fromCharCode(97 + ((letter.charCodeAt(0) - 94) % 26)));
/** As a font does that has no table at all. */
const lost = (text: string): string => text.replace(/[a-z]/g, (letter) => String.fromCharCode(0xf000 + letter.charCodeAt(0)));
/** UTF-8 that was read as Windows-1252 and written again. */
const twice = (text: string): string => new TextDecoder("windows-1252").decode(Buffer.from(text));
const GERMAN = "Größere Prüfmuster müssen bis März überführt werden; das gilt auch für Öfen und Bäder. ".repeat(12);
const RUSSIAN = "Срок поставки составляет шесть недель с момента получения предоплаты. ".repeat(12);
const encoded = (lineChars: number): string =>
  (
    Buffer.from(Array.from({ length: 900 }, (_, at) => (at * 97 + 31) % 251))
      .toString("base64")
      .match(new RegExp(`.{1,${lineChars}}`, "g")) ?? []
  ).join("\n");

test("what is no text is told from text: moved and lost letters, text encoded twice, base64; planted in each", async () => {
  const planted: readonly (readonly [string, boolean, string])[] = [
    [moved(PROSE), true, "garbled"],
    [lost(PROSE), false, "garbled"],
    [lost(PROSE), true, "garbled"],
    ["\ufffd".repeat(30) + PROSE.slice(0, 200), false, "garbled"],
    [twice(GERMAN), false, "garbled"],
    [twice(RUSSIAN), false, "garbled"],
    ["#%&( )*+ ,-. /:; <=>? @[] ^`{}".repeat(40), true, "garbled"],
    [encoded(76), false, "encoded"],
    [encoded(4000), false, "encoded"],
    [Buffer.from(encoded(60)).toString("hex"), false, "encoded"],
  ];
  for (const [text, drawn, reason] of planted) assert.equal(await suspectOf(text, drawn), reason, text.slice(0, 40));
  const fine: readonly (readonly [string, boolean])[] = [
    [PROSE, true],
    [GERMAN, true],
    [RUSSIAN, true],
    // Ciphers in source code are what they are.
    [moved(PROSE), false],
    [`${PROSE} A key: ${encoded(4000).slice(0, 400)}`, true],
    [`Contents\n\nIntroduction ${". ".repeat(60)} 5\nFees ${".".repeat(80)} 17\nTerms ${"_".repeat(40)} 21\n`.repeat(3), true],
    ["| 1 | 2 | 3.5 |\n| 4 | - | 6 |\n".repeat(40), true],
    [`${"-".repeat(200)}\n${"=".repeat(300)}\n`, true],
    ["Smlouva nabývá účinnosti dnem podpisu; vlk zmrzl, smrt i prst jsou krátká slova bez samohlásek. ".repeat(8), true],
  ];
  for (const [text, drawn] of fine) assert.equal(await suspectOf(text, drawn), undefined, text.slice(0, 40));
  console.log(`# gates: ${planted.length} planted texts told, ${fine.length} strange and good ones left alone`);
});

test("of this repository's own code, documents and tests nothing is suspect", async () => {
  let [files, chunks] = [0, 0];
  for (const folder of ["docs", "src", "test", "tools"]) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(?:ts|md|sql|ya?ml|mjs)$/.test(entry.name) || entry.name === "gates.test.ts") continue;
      const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
      if (text.trim() === "") continue;
      files += 1;
      assert.equal(await checkText(text, undefined), undefined, entry.name);
      for (const one of chunk(text)) {
        chunks += 1;
        assert.equal(await suspectOf(one.text, false), undefined, `${entry.name} at ${one.start}`);
      }
    }
  }
  assert.ok(files > 500 && chunks > 2000);
  console.log(`# gates: ${files} files and ${chunks} chunks of this repository, 0 suspect`);
});

test("a document is refused where most of it is no text, in fragments, or the same over and over; a fault of cutting is the server's", async () => {
  const chunksOf = (texts: readonly string[]) =>
    texts.map((text, at) => ({ start: at * 10_000, end: at * 10_000 + text.length, headings: [], text }));
  const told = async (texts: readonly string[]): Promise<string | undefined> => (await inspectChunks(chunksOf(texts))).refusal?.message;
  const good = Array.from({ length: 30 }, (_, at) => `${PROSE.slice(at, 400 + at)} ${at}`);
  assert.equal(await told(good), undefined);
  assert.equal(await told([...good.slice(0, 15), ...Array.from({ length: 15 }, () => lost(PROSE))]), undefined);
  assert.match((await told([...good.slice(0, 14), ...Array.from({ length: 16 }, () => lost(PROSE))])) ?? "", /cannot be read/);
  assert.match((await told(Array.from({ length: 20 }, (_, at) => `| ${at} |`))) ?? "", /fragments/);
  assert.equal(await told(Array.from({ length: 19 }, (_, at) => `| ${at} |`)), undefined);
  assert.match((await told(Array.from({ length: 1200 }, () => PROSE))) ?? "", /over and over/);
  assert.equal(await told(Array.from({ length: 999 }, () => PROSE)), undefined);
  const { figures } = await inspectChunks(chunksOf([...good, good[0] ?? ""]));
  assert.deepEqual(figures, { chunks: 31, short: 0, copies: 1, withoutHeadings: 31, suspect: 0 });
  for (const broken of [{ text: " " }, { end: 3 }, { start: -1 }, { start: 0.5 }]) {
    const [one] = chunksOf([PROSE]);
    assert.ok(one !== undefined);
    assert.equal((await inspectChunks([{ ...one, ...broken }])).refusal?.code, "server_error");
  }
});

const pdf = (...pages: readonly string[]): Buffer =>
  writePdf(
    pages.map((text) => (text.match(/.{1,90}(?:\s|$)/g) ?? []).map((line, at) => ({ x: 40, y: 770 - at * 7, size: 6, text: line.trim() }))),
  );

test("a file whose letters are broken is refused at the door and says what to do; of one with a broken page that page is held, whatever the rules for attacks", async () => {
  const whole = await prepare("a.pdf", new Uint8Array(pdf(moved(PROSE), moved(PROSE))), DEFAULT_CUTTING);
  assert.ok(!whole.ok && /its letters come out as others/.test(whole.refusal.message));
  const data = await prepare("a.txt", new Uint8Array(Buffer.from(encoded(76))));
  assert.ok(!data.ok && /encoded data/.test(data.refusal.message));

  const k = await openKnowledge();
  k.rules.injection = "off";
  await k.ingest.createCollection(k.ten, { name: "broken" });
  const bytes = pdf(testProse(1, 700), testProse(2, 700), moved(`Zanzibar ${PROSE}${PROSE}`), testProse(4, 700));
  const file = await k.ingest.createFile(k.ten, { filename: "a.pdf", purpose: "user_data", bytes });
  const { status, judgement } = await k.ingest.addFileToCollection(k.ten, "broken", file.id);
  assert.equal(status, "completed");
  assert.equal(judgement?.flagged, 0);
  assert.ok((judgement?.quarantined ?? 0) > 0);
  assert.deepEqual(judgement?.places, ["p. 3"]);
  const find = async (query: string): Promise<string> =>
    (await k.retrieve(k.ten, { collection: "broken", query, topK: 50 })).passages.map(({ text }) => text).join("\n");
  const word = moved("forty");
  assert.doesNotMatch(await find(word), new RegExp(word));
  assert.match(await find("own4x60"), /own4x60/);

  const held = await k.ingest.listQuarantine(k.ten, "broken", { after: 0, limit: 20 });
  assert.ok(held.data.length > 0 && held.data.every(({ reason, injection }) => reason === "garbled" && injection === undefined));
  const who = { ...testPrincipal(), tenant: { ...testPrincipal().tenant, id: k.ten } };
  for (const { no } of held.data) await k.ingest.releaseChunk(who, "broken", no);
  assert.match(await find(word), new RegExp(word));
  await k.close();
});

test("what the gates saw of a file is told as counts: rates of what is missing show that a source has changed", async () => {
  const of = async (filename: string, text: string | Buffer) => factsOf(await prepare(filename, new Uint8Array(Buffer.from(text))));
  assert.deepEqual(await of("a.md", `# Terms\n\n${PROSE}`), {
    documents: { all: 1, untitled: 0, no_language: 0 },
    chunks: { all: 1, short: 0, copy: 0, no_heading: 0, suspect: 0 },
  });
  assert.deepEqual((await of("a.csv", "a;b\n1;2\n")).documents, { all: 1, untitled: 1, no_language: 1 });
  assert.deepEqual((await of("a.txt", encoded(76))).documents, { all: 1, refused_door: 1 });
  assert.deepEqual((await of("a.pdf", "no PDF")).documents, { all: 1, refused_reader: 1 });
});

test("what is put into quarantine after it was indexed is in no search from that moment, before anything else is done", async () => {
  const k = await openKnowledge();
  await k.ingest.createCollection(k.ten, { name: "late" });
  await k.add("late", "a.txt", `${testProse(1, 300)} zanzibar. ${testProse(2, 300)}`);
  const find = async (): Promise<boolean> =>
    (await k.retrieve(k.ten, { collection: "late", query: "zanzibar", topK: 50 })).passages.some(({ text }) => text.includes("zanzibar"));
  assert.ok(await find());
  await k.db.query(tenantScope(k.ten), `UPDATE chunks SET quarantine = 'held' WHERE body LIKE '%zanzibar%'`);
  assert.equal(await find(), false);
  await k.close();
});
