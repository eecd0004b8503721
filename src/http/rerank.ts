import { rerankAnswer, rerankRequest, type RerankRequest, type RerankResult } from "../contract/rerank.ts";
import { pairBytes, type RerankCall, type RerankWish } from "../domain/rerank.ts";
import type { RerankAnswer } from "../embed/index.ts";
import { CHAT_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { checkBody, parseJson, readText } from "./body.ts";
import { callerTimeoutMs } from "./caller-timeout.ts";
import type { AdmittedCall } from "./chat-completions.ts";
import { tenantEndpoint, type Endpoint } from "./endpoint.ts";
import { featureOf } from "./feature.ts";
import { noted } from "./route-note.ts";
import { underWay } from "./under-way.ts";
import { toWeirAnswer, weirHeaders } from "./weir-answer.ts";

export type RerankDeps = {
  /** Takes a place and tokens of the rates, or throws `rate_limited`, `busy`, `draining`. */
  admit(call: RerankCall, signal: AbortSignal): AdmittedCall | Promise<AdmittedCall>;
  rerank(call: RerankCall, admitted: AdmittedCall["admitted"], signal: AbortSignal): Promise<RerankAnswer>;
  /** Of the calls under way, as for chats. */
  readonly live: Set<AbortController>;
  /** Calls are traced, so the caller's trace context is read. */
  readonly traced?: boolean;
};

/** One endpoint at two addresses: Jina's, vLLM's and Cohere's first version, and the one that Cohere's newer clients ask. */
export function rerank(deps: RerankDeps): Endpoint[] {
  return [at(deps, "/v1/rerank", "1"), at(deps, "/v2/rerank", "2")];
}

function at(deps: RerankDeps, path: string, version: string): Endpoint {
  const endpoint = tenantEndpoint("POST", path, "chat", async (asked) => {
    const body = checkBody(parseJson(await readText(asked.request, CHAT_BODY_BYTES_MAX)), rerankRequest);
    const { requestId, who, startedAtMs } = asked;
    const traceparent = deps.traced === true ? (asked.request.headers.get("traceparent") ?? undefined) : undefined;
    const timeoutMs = callerTimeoutMs(asked.request.headers);
    const call: RerankCall = { requestId, who, wish: toRerankWish(body), feature: featureOf(asked), startedAtMs, timeoutMs, traceparent };
    return underWay(deps.live, asked.request.signal, async (signal) => {
      const { admitted, headers } = await deps.admit(call, signal);
      return toResponse(await deps.rerank(call, admitted, signal), { body, version, headers });
    });
  });
  return noted(endpoint, {
    summary: version === "1" ? "Put documents in order by how well they answer a query" : "The same, where Cohere's clients ask for it",
    description:
      "Cohere's, Jina's and vLLM's rerank, over the same rates, budgets, eligibility, masking and record as a chat. docs/rerank.md tells which models can be asked.",
    body: rerankRequest,
    answer: rerankAnswer,
  });
}

export function toRerankWish(body: RerankRequest): RerankWish {
  const inputs: RerankWish["inputs"] = [body.query, ...body.documents];
  return { model: body.model, inputs, topN: body.top_n ?? undefined, endUser: body.user ?? undefined, inputBytes: pairBytes(inputs) };
}

type Rendering = { readonly body: RerankRequest; readonly version: string; readonly headers: Readonly<Record<string, string>> };

function toResponse(answer: RerankAnswer, { body, version, headers }: Rendering): Response {
  const weir = toWeirAnswer({ ...answer, retrieved: undefined, usage: { source: answer.usageSource } }, []);
  const value = {
    id: weir.requestId,
    object: "list",
    model: body.model,
    results: toResults(answer.scores, body),
    usage: { prompt_tokens: answer.inputTokens, total_tokens: answer.inputTokens },
    meta: {
      api_version: { version },
      billed_units: { input_tokens: answer.inputTokens, ...(answer.searches === undefined ? {} : { search_units: answer.searches }) },
    },
    weir,
  };
  return new Response(JSON.stringify(value), { headers: { ...headers, ...weirHeaders(weir), "content-type": "application/json" } });
}

function toResults(scores: readonly number[], { documents, top_n, return_documents }: RerankRequest): RerankResult[] {
  const best = scores.map((score, index) => ({ index, score })).toSorted((a, b) => b.score - a.score || a.index - b.index);
  return best.slice(0, top_n ?? best.length).map(({ index, score }) => ({
    index,
    relevance_score: score,
    ...(return_documents === true ? { document: { text: documents[index] ?? "" } } : {}),
  }));
}
