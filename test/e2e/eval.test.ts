import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../src/cli/testing.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { addDocument } from "./access-world.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";

const TOPICS = {
  leave: "Everybody has 28 days of leave a year. Five of them may be carried over until March.",
  parking: "Bicycles are parked in the cellar. Cars need a permit from the porter.",
  meals: "The canteen serves lunch from eleven to two. Guests pay double.",
  travel: "Journeys are booked by the office. Trains come before planes.",
} as const;

let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
let folder: string;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({
    yaml: `${oneModel(upstream.openaiBaseUrl).replace("models:", "models:\n  words: { kind: embedding, provider: up, upstream: alike-64, price: { inputPerMTok: 10 } }")}\nretrieval: { embedding: words }\n`,
  });
  ({ key } = await weir.tenant("acme"));
  const store = await weir.call<{ id: string }>("POST", "/v1/vector_stores", { name: "house" }, { key });
  for (const [name, text] of Object.entries(TOPICS)) await addDocument(weir, key, store.id, [`${name}.md`, text]);
  folder = await mkdtemp(join(tmpdir(), "weir-eval-"));
  await writeFile(join(folder, "q.tsv"), "1\thow many days of leave\n2\twhere do bicycles go\n3\twhat does lunch cost guests\n");
  await writeFile(join(folder, "r.txt"), "1 0 leave 1\n2 0 parking 1\n3 0 meals 1\n");
  for (const [name, text] of Object.entries(TOPICS)) await writeFile(join(folder, `${name}.md`), text);
  const questions = Object.entries(TOPICS).map(([name, text]) => ({
    question: `what about ${name}: ${text.slice(0, 30)}`,
    document: `${name}.md`,
    references: [text.slice(0, text.indexOf(".") + 1)],
  }));
  await writeFile(join(folder, "questions.jsonl"), questions.map((one) => JSON.stringify(one)).join("\n"));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...argv: readonly string[]) => runCli([...argv, "--url", weir.url, "--key", key, "--json"], { cwd: folder });

test("a collection is measured over the public interface", async () => {
  const { code, out, err } = await run("eval", "retrieval", "--collection", "house", "--queries", "q.tsv", "--qrels", "r.txt");
  assert.equal(code, 0, err);
  const { metrics, questions } = JSON.parse(out) as { questions: number; metrics: Record<string, { mean: number }> };
  assert.equal(questions, 3);
  assert.equal(metrics["recall@5"]?.mean, 1);
  assert.equal(metrics["MRR"]?.mean, 1);
});

test("ways of cutting are compared in collections of their own, and nothing of them is left", async () => {
  const before = await weir.call<{ data: unknown[] }>("GET", "/v1/files", undefined, { key });
  const strategies = "sentence:512/128,fixed:64/0,structural:256+structure,parent-child:64/256,window:64";
  const asked = ["eval", "chunking", ".", "--questions", "questions.jsonl", "--strategies", strategies, "--top", "2"];
  const { code, out, err } = await run(...asked);
  assert.equal(code, 0, err);
  const { variants, questions } = JSON.parse(out) as { questions: number; variants: { chunking: string; recall: { mean: number } }[] };
  assert.deepEqual([questions, variants.map(({ chunking }) => chunking)], [4, strategies.split(",")]);
  assert.ok(
    variants.every(({ recall }) => recall.mean > 0.9),
    out,
  );
  const stores = await weir.call<{ data: { name: string }[] }>("GET", "/v1/vector_stores", undefined, { key });
  assert.deepEqual(
    stores.data.map(({ name }) => name),
    ["house"],
  );
  const after = await weir.call<{ data: unknown[] }>("GET", "/v1/files", undefined, { key });
  assert.equal(after.data.length, before.data.length);
  console.log(`# eval: ${variants.length} ways of cutting on a real server`);
});

test("each mix of words and vectors is asked for, and chance is not taken for a gain", async () => {
  const { code, out, err } = await run(
    "eval",
    "fusion",
    "--collection",
    "house",
    "--queries",
    "q.tsv",
    "--qrels",
    "r.txt",
    "--metric",
    "MRR",
  );
  assert.equal(code, 0, err);
  const { mixes, worthIt } = JSON.parse(out) as { mixes: { weight: number; mean: number }[]; worthIt: boolean };
  assert.deepEqual([mixes.length, worthIt], [20, false]);
  assert.equal(mixes.find(({ weight }) => weight === 0)?.mean, 1);
});
