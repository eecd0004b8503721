import { test } from "bun:test";
import assert from "node:assert/strict";
import { testProse } from "../testing.ts";
import { cutByStructure } from "./structural.ts";

const cut = (text: string, tokens = 512) =>
  cutByStructure(text, { strategy: "structural", tokens }).map(({ text: one, headings }) => ({ text: one, under: headings.join(" > ") }));

test("each section under a heading is one chunk, a heading without text goes with the next, and long sections into several", () => {
  const long = testProse(1, 800).trim();
  const chunks = cut(
    `# Handbook\n\n## Leave\n\nEach employee has thirty days of leave in a year, which end with it unless agreed otherwise.\n\n## Pay\n\n${long}`,
  );
  assert.equal(chunks[0]?.text.startsWith("# Handbook\n\n## Leave\n\nEach"), true);
  assert.equal(chunks[0]?.under, "");
  assert.equal(chunks[1]?.text.startsWith("## Pay"), true);
  assert.equal(chunks[1]?.under, "Handbook");
  assert.equal(chunks[2]?.under, "Handbook > Pay");
});

const contract = `## Services Agreement

Part I General

Section 1 Definitions. In this agreement words have the meaning that they have in the schedule, unless another one is given to them here.

1.1 "Fee" is what the customer pays for the services in a month, without taxes, as set out in the schedule of fees below.

1.2 "Term" is the time from the first day of service until this agreement ends under Section 2 or under any law.

1.2.1 It does not include the time in which services are suspended because the customer does not pay what is due.

Section 2 End. Each party may end this agreement by telling the other party in writing three months before the end of a year.

(a) in writing, by post; or

(b) by a message to the address that the other party has named.`;

test("each numbered clause is one chunk and stands under those above it; lettered items stay with theirs", () => {
  const chunks = cut(contract);
  const of = (begin: string) => chunks.find(({ text }) => text.startsWith(begin)) ?? assert.fail(begin);
  assert.deepEqual(of("1.2.1 It").under, "Services Agreement > Part I General > Section 1 Definitions > 1.2");
  assert.match(of('1.1 "Fee').under, /Section 1 Definitions$/);
  assert.match(of("Section 2").text, /\(b\) by a message/);
  assert.equal(of("Section 2").under, "Services Agreement > Part I General");
});

test("the items of an ordinary list are no clauses", () => {
  assert.equal(cut("# Steps\n\n1. Open the lid.\n2. Take the battery out.\n3. Wait ten minutes before you put it back.").length, 1);
});

const python = `\`\`\`python
import os

# Finds invoices.
@cached
def find(
    number,
):
    """Of a number."""
    return rows[number]


class Ledger:
    """Of one year."""

    def __init__(self):
        self.rows = {}

    def add(self, row):
        self.rows[row.number] = row
        if row.paid:
            self.paid += 1
        return row
\`\`\``;

test("a function is one chunk with what stands above it, and a method stands under its class", () => {
  const chunks = cut(python, 40);
  const find = chunks.find(({ text }) => text.includes("def find")) ?? assert.fail();
  assert.equal(find.text, '# Finds invoices.\n@cached\ndef find(\n    number,\n):\n    """Of a number."""\n    return rows[number]');
  const add = chunks.find(({ text }) => text.startsWith("def add")) ?? assert.fail();
  assert.equal(add.under, "class Ledger");
  assert.match(add.text, /return row\n```$/);
});

const braces: readonly (readonly [language: string, text: string, whole: string])[] = [
  [
    "typescript",
    'export const one = (a: string): string => {\n  return a + "}";\n};\n\nexport class Two {\n  get three() {\n    return 3;\n  }\n}',
    "export class Two {\n  get three() {\n    return 3;\n  }\n}",
  ],
  [
    "cpp",
    "int one(int a)\n{\n  return a;\n}\n\nnamespace x {\nstd::string Two::three(int a,\n    int b) {\n  return f('{');\n}\n}",
    "namespace x {\nstd::string Two::three(int a,\n    int b) {\n  return f('{');\n}\n}",
  ],
  [
    "rust",
    "impl<'a, T> One for Two<'a, T>\nwhere\n    T: Three,\n{\n    fn four(&'a self) -> u8 { 4 }\n}\n\nfn five() {\n    // }\n}",
    "fn five() {\n    // }\n}",
  ],
  ["go", "func (o *One) Two() error {\n\treturn nil\n}\n\ntype Three struct {\n\tFour int\n}", "type Three struct {\n\tFour int\n}"],
  [
    "java",
    "/** Says. */\npublic final class One extends Two {\n  @Override\n  public int three(int a) throws E {\n    return a;\n  }\n}\n\ninterface Four {\n  void five();\n}",
    "interface Four {\n  void five();\n}",
  ],
  ["javascript", "function one() {\nif (a) {\nreturn 1;\n}\n}\nfunction two() {\nreturn 2;\n}", "function two() {\nreturn 2;\n}"],
];

test("definitions end where their braces or their indentation does, in the usual languages", () => {
  for (const [language, text, whole] of braces) {
    // Small enough that no two definitions go together.
    const chunks = cut(`\`\`\`${language}\n${text}\n\`\`\``, 56);
    const found = chunks.some((one) => one.text.replace(/\n```$/, "") === whole);
    assert.ok(found, `${language}: ${JSON.stringify(chunks)}`);
  }
  console.log(`# ${braces.length} languages`);
});

test("a snippet in a text is a part of its section", () => {
  const chunks = cut(
    "# Install\n\nRun this command in a shell of your own, as a user who may write there:\n\n```sh\nnpm install\n```\n\nThen go on.",
  );
  assert.equal(chunks.length, 1);
});
