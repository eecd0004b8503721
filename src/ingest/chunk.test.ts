import { test } from "bun:test";
import assert from "node:assert/strict";
import { DEFAULT_CHUNKING } from "../domain/collection.ts";
import type { Chunking } from "../domain/collection.ts";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import { countTokens } from "../retrieve/index.ts";
import { chunk } from "./chunk.ts";
import type { Chunk } from "./chunk.ts";
import { tidyText } from "./extracted.ts";
import { testProse } from "./testing.ts";

const sections = Array.from({ length: 12 }, (_, at) => `## Section ${at}\n\n${testProse(at, 40 + at * 60).trim()}`).join("\n\n");
const code = (count: number): string =>
  Array.from({ length: count }, (_, at) => `class C${at} {\n  // Says ${at}.\n  say(a${at}) {\n    return "{" + a${at};\n  }\n}`).join(
    "\n\n",
  );
const texts: readonly (readonly [name: string, text: string])[] = [
  ["prose", testProse(1, 6000)],
  ["sections", `# Title\n\n${sections}`],
  ["one word", "word"],
  ["no ends", "abc ".repeat(20_000)],
  ["no blanks", "x".repeat(40_000)],
  ["no blanks, foreign", "東京都の天気".repeat(3000)],
  ["pairs", "😀".repeat(9000)],
  ["table", `| a | b |\n${"| one | two |\n".repeat(2000)}`],
  ["code", `\`\`\`typescript\n${code(60)}\n\`\`\``],
  ["code in one line", `\`\`\`javascript\n${code(60).replaceAll("\n", " ")}\n\`\`\``],
  ["brackets that never close", `\`\`\`c\n${"f({[ '\"\n".repeat(4000)}`],
  ["nested definitions", `\`\`\`python\n${Array.from({ length: 300 }, (_, at) => `${" ".repeat(at)}def f${at}():`).join("\n")}\n\`\`\``],
  ["clauses", Array.from({ length: 200 }, (_, at) => `${1 + (at >> 4)}.${1 + (at & 15)} Each party bears its cost ${at}.`).join("\n\n")],
  ["headings only", "# One\n\n## Two\n\n".repeat(500)],
  ["a long heading", `# ${"word ".repeat(3000)}\n\nText.`],
];
const strategies: readonly Chunking[] = [
  DEFAULT_CHUNKING,
  { strategy: "sentence", tokens: 64, overlap: 0 },
  { strategy: "fixed", tokens: 512, overlap: 128 },
  { strategy: "fixed", tokens: 100, overlap: 50 },
  { strategy: "window", tokens: 128 },
  { strategy: "parent-child", tokens: 128, parentTokens: 512 },
  { strategy: "structural", tokens: 512 },
  { strategy: "structural", tokens: 64 },
];
const nameOf = (chunking: Chunking): string => JSON.stringify(chunking).replaceAll('"', "");

/** Why chunks are not a cut of the text into pieces of at most so many tokens. undefined: they are. */
function findFault(text: string, chunks: readonly Chunk[], tokensMax: number): string | undefined {
  let reached = 0;
  for (const one of chunks) {
    if (one.text !== text.slice(one.start, one.end)) return `the text at ${one.start} is another`;
    if (countTokens(one.text) > tokensMax) return `${countTokens(one.text)} tokens at ${one.start}`;
    if (text.slice(reached, Math.max(reached, one.start)).trim() !== "") return `nothing covers ${reached}`;
    if (one.end <= reached) return `nothing new at ${one.start}`;
    if (!one.text.isWellFormed()) return `half a letter at ${one.start}`;
    reached = one.end;
  }
  return text.slice(reached).trim() === "" ? undefined : `nothing covers ${reached}`;
}

/** Text of the worst habits: marks of headings, fences, tables and clauses, brackets, long words, foreign letters, in any order. */
function randomText(random: () => number): string {
  const parts = [
    "\n",
    "\n\n",
    " ",
    "    ",
    "# H\n\n",
    "```js\n",
    "```",
    "| a |\n",
    "4.2.1 ",
    "Article 4 ",
    "{",
    "}",
    "(",
    '"',
    "'",
    "def f():\n",
    "class A {\n",
    ". The ",
    "word",
    "x".repeat(700),
    "東京",
    "é",
    "😀",
    "1234567",
    "Mr. ",
    "- item\n",
    "// c\n",
    "§ 12",
  ];
  return tidyText(Array.from({ length: 20 + Math.floor(random() * 400) }, () => parts[Math.floor(random() * parts.length)] ?? "").join(""));
}

for (const chunking of strategies) {
  test(`chunks by ${nameOf(chunking)} cover every text, are no longer than allowed, and are slices of it`, () => {
    const random = createSeededRandom(6);
    const tidied = [
      ...texts.map(([name, text]) => [name, tidyText(text)] as const),
      ...Array.from({ length: 150 }, (_, at) => [`random ${at}`, randomText(random)] as const),
    ];
    for (const [name, text] of tidied) assert.equal(findFault(text, chunk(text, chunking), chunking.tokens), undefined, name);
    console.log(`# ${nameOf(chunking)}: ${tidied.length} texts`);
  });
}

test("a chunk that is lost, too long, or of another place is noticed", () => {
  const text = tidyText(testProse(3, 3000));
  const chunks = chunk(text);
  const faults = [chunks.toSpliced(2, 1), chunks.slice(0, -1), chunks.map((one) => ({ ...one, start: one.start + 1 }))];
  for (const fault of faults) assert.notEqual(findFault(text, fault, 512), undefined);
  assert.notEqual(findFault(text, chunks, 400), undefined);
  console.log(`# ${faults.length + 1} planted faults noticed`);
});

test("a chunk begins with the end of the one before, about 128 tokens of it", () => {
  const text = testProse(1, 6000);
  const chunks = chunk(text);
  let overlaps = 0;
  for (const [at, one] of chunks.entries()) {
    const before = chunks[at - 1];
    if (before === undefined) continue;
    const shared = countTokens(text.slice(one.start, before.end));
    assert.ok(shared <= 128 && shared > 64, String(shared));
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

test("small chunks put together are the text, and each parent is a run of its children", () => {
  const text = tidyText(`# Title\n\n${sections}`);
  for (const chunking of strategies.filter(({ strategy }) => strategy === "window" || strategy === "parent-child"))
    assert.equal(
      chunk(text, chunking)
        .map((one) => one.text)
        .join(""),
      text,
    );
  const children = chunk(text, { strategy: "parent-child", tokens: 128, parentTokens: 512 });
  const parents = [...new Set(children.map(({ parent }) => parent))];
  for (const parent of parents) {
    const own = children.filter((child) => child.parent === parent);
    assert.equal(children.indexOf(own[0] ?? assert.fail()), parent);
    assert.ok(
      countTokens(
        own
          .map((child) => child.text)
          .join("")
          .trimEnd(),
      ) <= 512,
    );
  }
  assert.ok(parents.length > 5 && parents.length < children.length / 2);
});
