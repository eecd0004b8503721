import { test } from "bun:test";
import assert from "node:assert/strict";
import { countTokens } from "../retrieve/index.ts";
import { CHUNK_TOKENS, OVERLAP_TOKENS, chunk } from "./chunk.ts";
import { testProse } from "./testing.ts";

const sections = Array.from({ length: 12 }, (_, at) => `## Section ${at}\n\n${testProse(at, 40 + at * 60).trim()}`).join("\n\n");
const texts: readonly (readonly [name: string, text: string])[] = [
  ["prose", testProse(1, 6000)],
  ["sections", `# Title\n\n${sections}`],
  ["one word", "word"],
  ["no ends", "abc ".repeat(20_000)],
  ["no blanks", "x".repeat(40_000)],
  ["no blanks, foreign", "東京都の天気".repeat(3000)],
  ["pairs", "😀".repeat(9000)],
  ["table", `| a | b |\n${"| one | two |\n".repeat(2000)}`],
];

for (const [name, text] of texts) {
  test(`chunks of ${name} cover the text, are no longer than allowed, and are slices of it`, () => {
    const chunks = chunk(text);
    let reached = 0;
    for (const one of chunks) {
      assert.equal(one.text, text.slice(one.start, one.end));
      assert.ok(countTokens(one.text) <= CHUNK_TOKENS, String(countTokens(one.text)));
      assert.equal(text.slice(reached, Math.max(reached, one.start)).trim(), "");
      assert.ok(one.end > reached);
      assert.ok(one.text.isWellFormed());
      reached = one.end;
    }
    assert.equal(text.slice(reached).trim(), "");
  });
}

test("a chunk begins with the end of the one before, about 128 tokens of it", () => {
  const text = testProse(1, 6000);
  const chunks = chunk(text);
  let overlaps = 0;
  for (const [at, one] of chunks.entries()) {
    const before = chunks[at - 1];
    if (before === undefined) continue;
    const shared = countTokens(text.slice(one.start, before.end));
    assert.ok(shared <= OVERLAP_TOKENS && shared > OVERLAP_TOKENS / 2, String(shared));
    overlaps += 1;
  }
  assert.ok(overlaps > 10);
});

test("chunks end before headings where they can, and know what they stand under", () => {
  const chunks = chunk(`# Title\n\n${sections}`);
  for (const [at, one] of chunks.entries()) {
    if (at === 0) continue;
    const startsSection = one.text.startsWith("## ");
    assert.deepEqual(one.headings.slice(0, 1), ["Title"]);
    assert.equal(one.headings.length, startsSection ? 1 : 2);
    assert.ok(!/\n## [^\n]*$/.test(one.text), "a heading is parted from what it heads");
  }
  assert.ok(chunks.filter((one) => one.text.startsWith("## ")).length > 4);
});
