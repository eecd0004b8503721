import { embeddingRequest, type EmbeddingRequest } from "../contract/embeddings.ts";
import type { EmbeddingCall, EmbeddingWish, Vector } from "../domain/embedding.ts";
import type { EmbedAnswer } from "../embed/index.ts";
import { CHAT_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { checkBody, parseJson, readText } from "./body.ts";
import { callerTimeoutMs } from "./caller-timeout.ts";
import type { AdmittedCall } from "./chat-completions.ts";
import { tenantEndpoint, type Endpoint } from "./endpoint.ts";
import { featureOf } from "./feature.ts";
import { underWay } from "./under-way.ts";
import { toWeirAnswer, weirHeaders } from "./weir-answer.ts";

export type EmbeddingsDeps = {
  /** Takes a place and tokens of the rates, or throws `rate_limited`, `busy`, `draining`. */
  admit(call: EmbeddingCall, signal: AbortSignal): AdmittedCall | Promise<AdmittedCall>;
  embed(call: EmbeddingCall, admitted: AdmittedCall["admitted"], signal: AbortSignal): Promise<EmbedAnswer>;
  /** Of the calls under way, as for chats. */
  readonly live: Set<AbortController>;
  /** Calls are traced, so the caller's trace context is read. */
  readonly traced?: boolean;
};

export function embeddings(deps: EmbeddingsDeps): Endpoint {
  return tenantEndpoint("POST", "/v1/embeddings", "chat", async (asked) => {
    const body = checkBody(parseJson(await readText(asked.request, CHAT_BODY_BYTES_MAX)), embeddingRequest);
    const { requestId, who, startedAtMs } = asked;
    const traceparent = deps.traced === true ? (asked.request.headers.get("traceparent") ?? undefined) : undefined;
    const timeoutMs = callerTimeoutMs(asked.request.headers);
    const call: EmbeddingCall = { requestId, who, wish: toWish(body), feature: featureOf(asked), startedAtMs, timeoutMs, traceparent };
    return underWay(deps.live, asked.request.signal, async (signal) => {
      const { admitted, headers } = await deps.admit(call, signal);
      return toResponse(await deps.embed(call, admitted, signal), body, headers);
    });
  });
}

/** Marks that tokenizers put around each input. */
const MARK_TOKENS = 4;

export function toWish(body: EmbeddingRequest): EmbeddingWish {
  let inputBytes = 0;
  for (const input of body.input) inputBytes += MARK_TOKENS + (typeof input === "string" ? Buffer.byteLength(input) : input.length);
  const { model, input: inputs } = body;
  return { model, inputs, dimensions: body.dimensions ?? undefined, endUser: body.user ?? undefined, inputBytes };
}

function toResponse(answer: EmbedAnswer, body: EmbeddingRequest, limitHeaders: Readonly<Record<string, string>>): Response {
  const weir = toWeirAnswer({ ...answer, retrieved: undefined, usage: { source: answer.usageSource } }, []);
  const encode = body.encoding_format === "base64" ? toBase64 : toNumbers;
  const value = {
    object: "list",
    data: answer.vectors.map((vector, index) => ({ object: "embedding", index, embedding: encode(vector) })),
    model: body.model,
    usage: { prompt_tokens: answer.inputTokens, total_tokens: answer.inputTokens },
    weir,
  };
  return new Response(JSON.stringify(value), { headers: { ...limitHeaders, ...weirHeaders(weir), "content-type": "application/json" } });
}

const toNumbers = (vector: Vector): readonly number[] => (vector instanceof Float32Array ? Array.from(vector) : vector);

/** 32-bit floats in the order of bytes that every client expects, whatever this machine's is. */
function toBase64(vector: Vector): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  for (let at = 0; at < vector.length; at++) bytes.writeFloatLE(vector[at] ?? 0, at * 4);
  return bytes.toString("base64");
}
