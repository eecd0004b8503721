import { test } from "bun:test";
import assert from "node:assert/strict";
import type { FaultCode } from "../kernel/fault.ts";
import { errorObjectFault, refusalFault, retryAfterMs } from "./upstream-fault.ts";

const refusalOf = (status: number, error: unknown) => refusalFault({ status, body: { error }, retryAfterMs: undefined });

test("a prompt that is too long is known in every server's words, and is the only 400 that is tried elsewhere", () => {
  const errors = [
    { code: "context_length_exceeded", message: "x" },
    { message: "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens" },
    { message: "The decoder prompt (length 9000) is longer than the maximum model length of 8192." },
    { type: "exceed_context_size_error", message: "the request exceeds the available context size" },
    { type: "invalid_request_error", message: "prompt is too long: 210000 tokens > 200000 maximum" },
    { message: "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000" },
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192: too many tokens",
  ];
  for (const error of errors) {
    const fault = refusalOf(400, error);
    assert.equal(fault.code, "context_too_long", JSON.stringify(error));
    assert.equal(fault.retry, "elsewhere");
  }
  assert.equal(refusalOf(400, { message: "Invalid value for 'temperature'" }).retry, "never");
});

test("an upstream's words stay here: only a known field's path is passed on", () => {
  const secret = "sk-secret and the prompt's words";
  for (const error of [
    { message: secret, param: secret, code: secret, type: secret },
    secret,
    [secret],
    { message: { text: secret } },
    null,
    7,
  ]) {
    for (const status of [400, 401, 404, 422, 429, 500, 599]) {
      const fault = refusalOf(status, error);
      assert.ok(!JSON.stringify([fault.message, fault.detail]).includes("secret"));
    }
    const fault = errorObjectFault({ error });
    assert.ok(!JSON.stringify([fault.message, fault.detail]).includes("secret"));
  }
  const paramOf = (param: unknown) => refusalOf(400, { message: "x", param }).detail.param;
  assert.equal(paramOf("messages[2].content[0].image_url"), "messages[2].content[0].image_url");
  assert.equal(paramOf("messages.2.content"), "messages.2.content");
  assert.equal(paramOf("temperature"), "temperature");
  for (const odd of ["messages[2].my_secret", "prompt", "messages 2", `messages${"[1]".repeat(50)}`, 7, null, undefined]) {
    assert.equal(paramOf(odd), undefined, String(odd));
  }
});

test("an error object inside an answer is told by its code, its type or its status", () => {
  const cases: readonly (readonly [error: unknown, code: FaultCode])[] = [
    [{ type: "overloaded_error", message: "Overloaded" }, "target_busy"],
    [{ type: "rate_limit_error" }, "target_busy"],
    [{ type: "api_error" }, "target_failed"],
    [{ type: "authentication_error" }, "target_denied"],
    [{ type: "invalid_request_error", message: "messages: roles must alternate" }, "target_refused"],
    [{ type: "BadRequestError", code: 400, message: "This model's maximum context length is 10 tokens" }, "context_too_long"],
    [{ type: "InternalServerError", code: 500 }, "target_failed"],
    [{ code: "rate_limit_exceeded" }, "target_busy"],
    [{ code: 429 }, "target_busy"],
    [{ code: "constructor", type: "__proto__" }, "target_failed"],
    ["the model crashed", "target_failed"],
    [{}, "target_failed"],
  ];
  for (const [error, code] of cases) assert.equal(errorObjectFault({ error }).code, code, JSON.stringify(error));
});

test("an empty account is the operator's trouble, not the caller's", () => {
  assert.equal(
    refusalOf(400, { type: "invalid_request_error", message: "Your credit balance is too low to access the API." }).code,
    "target_denied",
  );
});

test("retry-after is read in milliseconds, seconds and as a date, and never for more than a day", () => {
  const now = Date.UTC(2026, 10, 21, 12, 0, 0);
  const read = (headers: Record<string, string>) => retryAfterMs((name) => new Headers(headers).get(name), now);
  assert.equal(read({}), undefined);
  assert.equal(read({ "retry-after": "3" }), 3000);
  assert.equal(read({ "retry-after": "0.2" }), 200);
  assert.equal(read({ "retry-after": "Sat, 21 Nov 2026 12:00:30 GMT" }), 30_000);
  assert.equal(read({ "retry-after": "Sat, 21 Nov 2026 11:00:00 GMT" }), 0);
  assert.equal(read({ "retry-after-ms": "125", "retry-after": "1" }), 125);
  assert.equal(read({ "retry-after": "soon" }), undefined);
  assert.equal(read({ "retry-after": "86400" }), 86_400_000);
  assert.equal(read({ "retry-after": "86401" }), 86_400_000);
});
