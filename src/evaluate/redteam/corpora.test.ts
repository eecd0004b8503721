import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "bun:test";
import { readCorpora } from "./corpora.ts";

test("collections are read in the forms in which they are published; a missing file is named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "weir-corpora-"));
  try {
    for (const name of ["deepset", "xstest", "bipia"]) await mkdir(join(folder, name));
    await writeFile(
      join(folder, "deepset", "train.jsonl"),
      '{"text":"attack","label":1}\n{"text":"fine","label":0}\n{"text":"fine","label":0}\n',
    );
    await writeFile(join(folder, "xstest", "xstest_prompts.csv"), 'id,prompt,type,label\n1,"a, b",x,safe\n2,c,x,unsafe\n');
    await writeFile(join(folder, "bipia", "text_attack_train.json"), '{"A":["one","two"],"B":["three"]}');
    const { corpora, missing } = await readCorpora(folder);
    assert.deepEqual(
      corpora.map(({ name, texts }) => [name, texts]),
      [
        ["deepset", ["attack"]],
        ["deepset-benign", ["fine"]],
        ["bipia", ["one", "two", "three"]],
        ["xstest", ["a, b"]],
      ],
    );
    assert.equal(missing.length, 5);
    await writeFile(join(folder, "bipia", "text_attack_train.json"), "not JSON");
    assert.ok((await readCorpora(folder)).missing.includes("bipia/text_attack_train.json"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

const DATA = join(import.meta.dirname, "../../../../shared/data/injection");
test("the published files themselves are read where they are", async () => {
  if (!existsSync(DATA)) {
    console.log(`# published collections: not here, so not read`);
    return;
  }
  const { corpora, missing } = await readCorpora(DATA);
  assert.deepEqual(missing, []);
  assert.equal(corpora.find(({ name }) => name === "xstest")?.texts.length, 250);
  for (const { name, texts } of corpora) assert.ok(texts.length >= 40, `${name}: ${texts.length}`);
  console.log(`# published collections: ${corpora.map(({ name, texts }) => `${name} ${texts.length}`).join(", ")}`);
});
