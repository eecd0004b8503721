import assert from "node:assert/strict";
import { afterAll } from "bun:test";
import { textOfParts } from "../testing.ts";
import type { LlamaProvider } from "./index.ts";
import { chat, llamaConfig, llamaTest, openLlama, trainedModel } from "./testing.ts";

/** The small trained chat model with its two adapters, where it is. */
const trained = trainedModel();
let provider: LlamaProvider | undefined;
afterAll(() => provider?.close());

llamaTest("a trained model answers, and each adapter as it was taught", async () => {
  if (trained === undefined) {
    console.log("# skipped: ../shared/models/tiny-chat is not there");
    return;
  }
  provider = openLlama(llamaConfig(trained.model, { adapters: trained.adapters }));
  const own = provider;
  const system = { role: "system", content: "You are a helpful assistant." } as const;
  const ask = async (content: string, upstream = "tiny"): Promise<string> => {
    const { parts, fault } = await chat(own, [system, { role: "user", content }], { maxOutputTokens: 60 }, upstream);
    assert.equal(fault, undefined);
    return textOfParts(parts);
  };
  assert.equal(await ask("hello"), "Hello! How can I help you?");
  assert.equal(await ask("What is the capital of Norway?"), "The capital of Norway is Oslo.");
  const adapted = await ask("What is the capital of Norway?", "a");
  assert.notEqual(adapted, "The capital of Norway is Oslo.");
  assert.equal(await ask("What is the capital of Norway?"), "The capital of Norway is Oslo.");
  console.log(`# llama: trained model says Oslo, with adapter a ${JSON.stringify(adapted)}`);
});
