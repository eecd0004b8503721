import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addBytes } from "../documents/add-bytes.ts";
import { writeDocx } from "../documents/docx-writer.ts";
import { column } from "../documents/pdf-pages.ts";
import { writePdf } from "../documents/pdf-writer.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";

const FILLING = "Everything else on this page is about sensors, their calibration and the people who look after them. ".repeat(14).trim();
const PAGES = [
  "Bicycles are parked in the cellar of the north wing.",
  "Visitors wear a yellow badge at all times.",
  "The archive is open on Tuesdays only.",
];

let weir: TestWeir;
let upstream: FakeUpstream;
let key: string;

beforeAll(async () => {
  upstream = await createFakeUpstream({ say: () => ["Visitors wear a yellow badge [1]."] });
  weir = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl) });
  key = (await weir.tenant("acme")).key;
  await weir.call("POST", "/v1/vector_stores", { name: "house" }, { key });
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

type Citation = { filename: string; quote: string; place?: string; cited: boolean; start: number; end: number };
type Answer = {
  choices: { message: { content: string; annotations?: { url_citation: { title: string } }[] } }[];
  weir: { citations: Citation[] };
};

async function ask(model: string, content: string): Promise<Answer> {
  const rag = { enabled: true, collection: "house" };
  const response = await weir.chat(key, { model, messages: [{ role: "user", content }], rag });
  assert.equal(response.status, 200);
  return (await response.json()) as Answer;
}

test("an uploaded PDF answers a question and is cited with the page that holds the quote", async () => {
  const bytes = writePdf(
    PAGES.map((sentence) => column(["# House rules", FILLING, sentence, FILLING], { left: 72, width: 460 })),
    { title: "House rules of Alderbrook" },
  );
  assert.equal((await addBytes(weir, key, "house", { filename: "rules.pdf", bytes })).status, "completed");
  const questions = ["Where are bicycles parked?", "Which badge do visitors wear?", "When is the archive open?"];
  for (const [at, question] of questions.entries()) {
    const sentence = PAGES[at] ?? "-";
    const { choices, weir: told } = await ask("extractive", question);
    assert.ok(choices[0]?.message.content.includes(sentence), question);
    const citation = told.citations.find((one) => one.quote.includes(sentence));
    assert.deepEqual([citation?.cited, citation?.filename, citation?.place], [true, "rules.pdf", `p. ${at + 1}`]);
  }
  const { choices, weir: told } = await ask("m", "Which badge do visitors wear?");
  assert.match(choices[0]?.message.annotations?.[0]?.url_citation.title ?? "", /^House rules of Alderbrook, p\. \d$/);
  assert.ok(told.citations.every((one) => /^pp?\. \d/.test(one.place ?? "")));
  // The model sees the pages as well.
  assert.match(JSON.stringify(upstream.calls.at(-1)?.body), /\(rules\.pdf, pp?\. \d/);
  console.log("# documents: a PDF uploaded, asked and cited with its page, 3 of 3");
});

test("an uploaded Word document answers a question, and has no pages to cite", async () => {
  const bytes = writeDocx([
    { text: "Travel", style: "berschrift1" },
    { text: "Flights are booked by the travel desk in Leipzig.", note: "Not by yourself." },
  ]);
  assert.equal((await addBytes(weir, key, "house", { filename: "travel.docx", bytes })).status, "completed");
  const { choices, weir: told } = await ask("extractive", "Who books flights?");
  assert.match(choices[0]?.message.content ?? "", /travel desk in Leipzig/);
  const citation = told.citations.find((one) => one.cited);
  assert.deepEqual([citation?.filename, citation?.place], ["travel.docx", undefined]);
});

test("slides, sheets, attachments and files of archives are found, and cited by their names", async () => {
  await weir.call("POST", "/v1/vector_stores", { name: "kinds" }, { key });
  const places: readonly (readonly [filename: string, query: string, said: RegExp, place: RegExp])[] = [
    ["python-pptx.pptx", "auditors letter of 3 May", /auditors' letter/, /^slide 2$|^slides \d-\d$/],
    ["openpyxl.xlsx", "Li Wei travel amount", /20,111\.46 €/, /^sheet Costs 2026/],
    ["python-email.eml", "When does the audit begin?", /When does the audit begin/, /^attachment 4\.eml$/],
    ["zipfile.zip", "height of the weir metres", /Two metres/, /^guide\/intro\.md$/],
  ];
  type Found = { data: { filename: string; place?: string; content: { text: string }[] }[] };
  for (const [filename, query, said, place] of places) {
    const bytes = readFileSync(join(import.meta.dirname, "../documents/fixtures", filename));
    assert.equal((await addBytes(weir, key, "kinds", { filename, bytes })).status, "completed", filename);
    const { data } = await weir.call<Found>("POST", "/v1/vector_stores/kinds/search", { query }, { key });
    const found = data.find((one) => one.filename === filename && said.test(one.content[0]?.text ?? ""));
    assert.match(found?.place ?? "", place, filename);
  }
  const rag = { enabled: true, collection: "kinds" };
  const response = await weir.chat(key, {
    model: "extractive",
    messages: [{ role: "user", content: "What does the old system cost in support?" }],
    rag,
  });
  const { weir: told } = (await response.json()) as Answer;
  const citation = told.citations.find((one) => one.quote.includes("40,000 €"));
  assert.match(citation?.place ?? "", /slides? \d(?:-\d)?$/);
  console.log(`# documents: ${places.length} kinds found and placed; a slide cited as ${citation?.filename}, ${citation?.place}`);
});

test("search tells the place of what it finds", async () => {
  type Found = { data: { filename: string; place?: string }[] };
  const { data } = await weir.call<Found>("POST", "/v1/vector_stores/house/search", { query: "visitors badge" }, { key });
  assert.equal(data[0]?.filename, "rules.pdf");
  assert.match(data[0]?.place ?? "", /^pp?\. \d/);
});
