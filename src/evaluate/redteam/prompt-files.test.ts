import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "bun:test";
import { comparePromptFiles, isDue, readPromptFiles } from "./prompt-files.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-prompts-"));
  await mkdir(join(folder, "prompts", "deep"), { recursive: true });
  await writeFile(join(folder, "prompts", "a.md"), "You answer for a shop.");
  await writeFile(join(folder, "prompts", "deep", "b.md"), "You answer for a library.");
  await writeFile(join(folder, "prompts", "c.txt"), "not a prompt");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a folder, a pattern and a file name the same prompts, by their path", async () => {
  const paths = async (pattern: string): Promise<string[]> => (await readPromptFiles(pattern, folder)).map((file) => file.path);
  const both = [join("prompts", "a.md"), join("prompts", "deep", "b.md")];
  assert.deepEqual(await paths("prompts"), both);
  assert.deepEqual(await paths(join(folder, "prompts")), both);
  assert.deepEqual(await paths("prompts/**/*.md"), both);
  assert.deepEqual(await paths("prompts/*.md"), both.slice(0, 1));
  assert.deepEqual(await paths("prompts/a.md"), both.slice(0, 1));
});

test("no file, an empty one and one that is too long are errors", async () => {
  await assert.rejects(readPromptFiles("nothing/*.md", folder), RangeError);
  await writeFile(join(folder, "empty.md"), " \n");
  await assert.rejects(readPromptFiles("empty.md", folder), /empty/);
  await writeFile(join(folder, "long.md"), "x".repeat(100_000));
  assert.equal((await readPromptFiles("long.md", folder)).length, 1);
  await writeFile(join(folder, "long.md"), "x".repeat(100_001));
  await assert.rejects(readPromptFiles("long.md", folder), /longer/);
});

test("new, changed and failing prompts are due; unchanged and removed ones are not", () => {
  const file = (path: string, sha256: string) => ({ path, sha256, text: "x" });
  const was = (path: string, sha256: string, notPassed = 0) => ({ path, sha256, state: "new" as const, notPassed });
  const states = comparePromptFiles(
    [file("new", "1"), file("changed", "2"), file("failing", "1"), file("same", "1")],
    [was("changed", "1"), was("failing", "1", 3), was("same", "1"), was("gone", "1")],
  );
  assert.deepEqual(
    states.map(({ path, state }) => [path, state]),
    [
      ["new", "new"],
      ["changed", "changed"],
      ["failing", "failing"],
      ["same", "unchanged"],
      ["gone", "removed"],
    ],
  );
  assert.deepEqual(states.filter(isDue).length, 3);
  assert.equal(comparePromptFiles([file("gone", "1")], states)[0]?.state, "new");
});
