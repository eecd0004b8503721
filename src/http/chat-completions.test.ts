import assert from "node:assert/strict";
import { test } from "bun:test";
import { delta, play, wholeAnswer, witness } from "../chat/testing.ts";
import type { Part } from "../domain/chat.ts";
import { Fault } from "../kernel/fault.ts";
import { CHAT_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { dataLines, hello, postChat, testHandler } from "./testing.ts";

type ErrorJson = { error: { message: string; type: string; param: string | null; code: string } };
const errorOf = async (response: Response) => ((await response.json()) as ErrorJson).error;

test("a JSON answer carries OpenAI's form, the rate headers and what Weir adds", async () => {
  const response = await testHandler()(postChat(hello));
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("x-ratelimit-limit-requests"), "60");
  assert.equal(response.headers.get("x-weir-model"), "m");
  assert.match(response.headers.get("x-weir-request-id") ?? "", /^req_/);
  const body = (await response.json()) as Record<string, unknown> & { weir: Record<string, unknown> };
  assert.equal(body["object"], "chat.completion");
  assert.deepEqual(body["choices"], [
    { index: 0, message: { role: "assistant", content: "hello", refusal: null, annotations: [] }, logprobs: null, finish_reason: "stop" },
  ]);
  assert.equal(body.weir["receipt"], "hash");
  assert.equal(body.weir["costMicroUsd"], 20);
});

test("a stream tells the role once, ends with what Weir adds and [DONE], and has no usage unless asked", async () => {
  const response = await testHandler()(postChat({ ...hello, stream: true }));
  assert.equal(response.headers.get("x-accel-buffering"), "no");
  const lines = dataLines(await response.text()) as Record<string, unknown>[];
  assert.equal(lines.length, 3);
  assert.deepEqual(lines[0]?.["choices"], [{ index: 0, delta: { role: "assistant", content: "hello" }, finish_reason: null }]);
  assert.deepEqual(lines[1]?.["choices"], [{ index: 0, delta: {}, finish_reason: "stop" }]);
  assert.ok(lines[1]?.["weir"] !== undefined && !("usage" in lines[1]));
  assert.equal(lines[2], "[DONE]");
});

test("include_usage adds a last chunk without choices that carries the usage", async () => {
  const response = await testHandler()(postChat({ ...hello, stream: true, stream_options: { include_usage: true } }));
  const lines = dataLines(await response.text()) as Record<string, unknown>[];
  assert.equal(lines[0]?.["usage"], null);
  assert.deepEqual(lines.at(-2)?.["choices"], []);
  assert.equal((lines.at(-2)?.["usage"] as { total_tokens: number } | undefined)?.total_tokens, 15);
  assert.ok(lines.at(-2)?.["weir"] !== undefined);
});

test("a stream that breaks ends in an error event and never in [DONE]", async () => {
  const w = witness({ ask: () => play([delta("he")], new Fault("target_broken")) });
  const text = await (await testHandler(w)(postChat({ ...hello, stream: true }))).text();
  const lines = dataLines(text);
  assert.equal((lines.at(-1) as ErrorJson).error.code, "target_broken");
  assert.ok(!text.includes("[DONE]") && !text.includes('"finish_reason":"stop"'));
});

test("a stream that fails before its first part has the status of its fault", async () => {
  const w = witness({ ask: () => play([], new Fault("target_busy", { retryAfterMs: 1500 })) });
  const response = await testHandler(w)(postChat({ ...hello, stream: true }));
  assert.equal(response.status, 429);
  assert.equal(response.headers.get("retry-after"), "2");
  assert.equal((await errorOf(response)).type, "rate_limit_error");
});

test("an answer that broke after tokens were spent tells the SDKs not to repeat", async () => {
  const w = witness({ ask: () => play([delta("he")], new Fault("target_broken")) });
  const response = await testHandler(w)(postChat(hello));
  assert.equal(response.status, 502);
  assert.equal(response.headers.get("x-should-retry"), "false");
});

test("a client that goes away aborts the call, which is recorded as aborted", async () => {
  const closed = Promise.withResolvers<string>();
  const abortSeen = Promise.withResolvers<void>();
  const w = witness({
    async *ask(_asked, signal) {
      yield [delta("he")];
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      abortSeen.resolve();
      throw new Fault("client_gone");
    },
    async close(event) {
      closed.resolve(event.outcome);
      return { hash: "hash" };
    },
  });
  const response = await testHandler(w)(postChat({ ...hello, stream: true }));
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await abortSeen.promise;
  assert.equal(await closed.promise, "aborted");
});

