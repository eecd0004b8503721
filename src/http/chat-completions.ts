import type { Admitted, AnswerPart } from "../chat/index.ts";
import { chatCompletionRequest } from "../contract/chat-completions.ts";
import { isPlainChat } from "../contract/plain-chat.ts";
import type { Call, ChatCall } from "../domain/chat.ts";
import { CHAT_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { checkBody, parseJson, readText } from "./body.ts";
import { callerTimeoutMs } from "./caller-timeout.ts";
import { createChunkWriter } from "./chat-chunk.ts";
import { answerJson } from "./chat-json.ts";
import { toChatCall, type OutputLimits } from "./chat-request.ts";
import { tenantEndpoint, type Endpoint } from "./endpoint.ts";
import { featureOf } from "./feature.ts";
import { sseResponse } from "./sse-response.ts";
import type { StreamPacer } from "./stream-pacer.ts";

export type ChatDeps = {
  /** Takes a place and tokens of the rates, or throws `rate_limited`, `busy`, `draining`. */
  admit(call: Call, signal: AbortSignal): AdmittedCall | Promise<AdmittedCall>;
  answer(call: Call, admitted: Admitted, signal: AbortSignal): AsyncGenerator<readonly AnswerPart[], void>;
  readonly outputLimits: OutputLimits;
  readonly pacer: StreamPacer;
  /** Of the calls under way: a server that must go aborts them, with the Fault that they end with as reason. */
  readonly live: Set<AbortController>;
  /** Calls are traced, so the caller's trace context is read. */
  readonly traced?: boolean;
};
export type AdmittedCall = { readonly admitted: Admitted; /** `x-ratelimit-*`. */ readonly headers: Readonly<Record<string, string>> };

export function chatCompletions(deps: ChatDeps): Endpoint {
  return tenantEndpoint("POST", "/v1/chat/completions", "chat", async (asked) => {
    const { chat, includeUsage } = readChatCall(await readText(asked.request, CHAT_BODY_BYTES_MAX), deps.outputLimits);
    const call: Call = {
      requestId: asked.requestId,
      who: asked.who,
      chat,
      feature: featureOf(asked),
      startedAtMs: asked.startedAtMs,
      timeoutMs: callerTimeoutMs(asked.request.headers),
      traceparent: deps.traced === true ? (asked.request.headers.get("traceparent") ?? undefined) : undefined,
    };
    const abort = new AbortController();
    const leave = (): void => abort.abort();
    asked.request.signal.addEventListener("abort", leave, { once: true });
    const { admitted, headers } = await deps.admit(call, abort.signal);
    const parts = deps.answer(call, admitted, abort.signal);
    deps.live.add(abort);
    const ended = (): void => void deps.live.delete(abort);
    if (!call.chat.stream) return answerJson(parts, call, headers).finally(ended);
    const writer = createChunkWriter(call, includeUsage);
    return sseResponse({ parts, writer, abort, pacer: deps.pacer, ended, headers: { ...headers, "x-weir-request-id": call.requestId } });
  });
}

/** A body's text in domain form. Throws `body_unreadable` or `body_invalid`. */
export function readChatCall(text: string, limits: OutputLimits): { readonly chat: ChatCall; readonly includeUsage: boolean } {
  const sent = parseJson(text);
  const body = isPlainChat(sent) ? sent : checkBody(sent, chatCompletionRequest);
  return { chat: toChatCall(body, Buffer.byteLength(text), limits), includeUsage: body.stream_options?.include_usage === true };
}
