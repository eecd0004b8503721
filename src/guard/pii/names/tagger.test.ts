import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "bun:test";
import type { Finding } from "../../../domain/finding.ts";
import { FEATURES_SIZE } from "./features.ts";
import { LABELS } from "./labels.ts";
import { readWeights } from "./model.ts";
import { createNameTagger, type NameTagger } from "./tagger.ts";

const tag = createNameTagger();

function find(tagger: NameTagger, text: string): readonly string[] {
  const out: Finding[] = [];
  tagger(text, out);
  return out.map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);
}

/** Each text with everything that must be found in it. */
const SPOKEN: readonly (readonly [text: string, ...findings: string[]])[] = [
  ["My name is Tracy Sukhorukova and I live in Berlin.", "PERSON Tracy Sukhorukova", "LOCATION Berlin"],
  ["my name is tracy sukhorukova", "PERSON tracy sukhorukova"],
  ["My name is tracy sukhorukova and i need help with my card.", "PERSON tracy sukhorukova"],
  ["Please write to maria gonzalez at the front desk.", "PERSON maria gonzalez"],
  ["I'd like to join accounts with ms. Wijtze", "PERSON Wijtze"],
  ["Dr. Okonkwo-Adeyemi said the results were fine.", "PERSON Okonkwo-Adeyemi"],
  ["J. R. Smith wrote the letter.", "PERSON J. R. Smith"],
  ["Ludwig van der Berg lives in New York.", "PERSON Ludwig van der Berg", "LOCATION New York"],
  ["Jordan said hello.", "PERSON Jordan"],
  ["my friend lives in hamburg", "LOCATION hamburg"],
  ["I moved from São Paulo to Rio de Janeiro.", "LOCATION São Paulo", "LOCATION Rio de Janeiro"],
  ["She works at Goldman Sachs.", "ORGANISATION Goldman Sachs"],
  ["Sehr geehrter Herr Müller, ich komme aus Köln.", "PERSON Müller", "LOCATION Köln"],
  ["Je m'appelle Amélie Dubois et j'habite à Lyon.", "PERSON Amélie Dubois", "LOCATION Lyon"],
  ["Me llamo Lucía Fernández y vivo en Sevilla.", "PERSON Lucía Fernández", "LOCATION Sevilla"],
  ["Mi chiamo Giulia Rossi e abito a Milano.", "PERSON Giulia Rossi", "LOCATION Milano"],
  ["Meu nome é João Silva e moro em Lisboa.", "PERSON João Silva", "LOCATION Lisboa"],
  ["Geachte mevrouw Jansen, ik woon in Utrecht.", "PERSON Jansen", "LOCATION Utrecht"],
  ["Nazywam się Anna Kowalska i mieszkam w Warszawa.", "PERSON Anna Kowalska", "LOCATION Warszawa"],
  ["Best regards,\nPriya Raghunathan", "PERSON Priya Raghunathan"],
  ["The Jordan River flows south.", "LOCATION Jordan River"],
  ["Mohammed bin Salman arrived in Riyadh.", "PERSON Mohammed bin Salman", "LOCATION Riyadh"],
  ["JOHN DOE, Plaintiff, v. JANE ROE, Defendant.", "PERSON JOHN DOE", "PERSON JANE ROE"],
  ['"name": "Yuki Tanaka", "city": "Osaka"', "PERSON Yuki Tanaka", "LOCATION Osaka"],
  ["मेरा नाम राहुल शर्मा है और मैं मुंबई में रहता हूँ।", "PERSON राहुल शर्मा", "LOCATION मुंबई"],
  ["田中太郎さんは東京都に住んでいます。", "PERSON 田中太郎", "LOCATION 東京都"],
  ["ジョン・スミスさんはパリに行った。", "PERSON ジョン・スミス", "LOCATION パリ"],
  ["To: Anna Schmidt; Robert Jones;", "PERSON Anna Schmidt", "PERSON Robert Jones"],
  ["let Anna know that I am late", "PERSON Anna"],
  ["name = Anna Schmidt", "PERSON Anna Schmidt"],
  ["London -> Paris", "LOCATION London", "LOCATION Paris"],
  ['const owner = "Anna Schmidt";', "PERSON Anna Schmidt"],
  ["x = call(y); // ask Anna Schmidt", "PERSON Anna Schmidt"],
  ["Senator McCarthy met DeShawn Williams.", "PERSON McCarthy", "PERSON DeShawn Williams"],
  ["<name>Maria Silva</name><city>Porto</city>", "PERSON Maria Silva", "LOCATION Porto"],
  ["name,city\nLars Ulrich,Oslo\nMaria Silva,Porto", "PERSON Lars Ulrich", "LOCATION Oslo", "PERSON Maria Silva", "LOCATION Porto"],
  ["Meeting notes 12/3: Raj, Priya and Tomasz agreed.", "PERSON Raj", "PERSON Priya", "PERSON Tomasz"],
  ["担当：鈴木 一郎", "PERSON 鈴木 一郎"],
];

