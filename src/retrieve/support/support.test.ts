import { test } from "bun:test";
import assert from "node:assert/strict";
import { testPassage } from "../../domain/testing.ts";
import { readPairs } from "../../../test/citations/pairs.ts";
import { saysNotHeld } from "./not-held.ts";
import { readPassage } from "./read-passage.ts";
import { findSupport } from "./support.ts";

const check = (statement: string, text: string, question = "") =>
  findSupport(
    { statement, said: new Set(question.toLowerCase().match(/[\p{L}\p{N}]+/gu)), strict: false },
    readPassage(testPassage({ text, title: "Handbook", filename: "h.md" })),
  ).why;

type Share = { right: number; all: number };

/** By what was done to the statement. */
function measure(pairs: ReturnType<typeof readPairs>): Map<string, Share> {
  const shares = new Map<string, Share>();
  for (const { statement, passage, supported, kind, language } of pairs) {
    const { why } = findSupport({ statement, said: new Set(), strict: false, language }, readPassage(passage));
    const share = shares.get(kind) ?? { right: 0, all: 0 };
    share.all++;
    if ((why === undefined) === supported) share.right++;
    shares.set(kind, share);
  }
  return shares;
}

test("of statements that were labelled by hand, at most one in twenty is judged wrongly, whatever was done to it", () => {
  const pairs = readPairs();
  const shares = measure(pairs);
  assert.ok(pairs.length >= 250);
  let [kept, supported, removed, unsupported] = [0, 0, 0, 0];
  for (const [kind, { right, all }] of shares) {
    const isSupported = kind.startsWith("supported");
    if (isSupported) [kept, supported] = [kept + right, supported + all];
    else [removed, unsupported] = [removed + right, unsupported + all];
    assert.ok(right / all >= 0.85, `${kind}: ${right} of ${all}`);
  }
  console.log(`# citations: ${kept} of ${supported} supported ones kept, ${removed} of ${unsupported} unsupported ones removed`);
  assert.ok(kept / supported >= 0.95 && removed / unsupported >= 0.95);
});

test("the planted fault: by words alone, changed numbers, names and denials would pass", () => {
  const changed = readPairs().filter(({ kind }) => /^(?:number|name|denied)$/.test(kind));
  const byWords = changed.filter(
    ({ statement, passage }) => findSupport({ statement, said: new Set(), strict: false }, readPassage(passage)).score >= 0.45,
  );
  console.log(`# citations: ${byWords.length} of ${changed.length} changed statements share their words with the passage`);
  assert.ok(byWords.length / changed.length > 0.8);
});

test("a name or a number that the caller has said needs no source, unless the passage counts the same otherwise", () => {
  const text = "The probation period is six months. Employees have 30 vacation days a year.";
  assert.equal(check("For Anna Berg the probation period is six months.", text), "name");
  assert.equal(check("For Anna Berg the probation period is six months.", text, "How long is probation for Anna Berg?"), undefined);
  assert.equal(check("Employees have 40 vacation days a year.", text, "Do we have 40 vacation days?"), "number");
});

test("numbers are the same however they are written", () => {
  for (const [statement, text] of [
    ["The limit is 1,500 euros a year.", "The limit is €1500 a year."],
    ["The limit is 2 million euros a year.", "The limit is EUR 2,000,000 a year."],
    ["New employees earn 2.5 days a month.", "New employees earn two and a half days for each month."],
    ["The desk answers at 9 am.", "The desk answers at 09:00."],
    ["The shop closes at 6 pm.", "The shop closes at 18:00."],
    ["The contract ends on 31 March 2026.", "The contract ends on 2026-03-31."],
    ["The contract ends on March 31, 2026.", "The contract ends on 31 March 2026."],
    ["The fee is 50% of the price.", "The fee is 50 percent of the price."],
    ["Backups are kept for thirty-five days.", "Backups are kept for 35 days."],
  ] as const)
    assert.equal(check(statement, text), undefined, statement);
});

test("two denials make none, and turns of phrase deny nothing", () => {
  const text = "Smoking is prohibited in the office. Receipts are handed in no later than 60 days after travel. The course is optional.";
  assert.equal(check("Smoking is not allowed in the office.", text), undefined);
  assert.equal(check("Smoking is allowed in the office.", text), "denied");
  assert.equal(check("Receipts are handed in within 60 days after travel.", text), undefined);
  assert.equal(check("The course is not mandatory.", text), undefined);
  assert.equal(check("The course is mandatory.", text), "denied");
});

test("an answer says in its own language that the documents do not hold what was asked for", () => {
  const plain = [
    "The documents do not hold the answer to this question.",
    "I couldn't find any information about parking in the provided documents.",
    "The provided context doesn't mention a parking policy.",
    "There is no information about this in the documents.",
    "This is not specified in the documents.",
    "In den Dokumenten steht dazu nichts.",
    "Die Dokumente enthalten keine Angaben dazu.",
    "Les documents ne contiennent pas cette information.",
    "Los documentos no contienen esa información.",
    "I documenti non contengono questa informazione.",
    "Os documentos não contêm essa informação.",
    "De documenten bevatten geen informatie hierover.",
    "Dokumenten innehåller inte denna information.",
    "В документах нет этой информации.",
    "文書にはその情報はありません。",
    "文档中没有相关信息。",
  ];
  const answers = [
    "Full-time employees have 30 vacation days a year.",
    "You may not share accounts.",
    "Documents are kept for ten years.",
    "No receipts are needed below 20 euros.",
    "Die Unterlagen werden zehn Jahre aufbewahrt.",
    "The contract does not apply to consultants.",
  ];
  for (const text of plain) assert.ok(saysNotHeld(text), text);
  for (const text of answers) assert.ok(!saysNotHeld(text), text);
  console.log(`# not held: ${plain.length} ways to say it, ${answers.length} answers that do not`);
});

test("long and odd texts take no time that grows with their square", () => {
  for (const piece of ["1.", "not ", "A B ", "a,", "[1]", "1:00", "31. ", "E-4 ", "何"]) {
    const text = piece.repeat(20_000);
    check(text.slice(0, 4000), text);
    saysNotHeld(text);
  }
});
