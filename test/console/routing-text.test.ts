import assert from "node:assert/strict";
import { test } from "bun:test";
import { diffLines } from "../../console/src/pages/routing/diff.ts";
import { readText, writeText } from "../../console/src/pages/routing/yaml.ts";

/** What the editor of policies does with text, without a browser. */

test("a JSON pointer of the server is found in the text, in YAML and in JSON, and what is missing at what is round it", () => {
  const yaml = `# rules
routes:
  auto:
    - when: "tools && complxity > 0.5"
      use: [own, smal]
    - { use: [own], wen: x }
  "a/b": []
`;
  const cases: readonly (readonly [pointer: string, into: number | undefined, word: string])[] = [
    ["/routes", undefined, "routes"],
    ["/routes/auto/0/when", 9, "complxity"],
    ["/routes/auto/0/use/1", undefined, "smal"],
    ["/routes/auto/1/wen", undefined, "wen"],
    ["/routes/a~1b", undefined, '"a/b"'],
    ["/routes/auto/0/gate", undefined, "when"],
  ];
  for (const [pointer, into, word] of cases) {
    const read = readText(yaml);
    assert.ok(read.ok);
    const { offset, line } = read.spotOf(pointer, into);
    assert.equal(yaml.slice(offset, offset + word.length), word, pointer);
    assert.equal(line, yaml.slice(0, offset).split("\n").length);
  }
  const json = JSON.stringify({ routes: { auto: [{ when: "tols", use: ["own"] }] } }, null, 2);
  const read = readText(json);
  assert.ok(read.ok);
  assert.ok(json.slice(read.spotOf("/routes/auto/0/when", 0).offset).startsWith('"when"'));
  assert.equal(read.spotOf("/routes/auto/0/use/0").line, 7);
  console.log(`# ${cases.length + 2} places`);
});

test("text that cannot be read says at which line, and a body is written alike whatever order its fields had", () => {
  const broken = readText("routes:\n  auto:\n    - when: [\n");
  assert.ok(!broken.ok);
  assert.ok((broken.problems[0]?.line ?? 0) >= 3);
  const twice = readText("rpm: 1\nrpm: 2\n");
  assert.ok(!twice.ok && twice.problems[0]?.line === 2);
  const bomb = `a: &a [x, x]\n${Array.from({ length: 9 }, (_, at) => `b${at}: &b${at} [${`*${at === 0 ? "a" : `b${at - 1}`}, `.repeat(9)}x]`).join("\n")}`;
  assert.ok(!readText(bomb).ok);
  const one = { routes: { auto: [{ use: ["m", "n"], trust: "private", when: "tools" }] } };
  const other = { routes: { auto: [{ when: "tools", trust: "private", use: ["m", "n"] }] } };
  for (const format of ["yaml", "json"] as const) {
    assert.equal(writeText(one, format), writeText(other, format));
    const again = readText(writeText(one, format));
    assert.deepEqual(again.ok && again.value, one);
  }
  assert.equal(writeText(one, "yaml"), "routes:\n  auto:\n    - when: tools\n      use: [m, n]\n      trust: private\n");
});

/** Both sides of a difference, put together again. */
const sides = (before: string, after: string) => {
  const rows = diffLines(before, after);
  const left = rows.flatMap((row) => (row.kind === "same" ? [row.line] : row.left === undefined ? [] : [row.left.line]));
  const right = rows.flatMap((row) => (row.kind === "same" ? [row.line] : row.right === undefined ? [] : [row.right.line]));
  return { left, right, changed: rows.filter(({ kind }) => kind === "changed").length };
};

test("a difference holds every line of both texts in order, and no more of them as changed than are", () => {
  const base = Array.from({ length: 200 }, (_, at) => `line ${at}`);
  const cases: readonly (readonly [readonly string[], readonly string[], number])[] = [
    [base, base, 0],
    [base, base.toSpliced(100, 1, "new"), 1],
    [base, base.toSpliced(50, 3), 3],
    [base, ["first", ...base], 1],
    [["a"], ["b"], 1],
    [["a", "b", "c"], ["c", "a", "b"], 2],
    [
      Array.from({ length: 2000 }, () => "x"),
      [...Array.from({ length: 1000 }, () => "x"), "y", ...Array.from({ length: 1000 }, () => "x")],
      1,
    ],
  ];
  for (const [before, after, most] of cases) {
    const { left, right, changed } = sides(before.join("\n"), after.join("\n"));
    assert.deepEqual([left, right], [before, after]);
    assert.equal(changed, most);
  }
  console.log(`# ${cases.length} pairs of texts`);
});
