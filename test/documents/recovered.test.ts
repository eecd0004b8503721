import { test } from "bun:test";
import assert from "node:assert/strict";
import { parse } from "../../src/ingest/parse.ts";
import { column } from "./pdf-pages.ts";
import { writePdf, type PdfPiece } from "./pdf-writer.ts";

async function read(bytes: Uint8Array, filename = "a.pdf") {
  const parsed = await parse(filename, Uint8Array.from(bytes));
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.refusal.message);
  return parsed;
}

const LANGUAGES: Readonly<Record<string, readonly string[]>> = {
  English: [
    "The probe is calibrated every twelve months, at the latest before its certificate ends.",
    "Send it to the service desk in Leipzig.",
  ],
  German: [
    "Größere Prüfmuster müssen bis zum 3. März überführt werden; das gilt auch für Öfen.",
    "Rückfragen beantwortet die Geschäftsstelle.",
  ],
  French: ["Le délai de rétractation est de quatorze jours à compter de la réception, où qu’elle ait lieu.", "Ça dépend du reçu."],
  Polish: ["Żółte łodzie płyną wzdłuż brzegu, a gęś śpi w cieniu źdźbła trawy nad wodą.", "Należność płatna w ciągu 30 dni."],
  Greek: ["Η σύμβαση λήγει την 31η Δεκεμβρίου και ανανεώνεται αυτομάτως για ένα έτος.", "Ισχύει το ελληνικό δίκαιο."],
  Russian: ["Срок поставки составляет шесть недель с момента получения предоплаты на счёт.", "Гарантия действует двенадцать месяцев."],
  Chinese: ["本合同自双方签字之日起生效，有效期为两年，期满前三十日内任何一方均可书面通知对方终止。", "质量问题请联系客服。"],
  Japanese: ["この製品の保証期間は購入日から一年間です。修理の際は保証書を必ず提示してください。", "故障の場合は販売店へご連絡ください。"],
  Korean: ["이 제품의 보증 기간은 구입일로부터 일 년이며 수리를 받을 때에는 보증서를 제시해야 합니다.", "문의는 고객 센터로 하십시오."],
  Hindi: ["यह अनुबंध दो वर्ष के लिए मान्य है और समाप्ति से तीस दिन पहले रद्द किया जा सकता है।", "भुगतान तीस दिन में करें।"],
};

for (const [language, paragraphs] of Object.entries(LANGUAGES)) {
  test(`a PDF in ${language} gives its text back exactly`, async () => {
    const { text } = await read(writePdf([column(paragraphs, { left: 72, width: 300 })]));
    assert.equal(text, paragraphs.join("\n\n"));
  });
}

test("text from right to left gives its words back in the order in which they are read", async () => {
  const paragraphs = ["תקופת האחריות היא שנים עשר חודשים מיום הקנייה של המכשיר אצל הסוכן", "הודעה תימסר בכתב בלבד"];
  const { text } = await read(writePdf([column(paragraphs, { left: 72, width: 250, rightToLeft: true })]));
  assert.equal(text, paragraphs.join("\n\n"));
});

const LEFT = Array.from(
  { length: 4 },
  (_, at) =>
    `Left paragraph ${at} tells of sensors that measure pressure and of the people who read them every morning before work begins.`,
);
const RIGHT = Array.from(
  { length: 4 },
  (_, at) => `Right paragraph ${at} tells of invoices that are paid within thirty days and of the reminders that follow when they are not.`,
);
const LEFT_AT = { left: 60, width: 230 };
const RIGHT_AT = { left: 320, width: 230 };

const ORDERS: Readonly<Record<string, (left: readonly PdfPiece[], right: readonly PdfPiece[]) => readonly PdfPiece[]>> = {
  "column by column": (left, right) => [...left, ...right],
  "line by line across both": (left, right) =>
    left.flatMap((piece, at) => [piece, ...right.slice(at, at + 1)]).concat(right.slice(left.length)),
  "from the bottom": (left, right) => [...left, ...right].toReversed(),
};

for (const [order, arrange] of Object.entries(ORDERS)) {
  test(`two columns under a title are read one after the other when they are drawn ${order}`, async () => {
    const title = column(["# A title that stands over both of the columns of this page"], { left: 60, width: 490 }, 60);
    const pieces = arrange(column(LEFT, LEFT_AT, 120), column(RIGHT, RIGHT_AT, 120));
    const { text, title: named } = await read(writePdf([[...title, ...pieces]]));
    assert.equal(text, ["# A title that stands over both of the columns of this page", ...LEFT, ...RIGHT].join("\n\n"));
    assert.equal(named, "A title that stands over both of the columns of this page");
  });
}

test("columns of a table are not columns of text: each of its rows is one line", async () => {
  const rows = [
    ["Plan", "Price", "Days to cancel"],
    ["Basic", "9.00", "14"],
    ["Professional", "49.00", "30"],
    ["Enterprise", "199.00", "90"],
  ];
  const pieces = rows.flatMap((row, at) => row.map((text, no) => ({ x: 72 + no * 140, y: 700 - at * 14, text })));
  const { text } = await read(writePdf([[{ x: 72, y: 740, text: "Prices are in euros and hold until the end of the year." }, ...pieces]]));
  assert.equal(
    text,
    `Prices are in euros and hold until the end of the year.\n\n${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}`,
  );
});

test("pages keep their numbers, a page without text has none, and headers and footers part no sentences", async () => {
  const bodies = ["one speaks of holidays.", "two speaks of travel.", undefined, "four speaks of pensions.", "five speaks of parking."];
  const pages = bodies.map((body, at) => [
    { x: 72, y: 760, size: 8, text: "Alderbrook handbook - internal" },
    ...(body === undefined ? [] : column([`Page ${body}`, `Its second paragraph is about ${at}.`], { left: 72, width: 400 }, 100)),
    { x: 300, y: 30, size: 8, text: `Page ${at + 1} of 5` },
  ]);
  const { text, pages: starts, title } = await read(writePdf(pages, { title: "Handbook" }));
  assert.equal(title, "Handbook");
  assert.equal(text.split("internal").length, 2);
  assert.ok(!text.includes("of 5"));
  assert.deepEqual(
    starts?.map(({ offset, page }) => [/Page \w+/.exec(text.slice(offset))?.[0], page]),
    [
      ["Page one", 1],
      ["Page two", 2],
      ["Page four", 4],
      ["Page five", 5],
    ],
  );
});

test("words that a line's or page's end parted are whole again, compounds keep their hyphen", async () => {
  const lines = ["The long-term agreement on the instal-", "lation of sensors holds for a long-", "term customer only, and is con-"];
  const first = lines.map((text, at) => ({ x: 72, y: 700 - at * 12.5, text }));
  const { text, pages } = await read(writePdf([first, [{ x: 72, y: 700, text: "cluded by both sides." }]]));
  assert.equal(
    text,
    "The long-term agreement on the installation of sensors holds for a long-term customer only, and is concluded by both sides.",
  );
  assert.equal(text.slice(pages?.[1]?.offset), "cluded by both sides.");
});

test("a PDF is known by what it holds: under another name, and behind other lines; a text about PDFs is a text", async () => {
  const pdf = writePdf([column(["Known by its content."], { left: 72, width: 300 })], { before: "From: printer\r\nJob: 7\r\n" });
  for (const name of ["a.txt", "a.docx", "a", "a.pdf"]) assert.equal((await read(pdf, name)).kind, "pdf");
  const about = await read(Buffer.from("A PDF begins with %PDF-1.7 and ends with %%EOF."), "about.txt");
  assert.equal(about.kind, "text");
});