const SILENT: readonly string[] = [
  "May I ask you a question?",
  "Will you help me with my essay?",
  "Please mark as read.",
  "Mark all items as done.",
  "The apple is red and the rose is a flower.",
  "Bill the customer for the hours and grant me access.",
  "April showers bring May flowers.",
  "I hope you are well.",
  "The most important thing is to rest.",
  "Don't worry, he's fine; it's a nice day.",
  "Take a 10 minute drive down the road.",
  "It is a two way street.",
  "Write a Python function that sorts a list.",
  "getUserName(firstName) returns null in UserService.java",
  "how do i top up with apple pay",
  "Der Hund ist im Garten und die Rechnung ist falsch.",
  "Le petit garçon mange une pomme.",
  "El sol y la luna",
  "Parkinson's disease and Moore's law",
  "Use the Adam optimizer with the Newton method.",
  "The deadline is April 5, 2009, at the end of the month of June.",
  "i had turkey for dinner",
  "The class Dog extends Animal and implements Runnable.",
  "use std::hash::{Hash, Hasher};",
  "pub struct MutexGuard<T> { value: Jordan }",
  "The shop is open from 9 A. M. to 5 P. M. every day.",
  "Plan B is better than plan A. Here are more. Use of this drug is a risk.",
  "Muslim and Christian communities agree.",
  "Welche Unternehmen haben gute Renditen?",
  "日本語を勉強しています。中国人の友達",
  "お客様各位、仕様書を送ります。",
  "यह एक परीक्षा है।",
];

const ADDRESSES: readonly string[] = [
  "12 Rue de la Paix, 75002 Paris",
  "Hauptstraße 5, 10115 Berlin",
  "1600 Amphitheatre Parkway, Mountain View, CA 94043",
  "Via Roma 12, 00184 Roma",
  "Calle Mayor, 5, 28013 Madrid",
  "ul. Karpacka 69, 00-950 Warszawa",
  "P.O. Box 123, London SW1A 1AA",
  "Apt 4B, 350 Fifth Avenue, New York, NY 10118, USA",
  "10 Downing Street, London SW1A 2AA",
  "4 The Crescent, Leeds LS1 4AP",
  "Kerkstraat 12, 1017 AB Amsterdam",
  "221B Baker Street, London",
  "23 8 wressle road suite 771",
  "〒150-0001 東京都渋谷区神宮前1丁目2番3号",
  "PSC 1083, Box 3672\nAPO AP 10176",
  "91 Vila Miguel Tavares 1160\nSuite 616\nFortaleza\nTogo 95522",
];

/** What a tagger gets wrong: what it misses, and what it finds where nothing is. */
function faultsOf(tagger: NameTagger): readonly string[] {
  return [
    ...SPOKEN.flatMap(([text, ...wanted]) => {
      const found = find(tagger, text);
      return wanted
        .filter((finding) => !found.includes(finding))
        .map((finding) => `missed ${finding} in: ${text}; found: ${found.join(", ")}`);
    }),
    ...SILENT.flatMap((text) => find(tagger, text).map((finding) => `found ${finding} in: ${text}`)),
    ...ADDRESSES.flatMap((address) => {
      const found = find(tagger, `Send it to ${address}`);
      return found.includes(`ADDRESS ${address}`) ? [] : [`missed ${address}; found: ${found.join(", ")}`];
    }),
  ];
}

