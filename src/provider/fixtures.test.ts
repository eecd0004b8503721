import { test } from "bun:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import type { Part } from "../domain/chat.ts";
import { createSseParser } from "../kernel/sse.ts";
import { anthropicSpecMissing, assertAnthropic, assertAnthropicEvent } from "../../test/spec/anthropic.ts";
import { assertOpenai, openaiSpecMissing } from "../../test/spec/openai.ts";
import { fixtureNames, readFixture } from "../../test/upstream/index.ts";
import { createAnthropicWire } from "./anthropic/index.ts";
import { createOpenAiWire } from "./openai/index.ts";
import { askedOf, chatOf, configOf } from "./testing.ts";

/** Whole answers of servers and the parts they must become, side by side. UPDATE_FIXTURES=1 writes the parts of new ones, to be read. */
const UPDATE = env["UPDATE_FIXTURES"] === "1";

const kindOf = (name: string): "openai" | "anthropic" => (name.startsWith("anthropic-") ? "anthropic" : "openai");
const wires = {
  openai: createOpenAiWire(configOf("openai", "http://127.0.0.1/v1"), () => "salt"),
  anthropic: createAnthropicWire(configOf("anthropic", "http://127.0.0.1"), () => 0),
};

function readStream(name: string, chunks: readonly Uint8Array[]): readonly Part[] {
  const kind = kindOf(name);
  const choices = name.includes("choices") ? 2 : 1;
  const reader = wires[kind].createStreamReader(askedOf(kind, chatOf("hi", { sampling: { n: choices } })));
  const parser = createSseParser((event, data) => reader.event(event, data));
  for (const chunk of chunks) parser.push(chunk);
  return [...reader.parts, reader.finish()];
}

/** As JSON has it: without fields that are undefined. */
const plain = (parts: readonly Part[]): unknown => JSON.parse(JSON.stringify(parts));

function expected(name: string, parts: readonly Part[]): unknown {
  const path = fileURLToPath(new URL(`../../test/upstream/fixtures/${name.replace(/\.(sse|json)$/, "")}.parts.json`, import.meta.url));
  if (UPDATE && !existsSync(path)) writeFileSync(path, `[\n${parts.map((part) => `  ${JSON.stringify(part)}`).join(",\n")}\n]\n`);
  return JSON.parse(readFileSync(path, "utf8")) as unknown;
}

test("each recorded answer becomes the parts that were written down for it", () => {
  for (const name of fixtureNames()) {
    const { text, isStream } = readFixture(name);
    const bytes = new TextEncoder().encode(text);
    const parts = isStream ? readStream(name, [bytes]) : wires[kindOf(name)].readAnswer(JSON.parse(text));
    assert.deepEqual(plain(parts), expected(name, parts), name);
  }
  assert.ok(fixtureNames().length >= 17);
});

test("a recorded stream becomes the same parts wherever its bytes are cut", () => {
  let cases = 0;
  for (const name of fixtureNames()) {
    const { text, isStream } = readFixture(name);
    if (!isStream) continue;
    const bytes = new TextEncoder().encode(text);
    const whole = plain(readStream(name, [bytes]));
    for (let cut = 1; cut < bytes.length; cut += 7) {
      assert.deepEqual(plain(readStream(name, [bytes.subarray(0, cut), bytes.subarray(cut)])), whole, `${name} cut at ${cut}`);
      cases++;
    }
  }
  assert.ok(cases > 1000, `${cases} cases`);
});

test("a recorded stream that ends early is broken at every event before its end mark, and never finishes", () => {
  let cases = 0;
  for (const name of fixtureNames()) {
    const { text, isStream } = readFixture(name);
    if (!isStream) continue;
    const events = text.split("\n\n").slice(0, -1);
    for (let kept = 0; kept < events.length; kept++) {
      const cut = new TextEncoder().encode(
        events
          .slice(0, kept)
          .map((event) => `${event}\n\n`)
          .join(""),
      );
      const finishes = kindOf(name) === "openai" && reasonsIn(events.slice(0, kept)) >= (name.includes("choices") ? 2 : 1);
      if (finishes) assert.doesNotThrow(() => readStream(name, [cut]), `${name} after ${kept}`);
      else assert.throws(() => readStream(name, [cut]), { name: "Fault", code: "target_broken" }, `${name} after ${kept}`);
      cases++;
    }
  }
  assert.ok(cases > 80, `${cases} cases`);
});
const reasonsIn = (events: readonly string[]): number => events.filter((event) => /"finish_reason":"/.test(event)).length;

test("the recordings themselves are as the published descriptions say", () => {
  if (openaiSpecMissing !== false || anthropicSpecMissing !== false) {
    console.log(openaiSpecMissing || anthropicSpecMissing);
    return;
  }
  for (const name of fixtureNames()) {
    if (name.startsWith("azure") || name.startsWith("llama-cpp") || name.startsWith("ollama") || name.startsWith("vllm")) continue;
    const { text, isStream } = readFixture(name);
    const kind = kindOf(name);
    if (!isStream) {
      if (kind === "openai") assertOpenai("CreateChatCompletionResponse", JSON.parse(text));
      else assertAnthropic("Message", JSON.parse(text));
      continue;
    }
    const parser = createSseParser((_, data) => {
      if (data === "[DONE]") return;
      if (kind === "openai") assertOpenai("CreateChatCompletionStreamResponse", JSON.parse(data));
      else assertAnthropicEvent(JSON.parse(data));
    });
    parser.push(new TextEncoder().encode(text));
  }
});
