import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { createFakeUpstream, relevanceOf, type FakeUpstream } from "../upstream/index.ts";
import { addDocument } from "./access-world.ts";
import { oneModel, startWeir, WITHOUT_BREAKERS, type TestWeir } from "./server.ts";

/** The quality path: 20 passages of a search, of which a model puts the best few in order. */

let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
let store: string;
let steered: string | undefined;

const ranker = (trust: string, url: string): string => `${WITHOUT_BREAKERS}
${oneModel(url).replace("models:", "models:\n  ranker: { kind: rerank, provider: rank, upstream: bge, price: { inputPerMTok: 10 } }").replace("providers:", `providers:\n  rank: { kind: openai, baseUrl: "${url}", apiKey: k, trust: ${trust}, timeouts: { firstByteMs: 2000, idleMs: 1500, totalMs: 20000 } }`)}
retrieval: { rerank: ranker, rerankTimeoutMs: 400 }
`;

const QUERY = "how many days of leave in the lighthouse";
/** Thirty files: words alone like those best that say the rare ones again and again, and the one that holds the whole question last of these. */
const wordsOf = (n: number): string => {
  const filler = Array.from({ length: 30 }, (_, at) => `word${n}x${at}`).join(" ");
  if (n === 7) return `In the lighthouse there are many days of leave. ${filler} ${filler} ${filler} ${filler} how`;
  return `Leave ${n}: ${(n < 12 ? "leave " : "leave days many lighthouse how ").repeat(2 + (n % 5))} ${filler}`;
};

beforeAll(async () => {
  upstream = await createFakeUpstream({ steer: (model) => (model === "bge" ? steered : undefined) });
  weir = await startWeir({ yaml: ranker("external", upstream.openaiBaseUrl) });
  ({ key } = await weir.tenant("acme"));
  store = await makeStore(key);
}, 60_000);
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

async function makeStore(by: string, body: object = {}, more: readonly string[] = []): Promise<string> {
  const { id } = await weir.call<{ id: string }>(
    "POST",
    "/v1/vector_stores",
    { name: `s${Math.trunc(performance.now() * 1000)}`, ...body },
    { key: by },
  );
  for (const [n, words] of [...Array.from({ length: 30 }, (_, at) => wordsOf(at)), ...more].entries())
    await addDocument(weir, by, id, [`f${n}.md`, `# File ${n}\n\n${words}\n`]);
  return id;
}

