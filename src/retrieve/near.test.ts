import { test } from "bun:test";
import assert from "node:assert/strict";
import { createDice } from "../../test/documents/dice.ts";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import { dropNear } from "./near.ts";

const dice = createDice(3);
const WORDS = Array.from(
  { length: 400 },
  (_, at) => `word${String.fromCharCode(97 + (at % 26))}${String.fromCharCode(97 + Math.floor(at / 26))}`,
);
const makeText = (words: number): string => Array.from({ length: words }, () => dice.pick(WORDS)).join(" ");
const item = (text: string, no: number) => ({ text, no });
const numbers = (items: readonly { readonly no: number }[]): readonly number[] => items.map(({ no }) => no);

/** As the definition says it, slowly. */
function similarity(one: string, other: string): number {
  const runsOf = (text: string): ReadonlySet<string> => {
    const words = text.split(" ");
    return new Set(words.slice(2).map((word, at) => `${words[at] ?? ""} ${words[at + 1] ?? ""} ${word}`));
  };
  const [left, right] = [runsOf(one), runsOf(other)];
  const shared = [...left].filter((run) => right.has(run)).length;
  return shared / (left.size + right.size - shared);
}

test("of texts that are the same but for a few words the first is kept; by the definition, counted out, none is judged otherwise", () => {
  let [alike, different] = [0, 0];
  for (let round = 0; round < 400; round++) {
    const words = makeText(60 + dice.below(200)).split(" ");
    const changed = words.slice();
    for (let times = dice.below(12); times > 0; times--) changed[dice.below(changed.length)] = dice.pick(WORDS);
    const [one, other] = [words.join(" "), changed.join(" ")];
    const isAlike = similarity(one, other) >= 0.85;
    if (isAlike) alike++;
    else different++;
    assert.deepEqual(numbers(dropNear([item(one, 1), item(other, 2)])), isAlike ? [1] : [1, 2]);
  }
  console.log(`# near: ${alike} pairs alike, ${different} not`);
  assert.ok(alike > 100 && different > 40);
});

test("what differs in a number or a denial is no copy, though its words are nearly the same", () => {
  const text = `${makeText(80)} employees may carry over ten of their 30 days ${makeText(80)}`;
  for (const other of [text.replace("30", "25"), text.replace("may carry", "may not carry")]) {
    assert.ok(similarity(text, other) > 0.9, "by words alone it would be dropped: the planted fault");
    assert.equal(dropNear([item(text, 1), item(other, 2)]).length, 2);
  }
});

test("order is kept, other spacing and case make no difference, short and empty texts stay", () => {
  const text = makeText(50);
  const items = [
    item("a b", 1),
    item(text, 2),
    item("", 3),
    item(text.toUpperCase().replaceAll(" ", "\n"), 4),
    item("", 5),
    item(makeText(50), 6),
  ];
  assert.deepEqual(numbers(dropNear(items)), [1, 2, 3, 5, 6]);
});

test("texts of scripts without spaces are compared by their characters", () => {
  const text = "正社員には年間の有給休暇があり申請はポータルで前もって行いますまた繰り越しもできます詳しくは人事部に問い合わせてください";
  assert.equal(
    dropNear([item(text, 1), item(`${text}。`, 2), item("タクシー代は支給されませんが電車代は全額支給されます領収書が必要です", 3)]).length,
    2,
  );
});

test("a hundred passages are compared in the time of reading them", () => {
  const items = Array.from({ length: 120 }, (_, at) => item(makeText(380), at));
  assert.equal(dropNear(items).length, 120);
});

test("a text in ASCII is read as any other: letter by letter or by expressions, the same copies are found", () => {
  const random = createSeededRandom(41);
  const vocabulary =
    "the fee is 20 euros not no never within 30 days Kein unless section 4.2 it's well-known a_b X1 and of to contract".split(" ");
  const marks = [" ", "  ", ", ", ".\n", " (", "-", "'"];
  let [cases, copies] = [0, 0];
  for (let round = 0; round < 400; round++) {
    const pieces = Array.from({ length: 5 + Math.floor(random() * 60) }, () => vocabulary[Math.floor(random() * vocabulary.length)] ?? "");
    const join = (all: readonly string[]): string =>
      all.map((piece) => piece + (marks[Math.floor(random() * marks.length)] ?? " ")).join("");
    const [one, other] = [join(pieces), join(pieces.map((piece) => (random() < 0.02 ? "other" : piece)))];
    const kept = dropNear([{ text: one }, { text: other }]).length;
    // A dash beyond ASCII is no word, and takes the other way.
    const slow = dropNear([{ text: `${one} —` }, { text: `${other} —` }]).length;
    assert.equal(kept, slow, JSON.stringify([one, other]));
    cases += 1;
    if (kept === 1) copies += 1;
  }
  console.log(`# near copies: ${cases} pairs read both ways, ${copies} copies`);
  assert.ok(copies > 50 && copies < cases);
});
