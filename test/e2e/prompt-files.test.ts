import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256Hex } from "../../src/kernel/hash.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";

/** Prompts that live in Git: the text goes to the model, and its hash into every event. */

let upstream: FakeUpstream;
let weir: TestWeir;
let folder: string;
let key: string;
const asked: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-prompt-files-"));
  await writeFile(join(folder, "support.md"), "Words of support.\n");
  upstream = await createFakeUpstream({ say: ({ body }) => void asked.push(JSON.stringify(body)) });
  weir = await startWeir({ yaml: `${oneModel(upstream.openaiBaseUrl)}prompts: { folder: "${folder}" }\n` });
  ({ key } = await weir.tenant("acme"));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
  await rm(folder, { recursive: true });
});

async function ask(): Promise<string | undefined> {
  const response = await weir.chat(key, { model: "m", max_tokens: 5, messages: [{ role: "user", content: "parts=2" }] });
  await response.text();
  const id = response.headers.get("x-weir-request-id") ?? "";
  const { event } = await weir.call<{ event: { promptFile?: string } }>("GET", `/admin/v1/explain/${id}`);
  return event.promptFile;
}
const name = (text: string): string => `support@${sha256Hex(text).slice(0, 12)}`;
const patch = (systemPrompt: string | null, expect?: number) =>
  weir.call<{ systemPrompt?: string }>("PATCH", "/admin/v1/tenants/acme", { systemPrompt }, expect === undefined ? {} : { expect });

test("a tenant's prompt may be a file, whose text the model gets and whose hash the event has", async () => {
  assert.equal(await ask(), undefined);
  assert.equal((await patch(`prompt: ${name("Words of support.")}`)).systemPrompt, "Words of support.");
  assert.equal(await ask(), name("Words of support."));
  assert.ok(asked.at(-1)?.includes("Words of support."));
  await patch("prompt: support@000000000000", 400);
  await patch("prompt: nothing", 400);
  await patch("Other words.");
  assert.equal(await ask(), undefined, "the hash of another text is not told");
});

test("a new version in Git answers nobody until somebody takes it", async () => {
  await patch("prompt: support");
  await writeFile(join(folder, "support.md"), "Newer words.\n");
  await weir.call("POST", "/admin/v1/config/reload");
  asked.length = 0;
  await ask();
  assert.ok(asked.at(-1)?.includes("Words of support."));
  const version = await weir.call<{ text: string }>("POST", "/admin/v1/prompts", {
    tenant: "acme",
    name: "system",
    text: `prompt: ${name("Newer words.")}`,
  });
  assert.equal(version.text, "Newer words.");
  await patch("prompt: support");
  assert.equal(await ask(), name("Newer words."));
});

test("a tenant's own people read no file, and cannot tell which there are", async () => {
  const { key: own } = await weir.tenant("globex", {}, { role: "tenant-admin" });
  const say = async (text: string) => {
    const { error } = await weir.call<{ error: { message: string; param: string } }>(
      "POST",
      "/admin/v1/prompts",
      { name: "system", text },
      { key: own, expect: 400 },
    );
    return JSON.stringify(error).replaceAll(/req_\w+/g, "");
  };
  const told = await Promise.all(
    ["prompt: support", "prompt: nothing", "prompt: support@000000000000", `prompt: ${name("Newer words.")}`].map(say),
  );
  assert.equal(new Set(told).size, 1);
  assert.ok(!told[0]?.includes("support") && !told[0]?.includes("ewer"));
  const text = await weir.call<{ text: string }>("POST", "/admin/v1/prompts", { name: "system", text: "Words of ours." }, { key: own });
  assert.equal(text.text, "Words of ours.");
});