type Page = {
  readonly data: readonly { readonly filename: string; readonly score: number; readonly content: readonly { readonly text: string }[] }[];
};
async function search(
  body: object,
  at = store,
  by = key,
): Promise<{ names: string[]; page: Page; reranked: string | null; status: number }> {
  const response = await fetch(`${weir.url}/v1/vector_stores/${at}/search`, {
    method: "POST",
    headers: { authorization: `Bearer ${by}`, "content-type": "application/json" },
    body: JSON.stringify({ query: QUERY, max_num_results: 5, ...body }),
  });
  const page = (await response.json()) as Page;
  const names = response.ok ? page.data.map(({ filename }) => filename) : [];
  return { names, page, reranked: response.headers.get("x-weir-reranked"), status: response.status };
}
const asked = () => upstream.calls.filter(({ path }) => path === "/v1/rerank");
const metric = async (outcome: string): Promise<number> => {
  const text = await (await fetch(`${weir.url}/metrics`)).text();
  return Number(new RegExp(`weir_reranked_searches_total\\{outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
};
const QUALITY = { weir: { mode: "quality" } };

test("20 passages are read by the model, and the best 5 come in its order with its scores", async () => {
  const fast = await search({});
  assert.deepEqual([fast.reranked, asked().length], [null, 0]);
  const { names, page, reranked } = await search(QUALITY);
  const [call] = asked();
  const documents = call?.body?.["documents"] as string[];
  assert.deepEqual([reranked, asked().length, documents.length, call?.body?.["query"]], ["true", 1, 20, QUERY]);
  const best = documents
    .map((document) => relevanceOf(QUERY, document))
    .toSorted((a, b) => b - a)
    .slice(0, 5);
  assert.deepEqual(
    page.data.map(({ score }) => score),
    best,
  );
  assert.equal(names[0], "f7.md");
  assert.notEqual(fast.names[0], "f7.md");
  // With where it stands, which is no part of the passage that is told.
  assert.ok(documents.every((document) => /^File \d+\n/.test(document)));
  assert.ok(page.data.every(({ content }) => content[0]?.text.startsWith("File") === false));
  console.log(`# quality: by words ${fast.names.join(" ")}; reranked ${names.join(" ")}`);
});

test("OpenAI's ranker asks for it, `none` and `fast` do not, and its threshold cuts by the model's scores", async () => {
  for (const [body, expected] of [
    [{ ranking_options: { ranker: "auto" } }, "true"],
    [{ ranking_options: { ranker: "default-2024-11-15" } }, "true"],
    [{ ranking_options: { ranker: "none" } }, null],
    [{ ranking_options: {} }, null],
    [{ ranking_options: { ranker: "auto" }, weir: { mode: "fast" } }, null],
  ] as const)
    assert.equal((await search(body)).reranked, expected, JSON.stringify(body));
  const all = await search({ ranking_options: { ranker: "auto" } });
  const least = all.page.data[2]?.score ?? 0;
  const cut = await search({ ranking_options: { ranker: "auto", score_threshold: least } });
  assert.deepEqual(
    cut.names,
    all.page.data.filter(({ score }) => score >= least).map(({ filename }) => filename),
  );
  assert.ok(cut.names.length < 5 || least === all.page.data[4]?.score);
});

type Told = {
  readonly citations: readonly { readonly filename: string; readonly score: number }[];
  readonly reranked?: boolean;
  readonly requestId: string;
};
async function chat(rag: object, by = key): Promise<{ readonly status: number; readonly weir: Told; readonly text: string }> {
  const response = await weir.chat(by, {
    model: "m",
    messages: [{ role: "user", content: QUERY }],
    max_tokens: 20,
    rag: { enabled: true, collection: store, topK: 5, ...rag },
  });
  const body = await response.text();
  return { status: response.status, weir: response.ok ? (JSON.parse(body) as { weir: Told }).weir : ({} as Told), text: body };
}

test("a chat on the quality path is answered from the reranked passages, says so, and the ranking is a call with a row of its own", async () => {
  const { weir: told } = await chat({ mode: "quality" });
  assert.deepEqual([told.reranked, told.citations[0]?.filename], [true, "f7.md"]);
  const receipts = await weir.call<{ data: { operation: string; requestId: string; costMicroUsd: number; model: string }[] }>(
    "GET",
    "/admin/v1/usage?tenant=acme",
  );
  const row = receipts.data.find(({ operation }) => operation === "rerank");
  const receipt = await weir.call<{ event: { of: string; costMicroUsd: number } }>("GET", `/v1/receipts/${row?.requestId}`, undefined, {
    key,
  });
  assert.deepEqual([receipt.event.of, row?.model], [told.requestId, "ranker"]);
  assert.ok(receipt.event.costMicroUsd > 0);
  for (const mode of ["fast", "keyword", undefined]) {
    const before = asked().length;
    const { weir: plain } = await chat(mode === undefined ? {} : { mode });
    assert.deepEqual([plain.reranked, asked().length], [undefined, before]);
  }
});

test("a model that is down, slow or wrong leaves the search's order: told in the answer, counted and logged, and the chat goes on", async () => {
  const fast = await search({});
  for (const [how, code] of [
    ["status=503", "target_failed"],
    ["fault=stall", "target_timeout"],
    ["fault=malformed", "target_broken"],
    ["fault=reset-head", "target_down"],
  ] as const) {
    steered = how;
    const before = await metric(code);
    const found = await search(QUALITY);
    assert.deepEqual([found.reranked, found.names], ["false", fast.names], how);
    const { weir: told, status } = await chat({ mode: "quality" });
    assert.deepEqual([status, told.reranked], [200, false], how);
    assert.equal((await metric(code)) - before, 2, how);
    assert.ok(
      weir.logged.some((line) => line.includes("not put in order") && line.includes(code)),
      how,
    );
  }
  steered = undefined;
  assert.ok(!weir.logged.join("\n").includes("lighthouse"));
  assert.equal((await search(QUALITY)).reranked, "true");
  console.log("# quality: 4 ways to fail, each told, counted and logged; 0 calls failed");
});

test("a spent budget, a list of models without it and a collection for own hardware keep passages from the model, never silently", async () => {
  const { key: poor } = await weir.tenant("poor", { budgetUsd: 0.000_001 });
  const { key: listed } = await weir.tenant("listed", { models: ["m"] });
  const { key: careful } = await weir.tenant("careful");
  for (const [by, body] of [
    [poor, {}],
    [listed, {}],
    [careful, { weir: { trust: "private" } }],
  ] as const) {
    const { id } = await weir.call<{ id: string }>("POST", "/v1/vector_stores", { name: "own", ...body }, { key: by });
    await addDocument(weir, by, id, ["a.md", "# A\n\nDays of leave in the lighthouse.\n"]);
    const before = asked().length;
    const found = await search(QUALITY, id, by);
    assert.deepEqual([found.reranked, found.names, asked().length], ["false", ["a.md"], before]);
  }
});

test("personal data in passages or the question leaves for an external model as a pseudonym, or not at all", async () => {
  const SECRET = "ada.lovelace@example.com";
  for (const [pii, reranked] of [
    ["mask", "true"],
    ["private-only", "false"],
  ] as const) {
    const { key: by } = await weir.tenant(pii, { guard: { pii } });
    const { id } = await weir.call<{ id: string }>("POST", "/v1/vector_stores", { name: "mail" }, { key: by });
    await addDocument(weir, by, id, ["a.md", `# Leave of ${SECRET}\n\nWrite to ${SECRET} for days of leave.\n`]);
    for (const query of ["leave", `who is ${SECRET}`]) {
      const before = asked().length;
      const found = await search({ ...QUALITY, query }, id, by);
      assert.equal(found.reranked, reranked);
      const sent = asked()
        .slice(before)
        .map(({ body }) => JSON.stringify(body));
      assert.equal(sent.length, reranked === "true" ? 1 : 0);
      // Its owner gets it as it is.
      assert.ok(found.page.data[0]?.content[0]?.text.includes(SECRET));
      for (const each of sent) assert.ok(!each.includes(SECRET) && each.includes("[EMAIL_"), each);
    }
  }
  // The plant: without a rule it would have left.
  const found = await search({ ...QUALITY, query: "lighthouse" });
  assert.equal(found.reranked, "true");
  assert.ok(JSON.stringify(asked().at(-1)?.body).includes("lighthouse"));
});

test("a server without such a model says so to whoever asks for quality, and OpenAI's ranker is as if it had not been named", async () => {
  const plain = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl) });
  try {
    const { key: by } = await plain.tenant("acme");
    const { id } = await plain.call<{ id: string }>("POST", "/v1/vector_stores", { name: "s" }, { key: by });
    const ask = (body: object, expect: number) =>
      plain.call("POST", `/v1/vector_stores/${id}/search`, { query: "a", ...body }, { key: by, expect });
    assert.match(JSON.stringify(await ask(QUALITY, 400)), /retrieval\.rerank/);
    await ask({ ranking_options: { ranker: "auto" } }, 200);
    const chatted = await plain.chat(by, {
      model: "m",
      messages: [{ role: "user", content: "a" }],
      rag: { enabled: true, collection: id, mode: "quality" },
    });
    assert.equal(chatted.status, 400);
    assert.match(await chatted.text(), /rag\.mode/);
  } finally {
    await plain.close();
  }
});
