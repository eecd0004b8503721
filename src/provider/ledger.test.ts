import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import type { ChatCall, Part, Usage } from "../domain/chat.ts";
import { systemClock } from "../kernel/clock.ts";
import { createSseParser } from "../kernel/sse.ts";
import { anthropicProblems, anthropicSpecMissing, assertAnthropic, assertAnthropicEvent } from "../../test/spec/anthropic.ts";
import { assertOpenai, openaiSpecMissing } from "../../test/spec/openai.ts";
import { createFakeUpstream, prose, type FakeCall, type FakeUpstream } from "../../test/upstream/index.ts";
import { createProviders } from "./providers.ts";
import type { Provider } from "./spec.ts";
import { askedOf, chatOf, configOf, gather, type Outcome } from "./testing.ts";

type Kind = "openai" | "anthropic";
let upstream: FakeUpstream;
let providers: ReadonlyMap<string, Provider>;
beforeAll(async () => {
  upstream = await createFakeUpstream({
    check: (protocol, body) =>
      protocol === "anthropic" && anthropicSpecMissing === false ? anthropicProblems("CreateMessageParams", body) : [],
  });
  const configs = [configOf("openai", upstream.openaiBaseUrl), configOf("anthropic", upstream.anthropicBaseUrl)];
  providers = createProviders(configs, { clock: systemClock, cacheSalt: () => "salt" });
});
afterAll(() => upstream.close());

const tools = [
  { name: "get_weather", description: "Weather of a city.", parameters: { type: "object", properties: { city: { type: "string" } } } },
];

function ask(kind: Kind, words: string, more: Partial<ChatCall>, signal = new AbortController().signal): Promise<Outcome> {
  const said = `${prose(600).join("")} ${words}`;
  return gather(providers.get(kind)?.stream(askedOf(kind, chatOf(said, more)), signal) ?? []);
}

/** What a call is billed: the last usage told. */
function usageOf(parts: readonly Part[]): Usage {
  const last = parts.findLast((part) => part.type === "usage");
  assert.ok(last !== undefined, "no usage was told");
  return last.usage;
}

test("tokens are the upstream's own to the last one wherever it reports them, and within 5 % where they are counted", async () => {
  const ways: readonly (readonly [words: string, more: Partial<ChatCall>])[] = [
    ["parts=40", {}],
    ["parts=40;cached=30", {}],
    ["parts=40;reasoning=10", {}],
    ["parts=200", { maxOutputTokens: 60 }],
    ["tools=2;parts=21", { tools, toolChoice: "auto" }],
    ["parts=40;usage=none", {}],
    ["parts=200;usage=zero", {}],
    ["parts=120;fault=end;at=last", {}],
    ["parts=240;fault=error;at=middle", {}],
    ["parts=120;fault=malformed;at=middle;usage=none", {}],
  ];
  const checks: Promise<boolean>[] = [];
  const start = async (name: string, kind: Kind, words: string, more: Partial<ChatCall>): Promise<boolean> => {
    const { parts, fault } = await ask(kind, `${words};call=${name}`, more);
    return compare(name, usageOf(parts), fault === undefined);
  };
  for (let round = 0; round < 3; round++)
    for (const kind of ["openai", "anthropic"] as const)
      for (const [at, [words, more]] of ways.entries()) {
        checks.push(start(`ledger-${round}-${kind}-streamed-${at}`, kind, words, { ...more, stream: true }));
        if (!words.includes("fault")) checks.push(start(`ledger-${round}-${kind}-whole-${at}`, kind, words, { ...more, stream: false }));
      }
  const counted = (await Promise.all(checks)).filter((exact) => !exact).length;
  console.log(`${checks.length} calls in the ledger, ${checks.length - counted} exact, ${counted} counted`);
  assert.equal(checks.length, 3 * 2 * (10 + 7));
  assert.deepEqual(upstream.problems, []);
});

/** True where the upstream had reported; a stream that broke is billed for what came, which may be less than was written. */
function compare(name: string, billed: Usage, whole: boolean): boolean {
  const call = upstream.find(name);
  if (call.reported !== undefined && call.reported.outputTokens > 0 && whole) {
    assert.equal(billed.source, "reported", name);
    assert.deepEqual([billed.inputTokens, billed.outputTokens], [call.inputTokens, call.outputTokens], name);
    return true;
  }
  assert.equal(billed.source, "counted", name);
  within(billed.inputTokens, call.inputTokens, name);
  if (whole || name.includes("-7") || name.includes("-8")) within(billed.outputTokens, call.outputTokens, name);
  return false;
}

function within(counted: number, real: number, about: string): void {
  assert.ok(Math.abs(counted - real) <= Math.max(2, real * 0.05), `${about}: counted ${counted}, really ${real}`);
}

test("a stream that its caller leaves is billed for what had come", async () => {
  for (const kind of ["openai", "anthropic"] as const) {
    const controller = new AbortController();
    const name = `left-${kind}`;
    const done = ask(kind, `gate=${name};parts=400;call=${name}`, {}, controller.signal);
    const gate = upstream.gate(name);
    gate.step(150);
    await upstream.until(() => gate.waiting === 1 && upstream.find(name).outputTokens === 150);
    // One answer more on the same process: by then the last part has been read.
    await ask(kind, "parts=1", {});
    controller.abort();
    const { parts, fault } = await done;
    assert.equal(fault?.code, "client_gone");
    const usage = usageOf(parts);
    assert.equal(usage.source, "counted");
    within(usage.outputTokens, 150, kind);
    if (kind === "anthropic") assert.equal(usage.inputTokens, upstream.find(name).inputTokens);
  }
});

test("planted: usage that leaves out what was read from the cache is caught", () => {
  const call: Pick<FakeCall, "inputTokens" | "outputTokens"> = { inputTokens: 150, outputTokens: 40 };
  assert.throws(() => within(120, call.inputTokens, "planted"));
});

test("what the fake upstream says is as the published descriptions say", async () => {
  if (openaiSpecMissing !== false || anthropicSpecMissing !== false) {
    console.log(openaiSpecMissing || anthropicSpecMissing);
    return;
  }
  const wishes = "parts=5;reasoning=2;tools=2;cached=3";
  const body = { model: "fake", messages: [{ role: "user", content: wishes }], stream_options: { include_usage: true } };
  const openaiTools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }];
  const anthropicTools = [{ name: "look", input_schema: { type: "object" } }];
  let events = 0;
  for (const stream of [true, false]) {
    const post = async (url: string, sent: object): Promise<string> =>
      (await fetch(url, { method: "POST", body: JSON.stringify({ ...body, ...sent, stream }) })).text();
    const openai = await post(`${upstream.openaiBaseUrl}/chat/completions`, { tools: openaiTools, n: 2, logprobs: true });
    const anthropic = await post(`${upstream.anthropicBaseUrl}/v1/messages`, {
      tools: anthropicTools,
      max_tokens: 100,
      stream_options: undefined,
    });
    if (!stream) {
      assertOpenai("CreateChatCompletionResponse", JSON.parse(openai));
      assertAnthropic("Message", JSON.parse(anthropic));
      continue;
    }
    const read = (text: string, check: (value: unknown) => void): void => {
      const parser = createSseParser((_, data) => {
        events++;
        if (data !== "[DONE]") check(JSON.parse(data));
      });
      parser.push(new TextEncoder().encode(text));
    };
    read(openai, (value) => assertOpenai("CreateChatCompletionStreamResponse", value));
    read(anthropic, assertAnthropicEvent);
  }
  assert.ok(events > 60, `${events} events`);
});
