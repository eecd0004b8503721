import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256Hex } from "../kernel/hash.ts";
import { loadConfig } from "./load-config.ts";
import { ConfigError } from "./problem.ts";
import { promptFileName, resolvePrompt } from "./prompt-reference.ts";

const made: string[] = [];
afterAll(() => Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true }))));

/** A configuration with these files in its folder of prompts. */
async function load(files: Readonly<Record<string, string>>, folder = "prompts") {
  const dir = await mkdtemp(join(tmpdir(), "weir-prompts-"));
  made.push(dir);
  await mkdir(join(dir, "prompts"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, "prompts", name), text);
  await writeFile(join(dir, "weir.yaml"), `prompts: { folder: ${folder} }\n`);
  return await loadConfig({ flags: { data: join(dir, "data") }, env: { WEIR_ADMIN_KEY: "test-admin-key-0123456789" }, cwd: dir });
}
const problemsOf = async (loading: Promise<unknown>): Promise<string> => {
  const error = await loading.then(
    () => assert.fail("it loaded"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConfigError);
  return error.message;
};

test("each Markdown file is a prompt, tagged by its text alone", async () => {
  const { prompts } = await load({ "support.md": "Be kind.\n", "sales.md": "Be kind.", "notes.txt": "no", ".hidden.md": "no" });
  assert.deepEqual(
    prompts.files.map(({ name, tag, text }) => [name, tag, text]),
    [
      ["sales", sha256Hex("Be kind.").slice(0, 12), "Be kind."],
      ["support", sha256Hex("Be kind.").slice(0, 12), "Be kind."],
    ],
  );
});

test("a reference is the text of its file, and one that says another hash, or no file, is told so", async () => {
  const { prompts } = await load({ "support.md": "Be kind.\n" });
  const [file = assert.fail()] = prompts.files;
  const of = (text: string) => resolvePrompt(prompts.files, text);
  for (const reference of [
    "prompt: support",
    "prompt:support",
    `prompt: ${promptFileName(file)}`,
    `prompt: support@${sha256Hex("Be kind.")}`,
  ])
    assert.deepEqual(of(reference), { found: "text", text: "Be kind." }, reference);
  for (const text of ["Be kind.", "prompt: support and more", "A prompt: support"]) assert.deepEqual(of(text), { found: "text", text });
  const gone = of("prompt: support@0123456789ab");
  assert.ok(gone.found === "nothing" && gone.say.includes(promptFileName(file)));
  assert.equal(of("prompt: nothing").found, "nothing");
  // A planted fault: whoever looks at the name alone would take this for the file.
  assert.notDeepEqual(of("prompt: support@0123456789ab"), of("prompt: support"));
});

test("a folder that is not there, and a prompt that is empty or too long, are told at start", async () => {
  assert.match(await problemsOf(load({}, "nowhere")), /nowhere cannot be read \(ENOENT\)/);
  assert.match(await problemsOf(load({ "a.md": "\n" })), /a\.md is empty/);
  assert.match(await problemsOf(load({ "a.md": "x".repeat(100_001) })), /longer than 100000/);
  assert.equal((await load({ "a.md": "x".repeat(100_000) })).prompts.files.length, 1);
});
