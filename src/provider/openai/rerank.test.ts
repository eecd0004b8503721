import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Fault } from "../../kernel/fault.ts";
import { targetOf } from "../testing.ts";
import type { Ask } from "../transport.ts";
import { createRank, readRanked, teiRoot } from "./rerank.ts";

const item = (index: unknown, score: unknown = 0.5) => ({ index, relevance_score: score });
const two = { query: "q", documents: ["a", "b"] };
const never = new AbortController().signal;

/** As each kind of server answers for `two`, its best first. */
const SHAPES: Readonly<Record<string, { readonly body: unknown; readonly told: object }>> = {
  cohere: {
    body: { id: "1", results: [item(1, 0.9), item(0, 0.1)], meta: { api_version: { version: "2" }, billed_units: { search_units: 1 } } },
    told: { counted: true, searches: 1 },
  },
  jina: {
    body: {
      model: "jina",
      object: "list",
      usage: { total_tokens: 15 },
      results: [item(1, 0.9), { ...item(0, 0.1), document: { text: "a" } }],
    },
    told: { inputTokens: 15 },
  },
  vllm: { body: { id: "r", model: "m", usage: { total_tokens: 9 }, results: [item(1, 0.9), item(0, 0.1)] }, told: { inputTokens: 9 } },
  voyage: { body: { object: "list", data: [item(1, 0.9), item(0, 0.1)], usage: { total_tokens: 26 } }, told: { inputTokens: 26 } },
  "llama.cpp": {
    body: { object: "list", usage: { prompt_tokens: 74, total_tokens: 74 }, results: [item(0, 0.1), item(1, 0.9)] },
    told: { inputTokens: 74 },
  },
};

test("scores come in the order of the documents from every kind of server, with the usage that it tells", () => {
  for (const [name, { body, told }] of Object.entries(SHAPES)) {
    const ranked = readRanked(body, two);
    assert.deepEqual(ranked.scores, [0.1, 0.9], name);
    assert.deepEqual({ ...ranked, ...told }, ranked, name);
  }
  assert.deepEqual(
    readRanked(
      [
        { index: 1, score: -3 },
        { index: 0, score: 8 },
      ],
      two,
    ).scores,
    [8, -3],
  );
  console.log(`# rerank: answers of ${Object.keys(SHAPES).length + 1} kinds of servers read`);
});

test("an answer that is not whole is broken, and was paid for", () => {
  const results: readonly unknown[] = [
    undefined,
    {},
    [],
    [item(0)],
    [item(0), item(0)],
    [item(0), item(2)],
    [item(0), item(-1)],
    [item(0), item("1")],
    [item(0), item(undefined)],
    [item(0), item(1, null)],
    [item(0), item(1, "0.5")],
    [item(0), item(1, Number.NaN)],
    [item(0), item(1, Number.POSITIVE_INFINITY)],
    [item(0), { index: 1 }],
    [item(0), null],
    [item(0), item(1), item(2)],
    [item(0), item(1), item(1)],
  ];
  const bodies = [null, "text", 7, ...results.map((each) => ({ results: each })), ...results.filter(Array.isArray)];
  for (const body of bodies)
    assert.throws(
      () => readRanked(body, two),
      (fault: Fault) => fault.code === "target_broken" && fault.detail.spent === true,
      JSON.stringify(body),
    );
  assert.throws(() => readRanked({ error: { type: "rate_limit_error", message: "secret" } }, two), { code: "target_busy" });
  // The plant: a reader that takes what comes would have taken most of these.
  const taken = bodies.filter((body) => JSON.stringify(body ?? null).includes("relevance_score")).length;
  console.log(`# rerank: ${bodies.length} answers that are not whole, each refused; ${taken} of them look whole at a glance`);
});

const recording = (answer: (ask: Ask) => unknown) => {
  const asks: Ask[] = [];
  return {
    asks,
    transport: {
      async json(ask: Ask): Promise<unknown> {
        asks.push(ask);
        return answer(ask);
      },
    },
  };
};
const bodyOf = (ask: Ask | undefined): Record<string, unknown> => JSON.parse(ask?.body ?? "null");

test("each kind of server is asked at its own address and in its own form", async () => {
  const jina = recording(() => ({ results: [item(0), item(1)] }));
  const rank = createRank({
    baseUrl: "https://api.jina.ai/v1",
    engine: undefined,
    headers: { authorization: "Bearer k" },
    transport: jina.transport,
  });
  await rank({ target: targetOf("openai"), ...two }, never);
  assert.equal(jina.asks[0]?.url, "https://api.jina.ai/v1/rerank");
  assert.equal(jina.asks[0].headers.get("authorization"), "Bearer k");
  assert.deepEqual(bodyOf(jina.asks[0]), { model: "fake-model", ...two });

  const vllm = recording(() => ({ results: [item(0), item(1)] }));
  await createRank({ baseUrl: "http://h/v1", engine: "vllm", headers: {}, transport: vllm.transport })(
    { target: targetOf("openai"), ...two },
    never,
  );
  assert.deepEqual(bodyOf(vllm.asks[0]), { model: "fake-model", ...two, truncate_prompt_tokens: -1 });

  const tei = recording((ask) => (bodyOf(ask)["texts"] as string[]).map((text, index) => ({ index, score: Number(text) })).toReversed());
  const documents = Array.from({ length: 70 }, (_, at) => String(at));
  const ranked = await createRank({ baseUrl: "http://h:8080/v1", engine: "tei", headers: {}, transport: tei.transport })(
    { target: targetOf("openai"), query: "q", documents },
    never,
  );
  assert.deepEqual(ranked.scores, documents.map(Number));
  assert.deepEqual(
    tei.asks.map((ask) => [ask.url, (bodyOf(ask)["texts"] as string[]).length, bodyOf(ask)["truncate"]]),
    [32, 32, 6].map((count) => ["http://h:8080/rerank", count, true]),
  );
  assert.equal(teiRoot("http://h:8080"), "http://h:8080");
});

test("what of a call came before a later part of it failed was paid for", async () => {
  let asked = 0;
  const tei = recording((ask) => {
    if (++asked === 2) throw new Error("gone");
    return (bodyOf(ask)["texts"] as string[]).map((_, index) => ({ index, score: 1 }));
  });
  const rank = createRank({ baseUrl: "http://h", engine: "tei", headers: {}, transport: tei.transport });
  const documents = Array.from({ length: 40 }, () => "x");
  await assert.rejects(rank({ target: targetOf("openai"), query: "q", documents }, never), (fault: Fault) => fault.detail.spent === true);
});

test("where the model's context is known, a document is cut to what fits beside the query, and no character is cut in two", async () => {
  const { asks, transport } = recording(() => ({ results: [item(0), item(1)] }));
  const rank = createRank({ baseUrl: "http://h/v1", engine: undefined, headers: {}, transport });
  const long = "otters 🦦 ".repeat(2000);
  await rank({ target: { ...targetOf("openai"), contextTokens: 512 }, query: "What are otters?", documents: [long, "short"] }, never);
  const [cut, short] = bodyOf(asks[0])["documents"] as string[];
  assert.ok(cut !== undefined && cut.length > 500 && cut.length < 6000 && cut.isWellFormed(), String(cut?.length));
  assert.equal(short, "short");
});
