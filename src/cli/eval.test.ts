import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseVariants } from "./eval-variants.ts";
import { type Answers, makeFolder, runCli, startFakeServer } from "./testing.ts";

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  await writeFile(join(folder, "q.tsv"), "1\thow many days of leave\n2\twhere to park\n3\tnobody judged this\n");
  await writeFile(join(folder, "r.txt"), "1 0 leave 1\n1 0 rest 1\n2 0 parking.md 2\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const passage = (filename: string) => ({
  file_id: `file-${filename}`,
  filename,
  attributes: {},
  content: [{ type: "text", text: filename }],
});
const stores = { json: { data: [{ id: "vs_1", name: "handbook" }], has_more: false } };
const answers: Answers = {
  "GET /v1/vector_stores": stores,
  "POST /v1/vector_stores/vs_1/search": ({ body }) => ({
    json: {
      data: JSON.stringify(body).includes("park")
        ? [passage("docs/other.md"), passage("docs/parking.md")]
        : [passage("leave.md"), passage("leave.md"), passage("x.md")],
    },
  }),
};

async function run(argv: readonly string[], of: Answers = answers) {
  const server = await startFakeServer(of);
  const printed = await runCli([...argv, "--url", server.url, "--key", "k"], { cwd: folder });
  await server.close();
  return { ...printed, seen: server.seen };
}
const FILES = ["--collection", "handbook", "--queries", "q.tsv", "--qrels", "r.txt"];

describe("eval retrieval", () => {
  test("figures are those worked out by hand, and documents go by their files' names, with endings and folders or without", async () => {
    const { code, out } = await run(["eval", "retrieval", ...FILES, "--json", "--k", "1,2"]);
    assert.equal(code, 0);
    const { metrics, questions, unjudged } = JSON.parse(out) as {
      metrics: Record<string, { values: readonly number[]; mean: number }>;
      questions: number;
      unjudged: number;
    };
    assert.deepEqual([questions, unjudged], [2, 1]);
    assert.deepEqual(metrics["recall@2"]?.values, [0.5, 1]);
    assert.deepEqual(metrics["precision@1"]?.values, [1, 0]);
    assert.deepEqual(metrics["MRR"]?.mean, 0.75);
    const { out: text } = await run(["eval", "retrieval", ...FILES]);
    assert.match(text, /Collection handbook: 2 questions \(1 without a relevant document left out\)/);
    assert.match(text, /MRR +0\.7500/);
  });

  test("quality is asked for as the request has it", async () => {
    const { seen } = await run(["eval", "retrieval", ...FILES, "--mode", "quality"]);
    assert.deepEqual(seen.find(({ path, body }) => path.endsWith("/search") && JSON.stringify(body).includes("leave"))?.body, {
      query: "how many days of leave",
      max_num_results: 50,
      weir: { mode: "quality" },
    });
  });

  test("what cannot be measured is said, and is no zero", async () => {
    const none = await run(["eval", "retrieval", ...FILES], {
      ...answers,
      "GET /v1/vector_stores": { json: { data: [], has_more: false } },
    });
    assert.deepEqual([none.code, /There is no collection handbook/.test(none.err)], [1, true]);
    await writeFile(join(folder, "other.txt"), "1 0 nothing-of-it 1\n");
    const foreign = await run(["eval", "retrieval", "--collection", "handbook", "--queries", "q.tsv", "--qrels", "other.txt"]);
    assert.deepEqual([foreign.code, /Nothing that was found is named in --qrels/.test(foreign.err)], [1, true]);
    await writeFile(join(folder, "bad.txt"), "1 0 a 1\nno\n");
    const bad = await run(["eval", "retrieval", "--collection", "handbook", "--queries", "q.tsv", "--qrels", "bad.txt"]);
    assert.deepEqual([bad.code, /--qrels: bad\.txt, line 2/.test(bad.err)], [2, true]);
    const missing = await run(["eval", "retrieval", "--collection", "handbook", "--queries", "none.tsv", "--qrels", "r.txt"]);
    assert.deepEqual([missing.code, /--queries: none\.tsv cannot be read/.test(missing.err)], [2, true]);
  });
});

describe("eval fusion", () => {
  const mixed: Answers = {
    ...answers,
    "POST /v1/vector_stores/vs_1/search": ({ body }) => {
      const options = (body as { ranking_options?: { hybrid_search: { embedding_weight: number } } }).ranking_options;
      const weight = options?.hybrid_search.embedding_weight ?? 0.5;
      const right = passage(JSON.stringify(body).includes("park") ? "parking.md" : "leave.md");
      return { json: { data: weight >= 0.8 ? [right] : [passage("x.md"), passage("y.md"), right] } };
    },
    "POST /v1/vector_stores/vs_1": { json: {} },
  };

  test("the best mix is proposed, and set only where it is better by more than chance", async () => {
    const few = await run(["eval", "fusion", ...FILES, "--metric", "MRR", "--apply"], mixed);
    assert.match(few.out, /vectors alone +1\.0 +1\.0000/);
    assert.match(few.out, /leave it/);
    assert.equal(
      few.seen.some(({ path }) => path === "/v1/vector_stores/vs_1"),
      false,
    );
    const many = Array.from({ length: 30 }, (_, at) => at);
    await writeFile(join(folder, "many.tsv"), many.map((at) => `${at}\thow is the leave of person number ${at} counted`).join("\n"));
    await writeFile(join(folder, "many.txt"), many.map((at) => `${at} 0 leave 1`).join("\n"));
    const judged = ["--collection", "handbook", "--queries", "many.tsv", "--qrels", "many.txt"];
    const { seen, out } = await run(["eval", "fusion", ...judged, "--metric", "MRR", "--apply"], mixed);
    assert.match(out, /Worth it/);
    const applied = seen.find(({ path, method }) => path === "/v1/vector_stores/vs_1" && method === "POST")?.body;
    assert.equal((applied as { weir: { fusion: { questionWeight: number } } }).weir.fusion.questionWeight, 0.8);
  });

  test("where vectors change nothing, nothing is called best", async () => {
    const { code, out } = await run(["eval", "fusion", ...FILES]);
    assert.equal(code, 0);
    assert.match(out, /The weight makes no difference to any question: the collection has no vectors/);
    assert.doesNotMatch(out, /Best:/);
  });
});

describe("eval chunking", () => {
  test("a list of strategies is read, and a wrong one is named", () => {
    assert.deepEqual(
      parseVariants("fixed:400/200, parent-child:192/768+structure, structural:512, window:128").map(({ settings }) => settings),
      [
        { chunking: { strategy: "fixed", tokens: 400, overlap: 200 }, context: "none" },
        { chunking: { strategy: "parent-child", tokens: 192, parentTokens: 768 }, context: "structure" },
        { chunking: { strategy: "structural", tokens: 512 }, context: "none" },
        { chunking: { strategy: "window", tokens: 128 }, context: "none" },
      ],
    );
    for (const [text, message] of [
      ["semantic:512", /"semantic:512" is not/],
      ["parent-child:192", /needs the parent's size/],
      ["structural:512/128", /do not overlap/],
      ["fixed:400,fixed:400", /twice/],
    ] as const)
      assert.throws(() => parseVariants(text), message);
  });
});
