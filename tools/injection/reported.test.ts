import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "bun:test";
import { readReported } from "./reported.ts";

test("each text counts once, in an order of its own; a line that is no text is named by its number and not shown", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "weir-reported-")), "benign.jsonl");
  await writeFile(path, '{"text":"b"}\n{"text":"a\\nb"}\n{"text":"b"}\n');
  assert.deepEqual(readReported(path).texts, ["a\nb", "b"]);
  assert.equal(readReported(path).nature, "trigger");
  for (const wrong of ["secret words", '{"prompt":"secret words"}', '"secret words"', "null"]) {
    await writeFile(path, `{"text":"a"}\n${wrong}\n`);
    assert.throws(() => readReported(path), { message: 'line 2 is not {"text": …}' });
  }
});
