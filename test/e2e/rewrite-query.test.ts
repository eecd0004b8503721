import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { addDocument } from "./access-world.ts";
import { startWeir, WITHOUT_BREAKERS, type TestWeir } from "./server.ts";

/** Follow-up questions that a model puts into words that stand alone, before the documents are searched. */

let upstream: FakeUpstream;
const weirs = new Map<string, { readonly weir: TestWeir; readonly key: string }>();
let reworded = "";
let steered: string | undefined;
let asked: string[] = [];

const yaml = (trust: string, url: string): string => `${WITHOUT_BREAKERS}
providers:
  near: { kind: openai, baseUrl: "${url}", apiKey: k, trust: private }
  words: { kind: openai, baseUrl: "${url}", apiKey: k, trust: ${trust} }
models:
  m: { provider: near, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  rewriter: { provider: words, upstream: rewriter, price: { inputPerMTok: 1, outputPerMTok: 2 } }
routes:
  auto: [{ use: [m] }]
retrieval: { rewriteModel: rewriter, rewriteTimeoutMs: 500 }
`;

beforeAll(async () => {
  upstream = await createFakeUpstream({
    steer: (model) => (model === "rewriter" ? steered : undefined),
    say: ({ body }) => {
      if (body["model"] !== "rewriter") return ["Done."];
      asked.push(JSON.stringify(body));
      return [reworded];
    },
  });
  for (const trust of ["private", "external"]) {
    const weir = await startWeir({ yaml: yaml(trust, upstream.openaiBaseUrl) });
    const { key } = await weir.tenant("acme");
    await weir.call("POST", "/v1/vector_stores", { name: "house" }, { key });
    await addDocument(weir, key, "house", ["leave.md", "# Leave\n\nParental leave is announced seven weeks before it begins."]);
    await addDocument(weir, key, "house", ["pay.md", "# Pay\n\nZanzibar bonuses are paid in November."]);
    weirs.set(trust, { weir, key });
  }
}, 60_000);
afterAll(async () => {
  for (const { weir } of weirs.values()) await weir.close();
  await upstream.close();
});

const TALK = [
  { role: "user", content: "How long may parental leave last for each of the two parents here?" },
  { role: "assistant", content: "Up to 36 months." },
  { role: "user", content: "And when is it announced?" },
];

async function ask(trust: string, messages: readonly object[] = TALK): Promise<{ files: string[]; asked: string[] }> {
  const { weir, key } = weirs.get(trust) ?? assert.fail();
  asked = [];
  const response = await weir.chat(key, { model: "m", messages, rag: { enabled: true, collection: "house", topK: 1 } });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const { weir: told } = JSON.parse(text) as { weir: { citations: { filename: string }[] } };
  return { files: told.citations.map(({ filename }) => filename), asked };
}

test("what the model makes of a follow-up is searched, and its call is the caller's, in a record of its own", async () => {
  reworded = "Zanzibar bonuses?";
  steered = undefined;
  const { files, asked: bodies } = await ask("private");
  assert.deepEqual(files, ["pay.md"]);
  assert.equal(bodies.length, 1);
  assert.match(bodies[0] ?? "", /Up to 36 months/);
  const { weir } = weirs.get("private") ?? assert.fail();
  assert.match(await (await fetch(`${weir.url}/metrics`)).text(), /weir_query_rewrites_total\{outcome="rewritten"\} 1/);
});

test("a question that stands alone asks no model", async () => {
  const { asked: bodies } = await ask("private", TALK.slice(0, 1));
  assert.equal(bodies.length, 0);
});

test("a model outside reads no answers, and nothing where the call holds personal data", async () => {
  reworded = "Zanzibar bonuses?";
  const plain = await ask("external");
  assert.equal(plain.asked.length, 1);
  assert.ok(!(plain.asked[0] ?? "").includes("36 months"));
  const personal = await ask("external", [{ role: "system", content: "The user's card is 4111 1111 1111 1111." }, ...TALK]);
  assert.deepEqual([personal.asked.length, personal.files], [0, ["leave.md"]]);
});

test("where it fails, is slow or says something else than a question, what was said before is searched instead", async () => {
  let cases = 0;
  for (const [directive, words] of [
    ["status=503", "Zanzibar bonuses?"],
    ["fault=stall", "Zanzibar bonuses?"],
    ["fault=malformed", "Zanzibar bonuses?"],
    ["fault=reset-head", "Zanzibar bonuses?"],
    [undefined, ""],
    [undefined, "one\ntwo"],
    [undefined, "word ".repeat(200)],
  ] as const) {
    [steered, reworded] = [directive, words];
    const { files } = await ask("private");
    assert.deepEqual(files, ["leave.md"]);
    cases++;
  }
  steered = undefined;
  console.log(`# rewriting: ${cases} failures, each searched without the model`);
});

test("a vector store search without politeness says what it searched for", async () => {
  const { weir, key } = weirs.get("private") ?? assert.fail();
  const search = async (body: object): Promise<readonly string[]> =>
    (await weir.call<{ search_query: readonly string[] }>("POST", "/v1/vector_stores/house/search", body, { key })).search_query;
  const query = "Hello, could you please tell me when parental leave is announced?";
  assert.deepEqual(await search({ query }), [query]);
  assert.deepEqual(await search({ query, rewrite_query: true }), ["when parental leave is announced?"]);
});
