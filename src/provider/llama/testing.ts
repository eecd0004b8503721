import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "bun:test";
import { writeTinyAdapter, writeTinyModel } from "../../../test/gguf/index.ts";
import type { LlamaConfig } from "../../config/index.ts";
import type { ChatCall } from "../../domain/chat.ts";
import { systemClock } from "../../kernel/clock.ts";
import { createDeadlines, type Every } from "../deadlines.ts";
import { askedOf, chatOf, gather, PATIENT, targetOf, type Outcome } from "../testing.ts";
import type { EmbedAsk, RankAsk } from "../spec.ts";
import { createLlamaProvider, type LlamaProvider } from "./index.ts";

/** A test that needs llama.cpp, which is an optional part. */
export function llamaTest(name: string, body: () => Promise<void>): void {
  test(name, async () => {
    if (isInstalled()) await body();
    else console.log("# skipped: node-llama-cpp is not installed (npm install --include=optional)");
  });
}
function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve("node-llama-cpp");
    return true;
  } catch {
    return false;
  }
}

/** Makings of tests: tiny models in a folder, and providers of them. */
export type TinyFolder = { readonly path: string; config(more?: Partial<LlamaConfig>): LlamaConfig; remove(): Promise<void> };

export async function createTinyFolder(): Promise<TinyFolder> {
  const path = await mkdtemp(join(tmpdir(), "weir-gguf-"));
  const files = {
    "tiny.gguf": writeTinyModel({ contextTokens: 8192 }),
    "plain.gguf": writeTinyModel({ chatTemplate: "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: " }),
    "rank.gguf": writeTinyModel({ head: "rank" }),
    "adapter.gguf": writeTinyAdapter(),
    "broken.gguf": writeTinyModel().subarray(0, 60_000),
  };
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(path, name), bytes);
  return {
    path,
    config: (more = {}) => llamaConfig(join(path, "tiny.gguf"), { adapters: { other: join(path, "adapter.gguf") }, ...more }),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

export const llamaConfig = (model: string, more: Partial<LlamaConfig> = {}): LlamaConfig => ({
  name: "cpu",
  kind: "llama",
  model,
  modelName: "tiny",
  adapters: {},
  chatTemplate: undefined,
  threads: 1,
  contexts: 2,
  contextTokens: 512,
  queue: 100,
  load: "first-call",
  trust: "private",
  region: undefined,
  timeouts: PATIENT,
  ...more,
});

/** The small trained model, where it is. */
export function trainedModel(): { readonly model: string; readonly adapters: Readonly<Record<string, string>> } | undefined {
  const folder = fileURLToPath(new URL("../../../../shared/models/tiny-chat/", import.meta.url));
  const model = join(folder, "tiny-chat.q8_0.gguf");
  return existsSync(model) ? { model, adapters: { a: join(folder, "adapter-a.gguf"), b: join(folder, "adapter-b.gguf") } } : undefined;
}

const every: Every = (milliseconds, task) => {
  const timer = setInterval(task, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
};
const deadlines = createDeadlines({ clock: systemClock, every });

export const openLlama = (config: LlamaConfig): LlamaProvider => createLlamaProvider(config, { clock: systemClock, deadlines });

export const chatAsk = (said: Parameters<typeof chatOf>[0], more: Partial<ChatCall> = {}, upstream = "tiny") => {
  const asked = askedOf("llama", chatOf(said, { sampling: { temperature: 0 }, maxOutputTokens: 16, ...more }));
  return { ...asked, target: { ...asked.target, upstream } };
};

export function chat(
  provider: LlamaProvider,
  said: Parameters<typeof chatOf>[0],
  more: Partial<ChatCall> = {},
  upstream = "tiny",
): Promise<Outcome> {
  return gather(provider.stream(chatAsk(said, more, upstream), new AbortController().signal));
}

export const embedAsk = (inputs: EmbedAsk["inputs"], dimensions?: number): EmbedAsk => ({
  call: askedOf("llama", chatOf("")).call,
  target: { ...targetOf("llama"), upstream: "tiny" },
  inputs,
  dimensions,
});
export const rankAsk = (query: string, documents: readonly string[]): RankAsk => ({
  target: { ...targetOf("llama"), upstream: "tiny" },
  query,
  documents,
});