test("tool calls and several choices come whole, in JSON and streamed", async () => {
  const parts: Part[] = [
    { type: "tool-input-start", choice: 0, tool: 0, id: "t1", name: "look" },
    { type: "tool-input-delta", choice: 0, tool: 0, text: '{"a":' },
    { type: "tool-input-delta", choice: 0, tool: 0, text: "1}" },
    { type: "text-delta", choice: 1, text: "plain" },
    { type: "choice-finish", choice: 0, reason: "tool-calls", rawReason: "tool_calls" },
    { type: "choice-finish", choice: 1, reason: "stop", rawReason: "stop" },
    ...wholeAnswer.slice(-1),
  ];
  const handler = testHandler(witness({ ask: () => play(parts) }));
  const json = (await (await handler(postChat({ ...hello, n: 2 }))).json()) as {
    choices: { message: Record<string, unknown>; finish_reason: string }[];
  };
  assert.deepEqual(json.choices[0]?.message["tool_calls"], [
    { id: "t1", type: "function", function: { name: "look", arguments: '{"a":1}' } },
  ]);
  assert.equal(json.choices[0]?.message["content"], null);
  assert.equal(json.choices[1]?.finish_reason, "stop");
  const lines = dataLines(await (await handler(postChat({ ...hello, n: 2, stream: true }))).text()) as {
    choices?: { index: number; delta: { tool_calls?: { function: { arguments: string } }[] } }[];
  }[];
  const input = lines.flatMap((line) => line.choices ?? []).flatMap((choice) => choice.delta.tool_calls ?? []);
  assert.equal(input.map((call) => call.function.arguments).join(""), '{"a":1}');
});

const bad: [name: string, body: unknown, param: string | null, says: RegExp][] = [
  ["no JSON", "{oops", null, /not valid JSON/],
  ["an empty body", "", null, /empty/],
  ["no model", { messages: hello.messages }, "model", /model: is missing; expected string/],
  ["no messages", { model: "m", messages: [] }, "messages", /messages/],
  [
    "a role that does not exist",
    { model: "m", messages: [{ role: "robot", content: "x" }] },
    "messages[0].role",
    /system, developer, user/,
  ],
  ["content of the wrong type", { model: "m", messages: [{ role: "user", content: 5 }] }, "messages[0].content", /text or a list/],
  [
    "a block of an unknown type",
    { model: "m", messages: [{ role: "user", content: [{ type: "smell" }] }] },
    "messages[0].content[0].type",
    /./,
  ],
  ["a temperature out of range", { ...hello, temperature: 9 }, "temperature", /at most 2/],
  ["rag without a collection", { ...hello, rag: { enabled: true } }, "rag.collection", /collection/],
  ["a misspelt field of rag", { ...hello, rag: { enabled: true, colection: "x" } }, "rag", /colection/],
];
for (const [name, body, param, says] of bad)
  test(`${name} is a 400 that says what and where`, async () => {
    const response = await testHandler()(postChat(body));
    assert.equal(response.status, 400);
    const error = await errorOf(response);
    assert.equal(error.type, "invalid_request_error");
    assert.equal(error.param, param);
    assert.match(error.message, says);
  });

test("a body at the limit is read and one past it is refused before it is read", async () => {
  const shell = JSON.stringify({ model: "m", messages: [{ role: "user", content: "" }] }).length;
  const body = (bytes: number) => JSON.stringify({ model: "m", messages: [{ role: "user", content: "x".repeat(bytes - shell) }] });
  const at = body(CHAT_BODY_BYTES_MAX);
  assert.equal((await testHandler()(postChat(at, { "content-length": String(at.length) }))).status, 200);
  const past = body(CHAT_BODY_BYTES_MAX + 1);
  assert.equal((await testHandler()(postChat(past, { "content-length": String(past.length) }))).status, 413);
  assert.equal((await testHandler()(postChat(past))).status, 413, "without a declared length it is refused while it comes");
});

test("who sends no key, a wrong key, the admin key or asks elsewhere is told so", async () => {
  const handler = testHandler();
  const status = async (request: Request) => (await handler(request)).status;
  assert.equal(await status(new Request("http://weir.test/v1/chat/completions", { method: "POST" })), 401);
  assert.equal(await status(postChat(hello, { authorization: "Bearer nobody" })), 401);
  assert.equal(await status(postChat(hello, { authorization: "Bearer admin" })), 403);
  assert.equal(await status(new Request("http://weir.test/v1/chat/completions")), 405);
  assert.equal(await status(new Request("http://weir.test/pause", { method: "POST" })), 404);
});

test("an error that nobody foresaw is a 500 that tells nothing of its cause", async () => {
  const w = witness({ ask: () => play([], new TypeError("secret detail")) });
  const response = await testHandler(w)(postChat(hello));
  assert.equal(response.status, 500);
  assert.ok(!(await response.text()).includes("secret detail"));
});
