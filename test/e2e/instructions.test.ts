import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256Hex } from "../../src/kernel/hash.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { ADMIN_KEY, startWeir, type TestWeir } from "./server.ts";

/** What a model of weir.yaml is told of its own: who gets it, where it stands, what it counts in. */

const STEPS = "Think step by step, in short sentences.";
let folder: string;
let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
const yaml = (baseUrl: string, reference = `prompt: steps@${sha256Hex(STEPS).slice(0, 12)}`): string => `
prompts: { folder: "${folder}" }
guard: { pii: mask }
providers:
  own: { kind: openai, baseUrl: "${baseUrl}", trust: private }
  out: { kind: openai, baseUrl: "${baseUrl}", trust: external }
models:
  plain: { provider: own, upstream: mock, contextTokens: 400 }
  told: { provider: own, upstream: mock, contextTokens: 400, family: llama-3, instructions: "${reference}" }
  wordy: { provider: own, upstream: mock, contextTokens: 400, instructions: "${"w".repeat(1500)}" }
  api: { provider: out, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 }, instructions: "Be brief, agent@example.org." }
routes:
  auto: [{ use: [wordy, told] }]
`;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-instructions-"));
  await writeFile(join(folder, "steps.md"), `${STEPS}\n`);
  upstream = await createFakeUpstream();
  weir = await startWeir({ yaml: yaml(upstream.openaiBaseUrl) });
  ({ key } = await weir.tenant("acme", { systemPrompt: "Tenant rules." }));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
  await rm(folder, { recursive: true });
});

type Sent = readonly { readonly role: string; readonly content: string }[];
async function ask(model: string, content = "parts=2") {
  const before = upstream.calls.length;
  const response = await weir.chat(key, { model, max_tokens: 20, messages: [{ role: "user", content }] });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const id = response.headers.get("x-weir-request-id") ?? "";
  const explained = await weir.call<{ event: { fingerprint: { prompt: string }; model: string; candidates: { fell?: string }[] } }>(
    "GET",
    `/admin/v1/explain/${id}`,
    undefined,
    { key: ADMIN_KEY },
  );
  return { sent: (upstream.calls.at(before)?.body?.["messages"] ?? []) as Sent, event: explained.event };
}

test("a model's instructions come before the tenant's prompt in calls to it, and in no others; the fingerprint tells them apart", async () => {
  const [plain, told, again] = [await ask("plain"), await ask("told"), await ask("told")];
  assert.equal(plain.sent[0]?.content, "Tenant rules.");
  assert.equal(told.sent[0]?.content, `${STEPS}\n\nTenant rules.`);
  assert.notEqual(plain.event.fingerprint.prompt, told.event.fingerprint.prompt);
  assert.equal(told.event.fingerprint.prompt, again.event.fingerprint.prompt);
});

test("instructions take room: a model that has none left beside them falls, and the next is asked", async () => {
  const { event, sent } = await ask("auto");
  assert.deepEqual([event.model, event.candidates[0]?.fell], ["told", "context"]);
  assert.ok(!JSON.stringify(sent).includes("www"));
});

test("masking for an external model touches what caller and tenant say, and leaves the operator's own words as they are", async () => {
  const { sent } = await ask("api", "write to ada@example.org");
  assert.equal(sent[0]?.content, "Be brief, agent@example.org.\n\nTenant rules.");
  assert.match(sent.at(-1)?.content ?? "", /^write to \[EMAIL\w*_[0-9a-f]{8}\]$/);
});

test("a reference to a file that is not there, or not any more, is a problem of weir.yaml", async () => {
  for (const reference of ["prompt: steps@000000000000", "prompt: nothing"])
    await assert.rejects(startWeir({ yaml: yaml(upstream.openaiBaseUrl, reference) }), /models\.told\.instructions/, reference);
});
