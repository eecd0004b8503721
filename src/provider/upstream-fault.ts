import type { FaultCode, FaultDetail } from "../kernel/fault.ts";
import { Fault } from "../kernel/fault.ts";
import type { Json } from "./json.ts";
import { isRecord, textOf } from "./json.ts";

/** What an upstream answered in place of an answer. Its text is read here to choose a code and goes no further. */
export type Refusal = {
  readonly status: number;
  /** The body, where it was JSON. */
  readonly body: unknown;
  readonly retryAfterMs: number | undefined;
};

/** How servers say that a prompt is too long: OpenAI, vLLM, llama.cpp, Anthropic, TGI, SGLang and others, by code and by words. */
const CONTEXT_CODES = new Set(["context_length_exceeded", "exceed_context_size_error", "request_too_large", "string_above_max_length"]);
const CONTEXT_WORDS =
  /maximum context length|maximum model length|max_model_len|context (?:length|window|size|limit)|prompt is too long|prompt too long|input is too long|too many (?:input |total )?tokens|exceeds? the (?:maximum|available) (?:context|number of tokens|input)/i;
/** Anthropic answers 400 where the operator's account is empty: not the caller's fault. */
const ACCOUNT_WORDS = /credit balance is too low/i;

/** Fields of our own requests that an upstream may name. Anything else it names is its text. */
const PARAM =
  /^(?:messages|tools|tool_choice|parallel_tool_calls|response_format|output_config|temperature|top_p|top_k|n|stop|stop_sequences|seed|logprobs|top_logprobs|presence_penalty|frequency_penalty|max_tokens|max_completion_tokens|reasoning_effort|thinking|system|model|input|dimensions|query|documents|texts)(?:\[\d{1,4}\]|\.(?:\d{1,4}|content|role|name|tool_calls|tool_call_id|function|parameters|type|text|image_url|url|json_schema|schema|format|input_schema|budget_tokens))*$/;

/** Every other status is `target_failed`. 402 is the operator's unpaid account, 405 and 410 are a wrong base address. */
const BY_STATUS: ReadonlyMap<number, FaultCode> = new Map([
  [400, "target_refused"],
  [401, "target_denied"],
  [402, "target_denied"],
  [403, "target_denied"],
  [404, "target_missing"],
  [405, "target_missing"],
  [408, "target_timeout"],
  [410, "target_missing"],
  [413, "context_too_long"],
  [422, "target_refused"],
  [429, "target_busy"],
  [529, "target_busy"],
]);

/** The fault of an answer with a status other than 2xx. A redirect is one too: it is not followed, whoever sent it. */
export function refusalFault(refusal: Refusal): Fault {
  const error = errorOf(refusal.body);
  const detail: FaultDetail = {
    upstreamStatus: refusal.status,
    ...(refusal.retryAfterMs === undefined ? {} : { retryAfterMs: refusal.retryAfterMs }),
  };
  let code = BY_STATUS.get(refusal.status) ?? "target_failed";
  if (code === "target_refused") {
    if (saysTooLong(error)) code = "context_too_long";
    else if (ACCOUNT_WORDS.test(textOf(error["message"]))) code = "target_denied";
  }
  const param = code === "target_refused" ? paramOf(error) : undefined;
  return new Fault(code, param === undefined ? detail : { ...detail, param });
}

const BY_TYPE: ReadonlyMap<string, FaultCode> = new Map([
  ["overloaded_error", "target_busy"],
  ["rate_limit_error", "target_busy"],
  ["rate_limit_exceeded", "target_busy"],
  ["insufficient_quota", "target_busy"],
  ["authentication_error", "target_denied"],
  ["permission_error", "target_denied"],
  ["billing_error", "target_denied"],
  ["not_found_error", "target_missing"],
  ["timeout_error", "target_timeout"],
  ["invalid_request_error", "target_refused"],
]);

/** The fault of an error object that came with status 200: an event of a stream, or a whole body. */
export function errorObjectFault(body: unknown): Fault {
  const error = errorOf(body);
  if (saysTooLong(error)) return new Fault("context_too_long");
  const status = Number(error["code"] ?? error["status"]);
  if (status >= 400 && status < 600) return refusalFault({ status, body, retryAfterMs: undefined });
  return new Fault(BY_TYPE.get(textOf(error["code"])) ?? BY_TYPE.get(textOf(error["type"])) ?? "target_failed");
}

/** `retry-after-ms`, else `retry-after` in seconds or as a date. */
export function retryAfterMs(header: (name: string) => string | null, nowMs: number): number | undefined {
  const exact = header("retry-after-ms");
  const given = header("retry-after");
  let waitMs = Number.NaN;
  if (exact !== null) waitMs = Number(exact);
  else if (given !== null) waitMs = /^[\d.]+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - nowMs;
  return Number.isFinite(waitMs) ? Math.min(Math.max(0, Math.ceil(waitMs)), RETRY_AFTER_MS_MAX) : undefined;
}
/** A day: an upstream's wrong clock must not silence a target for longer. */
const RETRY_AFTER_MS_MAX = 86_400_000;

/** `{error: {…}}` as OpenAI, Anthropic and most others send it; `{error: "…"}` and `{message: "…"}` as some do. */
function errorOf(body: unknown): Json {
  if (!isRecord(body)) return {};
  const error = body["error"];
  if (isRecord(error)) return error;
  return typeof error === "string" ? { message: error } : body;
}

function saysTooLong(error: Json): boolean {
  return (
    CONTEXT_CODES.has(textOf(error["code"])) || CONTEXT_CODES.has(textOf(error["type"])) || CONTEXT_WORDS.test(textOf(error["message"]))
  );
}

function paramOf(error: Json): string | undefined {
  const param = textOf(error["param"]);
  return param.length <= 120 && PARAM.test(param) ? param : undefined;
}