test("names, places, organisations and addresses are found in ten languages, and look-alikes are not", () => {
  assert.deepEqual(faultsOf(tag), []);
  console.log(`# ${SPOKEN.length} texts with names, ${SILENT.length} without, ${ADDRESSES.length} addresses`);
});

test("planted: a tagger that finds nothing, and one that takes every capital for a name, fail the same check", () => {
  const mute: NameTagger = () => undefined;
  assert.ok(faultsOf(mute).length >= SPOKEN.length + ADDRESSES.length);
  const capitals: NameTagger = (text, out) => {
    for (const match of text.matchAll(/\p{Lu}\p{Ll}+/gu)) {
      out.push({ type: "PERSON", start: match.index, end: match.index + match[0].length, score: 1, reason: "planted" });
    }
  };
  assert.ok(faultsOf(capitals).some((fault) => fault.startsWith("found PERSON May")));
});

test("weights of another shape are refused, and a missing list is an error, not silence", () => {
  assert.throws(() => createNameTagger(join(import.meta.dirname, "no-such-folder"))("Anna", []), /ENOENT/u);
  const folder = mkdtempSync(join(tmpdir(), "weir-names-"));
  try {
    const path = join(folder, "weights.txt");
    const wanted = FEATURES_SIZE * LABELS;
    for (const bytes of [0, wanted - 1, wanted + LABELS]) {
      writeFileSync(path, Buffer.alloc(bytes).toString("base64"));
      assert.throws(() => readWeights(path), new Error(`weights of names: ${bytes} bytes, ${wanted} wanted`));
    }
    writeFileSync(path, Buffer.alloc(wanted, 1).toString("base64"));
    assert.equal(readWeights(path).length, wanted);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("findings are in order, do not overlap, lie within the text, and score between a half and one", () => {
  const text = [...SPOKEN.map(([spoken]) => spoken), ...ADDRESSES, ...SILENT].join("\n");
  const out: Finding[] = [];
  tag(text, out);
  let last = 0;
  for (const { start, end, score } of out) {
    assert.ok(start >= last && end > start && end <= text.length);
    assert.ok(score >= 0.5 && score <= 1);
    last = end;
  }
  assert.ok(out.length > SPOKEN.length);
});

test("a name is found wherever it stands in a long text, stretches' borders included", () => {
  const filler = "the report is due and nobody has read it yet. ";
  const name = "My name is Tracy Sukhorukova. ";
  let misses = 0;
  for (let words = 4_050; words < 4_140; words++) {
    const text = `${filler.repeat(409)}${"word ".repeat(words - 4_049)}${name}${filler}`;
    if (!find(tag, text).includes("PERSON Tracy Sukhorukova")) misses++;
  }
  assert.equal(misses, 0);
});

test("a name that was sure once is found at its other mentions, a word that is also ordinary is not", () => {
  const found = find(tag, "Dear Mr. Wijtze, thank you.\nWijtze - paid - Mark it. My name is Mark. Please Mark it.");
  assert.equal(found.filter((finding) => finding === "PERSON Wijtze").length, 2);
  assert.equal(found.filter((finding) => finding === "PERSON Mark").length, 1);
});

test("any UTF-16 is taken: lone surrogates, marks without a letter, nothing, one long word", () => {
  for (const text of [
    "",
    " ",
    "\ud800",
    "\u0301\u0301",
    "'",
    "O'",
    "a'",
    "’s",
    "x".repeat(100_000),
    "A".repeat(70),
    "12".repeat(5_000),
    "田".repeat(300),
    "म\u0902",
  ]) {
    tag(text, []);
  }
});

test("the second call on a text gives what the first gave", () => {
  const text = SPOKEN.map(([spoken]) => spoken).join(" ");
  assert.deepEqual(find(tag, text), find(tag, text));
});
