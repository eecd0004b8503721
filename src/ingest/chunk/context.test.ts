import { test } from "bun:test";
import assert from "node:assert/strict";
import { chunk } from "../chunk.ts";
import { structureLines } from "./context.ts";

test("a line of context names file, title and headings, each once", () => {
  const text = "# Handbook\n\n## Leave\n\nThirty days.\n\n## Pay\n\nMonthly.";
  const chunks = chunk(text, { strategy: "structural", tokens: 64 });
  assert.deepEqual(structureLines({ filename: "hr/handbook.md", title: "Handbook", text }, chunks).at(-1), "hr/handbook.md · Handbook");
});

test("of code it names what a chunk stands in, and what else its file defines", () => {
  const text =
    "```typescript\nexport class Ledger {\n  // What is written here is kept for ten years, as the law on bookkeeping has it.\n  add(row: Row) {\n    check(row, this.open, this.year);\n    return this.rows.push(row);\n  }\n}\n\nexport function close() {\n  return 1;\n}\n```";
  const chunks = chunk(text, { strategy: "fixed", tokens: 32, overlap: 0 });
  const at = chunks.findIndex((one) => one.text.includes("rows.push"));
  assert.ok(at >= 0 && !(chunks[at]?.text.includes("class") ?? true));
  assert.equal(
    structureLines({ filename: "src/ledger.ts", title: "ledger.ts", text }, chunks)[at],
    "src/ledger.ts · export class Ledger · add(row: Row) · Ledger close add",
  );
});

test("a line is bounded and whole whatever the document is called", () => {
  const text = "Text.";
  const [line = ""] = structureLines({ filename: `${"😀".repeat(900)}.md`, title: "x".repeat(3000), text }, chunk(text));
  assert.ok(line.length <= 1000 && line.isWellFormed());
});
