import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeUpstream, refusedUrl } from "../upstream/index.ts";
import { addDocument } from "./access-world.ts";
import { plant, PLANTED_KINDS } from "./personal-data.ts";
import { startWeir } from "./server.ts";

const PRICE = "price: { inputPerMTok: 1, outputPerMTok: 1 }";
const LINE = "About the zebra clause of the lease.";
const sentences = Array.from({ length: 40 }, (_, at) => `Paragraph ${at} of the lease tells what a tenant of the house may do.`);

const upstream = await createFakeUpstream({
  say: ({ model }) => (model === "near" || model === "far" ? LINE.split(/(?= )/) : undefined),
});
const providers = `
providers:
  up: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", trust: private }
  out: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", trust: external }
models:
  near: { provider: up, upstream: near }
  far: { provider: out, upstream: far, ${PRICE} }
`;
const open = (model: string, more = "") => startWeir({ yaml: `${more}${providers}retrieval: { contextModel: ${model} }\n` });
const asked = (from: number) => upstream.calls.slice(from).map(({ body }) => JSON.stringify(body));
afterAll(() => upstream.close());

type World = Awaited<ReturnType<typeof open>>;
async function addTo(weir: World, slug: string, settings: Record<string, unknown>, text: string) {
  const { key } = await weir.tenant(slug);
  const { id } = await weir.call<{ id: string }>("POST", "/v1/vector_stores", { name: "c", weir: settings }, { key });
  const { status } = await addDocument(weir, key, id, ["lease.md", text]);
  assert.equal(status, "completed");
  const find = async (query: string) =>
    (
      await weir.call<{ data: readonly { content: readonly { text: string }[] }[] }>(
        "POST",
        `/v1/vector_stores/${id}/search`,
        { query },
        { key },
      )
    ).data;
  return { key, id, find };
}
const small = { chunking: { strategy: "window", tokens: 64 }, context: "model" };

test("a model's line is asked for each chunk, searched and not returned; the same document is not asked for twice, and each line is a call on record", async () => {
  const weir = await open("near");
  try {
    const from = upstream.calls.length;
    const { key, id, find } = await addTo(weir, "acme", small, sentences.join(" "));
    const first = asked(from);
    assert.ok(first.length > 5);
    const found = await find("zebra");
    assert.ok(found.length > 0);
    for (const { content } of found) assert.ok(!JSON.stringify(content).includes("zebra"));
    const { id: other } = await weir.call<{ id: string }>("POST", "/v1/vector_stores", { name: "d", weir: small }, { key });
    await addDocument(weir, key, other, ["lease.md", sentences.join(" ")]);
    assert.equal(asked(from).length, first.length);
    assert.ok(id !== other);
    console.log(`# ${first.length} lines, asked for once`);
  } finally {
    await weir.close();
  }
});

test("no model outside reads personal data of a document in the clear, nor anything of a private collection", async () => {
  const planted = PLANTED_KINDS.map((kind) => plant(kind));
  const text = planted.map(({ sentence }, at) => `${sentences[at] ?? ""} ${sentence}`).join("\n\n");
  const count = async (more: string, settings: Record<string, unknown>) => {
    const weir = await open("far", more);
    const from = upstream.calls.length;
    try {
      const { find } = await addTo(weir, "acme", settings, text);
      assert.ok((await find("lease tenant")).length > 0);
      const bodies = asked(from);
      return { asked: bodies.length, clear: bodies.filter((body) => planted.some(({ value }) => body.includes(value))).length };
    } finally {
      await weir.close();
    }
  };
  const masked = await count("", small);
  assert.ok(masked.asked > 3);
  assert.equal(masked.clear, 0);
  assert.deepEqual(await count("", { ...small, trust: "private" }), { asked: 0, clear: 0 });
  // The fault that it catches: where nothing is masked, all of it goes out.
  const unmasked = await count("guard: { pii: off }\n", small);
  assert.ok(unmasked.clear > 0);
  console.log(`# planted: ${planted.length} values, ${masked.asked} calls, 0 in the clear; ${unmasked.clear} where nothing is masked`);
});

test("where no model answers, chunks have the line that the document gives, and that is logged", async () => {
  const nobody = providers.replaceAll(upstream.openaiBaseUrl, `${await refusedUrl()}/v1`);
  const weir = await startWeir({ yaml: `${nobody}retrieval: { contextModel: far }\n` });
  try {
    const { find } = await addTo(weir, "acme", small, sentences.join(" "));
    assert.ok((await find("lease.md")).length > 0);
    assert.ok(weir.logged.some((line) => line.includes("no line by a model")));
  } finally {
    await weir.close();
  }
});
