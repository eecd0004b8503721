import { test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeClock } from "../../kernel/clock.ts";
import { createPrefixBook } from "./prefix-book.ts";

const paragraphs = (count: number, name = "rule"): string =>
  Array.from({ length: count }, (_, at) => `${name} ${at}: ${"word ".repeat(120)}`).join("\n\n");
const LONG = paragraphs(12);

test("the first call with a beginning is not marked, the second is, up to its end", () => {
  const book = createPrefixBook(() => 0);
  assert.equal(book.stableUntil("acme", "", LONG), undefined);
  assert.equal(book.stableUntil("acme", "", LONG), LONG.length);
});

test("what changes last in a prompt ends what stands before it, and the mark stays there", () => {
  const book = createPrefixBook(() => 0);
  const withMark = (canary: string): string => `${LONG}\n\n${canary.repeat(600)}`;
  book.stableUntil("acme", "", withMark("a"));
  const until = book.stableUntil("acme", "", withMark("b")) ?? 0;
  assert.equal(withMark("x").slice(0, until), LONG);
  // Were the mark moved to the end for a conversation's own turns, the others' would find nothing.
  for (const canary of ["b", "b", "c", "a"]) assert.equal(book.stableUntil("acme", "", withMark(canary)), until);
});

test("tools come before the system prompt: other tools are another beginning, and tools alone are one", () => {
  const book = createPrefixBook(() => 0);
  const tools = JSON.stringify([{ name: "look", description: LONG }]);
  assert.equal(book.stableUntil("acme", tools, ""), undefined);
  assert.equal(book.stableUntil("acme", tools, ""), 0);
  const other = tools.replace("look", "gaze");
  assert.equal(book.stableUntil("acme", other, LONG), undefined);
  assert.equal(book.stableUntil("acme", other, LONG), LONG.length);
});

test("a prefix of 4,096 characters is long enough, and one character less is not", () => {
  for (const [length, marked] of [
    [4096, 4096],
    [4095, undefined],
  ] as const) {
    const book = createPrefixBook(() => 0);
    const text = LONG.replaceAll("\n", " ").slice(0, length);
    book.stableUntil("acme", "", text);
    assert.equal(book.stableUntil("acme", "", text), marked);
  }
});

test("after five minutes without a call the provider has forgotten, and so has the book", () => {
  for (const [afterMs, marked] of [
    [300_000, LONG.length],
    [300_001, undefined],
  ] as const) {
    const clock = createFakeClock(0);
    const book = createPrefixBook(clock.monotonicMs);
    book.stableUntil("acme", "", LONG);
    clock.advance(afterMs);
    assert.equal(book.stableUntil("acme", "", LONG), marked);
  }
});

test("owners know nothing of each other, and applications of one owner do not disturb each other", () => {
  const book = createPrefixBook(() => 0);
  book.stableUntil("acme", "", LONG);
  assert.equal(book.stableUntil("beta", "", LONG), undefined);
  const second = paragraphs(12, "other");
  assert.equal(book.stableUntil("acme", "", second), undefined);
  assert.equal(book.stableUntil("acme", "", LONG), LONG.length);
  assert.equal(book.stableUntil("acme", "", second), second.length);
});

test("of five hundred beginnings each is known, and with one more the one unused for longest is forgotten", () => {
  const book = createPrefixBook(() => 0);
  for (let at = 0; at < 501; at++) book.stableUntil(`tenant ${at}`, "", LONG);
  assert.equal(book.stableUntil("tenant 1", "", LONG), LONG.length);
  assert.equal(book.stableUntil("tenant 0", "", LONG), undefined);
});

test("a mark never leaves white space alone behind it", () => {
  let looks = 0;
  for (const tail of ["\n\n", "\n\n   \n", " ", "\n\n.\n\n"]) {
    const book = createPrefixBook(() => 0);
    const text = `${LONG}${tail}`;
    book.stableUntil("acme", "", text);
    const until = book.stableUntil("acme", "", text) ?? 0;
    assert.ok(until === text.length || text.slice(until).trim() !== "", JSON.stringify(tail));
    looks++;
  }
  console.log(`# ${looks} endings`);
});

test("a conversation goes on where a call begins with all that the one before said, and only then", () => {
  const book = createPrefixBook(() => 0);
  assert.equal(book.goesOn("acme", "Hello", ["u1"]), false);
  assert.equal(book.goesOn("acme", "Hello", ["u1", "a1", "u2"]), true);
  assert.equal(book.goesOn("acme", "Hello", ["u1", "a1", "u2", "a2", "u3"]), true);
  // Another question after the same examples, a turn taken back, a turn changed.
  assert.equal(book.goesOn("acme", "Hello", ["u1", "a1", "u2", "a2", "other"]), false);
  assert.equal(book.goesOn("acme", "Hello", ["u1", "a1", "u2"]), false);
  assert.equal(book.goesOn("acme", "Hello", ["u1", "changed", "u2", "a2", "u3"]), false);
  assert.equal(book.goesOn("beta", "Hello", ["u1", "changed", "u2", "a2", "u3", "a3", "u4"]), false);
  assert.equal(book.goesOn("acme", "Hello", ["u1", "changed", "u2", "a2", "u3", "a3", "u4"]), true);
  // Of a first call over documents nothing is sent again as it stands.
  book.goesOn("acme", "Documents", []);
  assert.equal(book.goesOn("acme", "Documents", ["u1", "a1"]), false);
});

test("after five minutes a conversation is not taken for one that goes on", () => {
  for (const [afterMs, goesOn] of [
    [300_000, true],
    [300_001, false],
  ] as const) {
    const clock = createFakeClock(0);
    const book = createPrefixBook(clock.monotonicMs);
    book.goesOn("acme", "Hello", ["u1"]);
    clock.advance(afterMs);
    assert.equal(book.goesOn("acme", "Hello", ["u1", "a1"]), goesOn);
  }
});
