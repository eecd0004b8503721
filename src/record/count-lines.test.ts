import { test } from "bun:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { countLinesWith } from "./count-lines.ts";
import { makeFolder } from "./testing.ts";

test("each line that holds the text counts once, wherever the pieces of the file end", async () => {
  const folder = makeFolder();
  try {
    const path = join(folder.path, "a.log");
    const texts = ["", "ten_a", "ten_a\n", "x ten_a ten_a\nten_b\n\nten_a", "é ten_a\nten_\na\n", "\n\n\n", "x ten_a\n".repeat(50)];
    let tried = 0;
    for (const text of texts) {
      writeFileSync(path, text);
      const expected = text.split("\n").filter((line) => line.includes("ten_a")).length;
      for (let piece = 1; piece <= 40; piece++, tried++)
        assert.equal(await countLinesWith(path, "ten_a", piece), expected, `${text} ${piece}`);
    }
    assert.equal(await countLinesWith(join(folder.path, "gone.log"), "ten_a"), 0);
    console.log(`# lines: ${tried} ways to cut ${texts.length} files`);
  } finally {
    folder.remove();
  }
});

test("while a long file is looked through, others run", async () => {
  const folder = makeFolder();
  try {
    const path = join(folder.path, "a.log");
    writeFileSync(path, Buffer.alloc(20 * 1024 * 1024, "x ten_b\n"));
    let turns = 0;
    let counting = true;
    const turn = (): void => {
      turns++;
      if (counting) setImmediate(turn);
    };
    setImmediate(turn);
    assert.equal(await countLinesWith(path, "ten_a"), 0);
    counting = false;
    assert.ok(turns >= 20, `${turns} turns for 20 pieces`);
  } finally {
    folder.remove();
  }
});
