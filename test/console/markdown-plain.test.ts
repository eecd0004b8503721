import assert from "node:assert/strict";
import { test } from "bun:test";
import { isPlain } from "../../console/src/ui/markdown-plain.ts";

const fill = (text: string, chars = 29_000): string => text.repeat(Math.ceil(chars / text.length)).slice(0, chars);

test("a text whose marks the renderer would pair for minutes is shown as it is, and what people write is not", () => {
  const dear = ["*a_ ", "*a", "a*", "**a", "_*a ", "*a_\nb "];
  for (const text of dear) assert.ok(isPlain(fill(text)), text);
  const meant = [
    fill("A **word** here and *there*, in a paragraph.\n\n"),
    fill("* an item with a `name_of_a_thing`\n", 15_000),
    fill("| a_b | **c** |\n", 6_000),
    `\`\`\`python\n${fill("    some_name = other_name(a_value, b_value)\n", 9_000)}\`\`\`\n`,
  ];
  for (const text of meant) assert.ok(!isPlain(text), text.slice(0, 20));
  console.log(`# markdown: ${dear.length} dear texts shown as they are, ${meant.length} with their looks`);
});

test("an answer of 30,000 characters has its looks, and one more has none", () => {
  const text = fill("Words and words.\n\n", 30_000);
  assert.ok(!isPlain(text));
  assert.ok(isPlain(`${text}.`));
});
