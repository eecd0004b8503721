import type { Reranked } from "../../domain/rerank.ts";
import { Fault } from "../../kernel/fault.ts";
import { countOf, isRecord } from "../json.ts";
import type { Provider, RankAsk } from "../spec.ts";
import { countTokens } from "../token-count.ts";
import type { Ask, Transport } from "../transport.ts";
import { errorObjectFault } from "../upstream-fault.ts";

type RankDeps = {
  readonly baseUrl: string;
  /** What runs behind it, where that is known. */
  readonly engine: "vllm" | "tei" | undefined;
  /** The wire's own: credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly transport: Pick<Transport, "json">;
};

/** What Text Embeddings Inference takes in one request, unless it was started with another `--max-client-batch-size`. */
const TEI_BATCH = 32;

/**
 * `POST /rerank` as Cohere, Jina, Voyage, vLLM, llama.cpp and Infinity have it: query and documents in, an index and a relevance for each out. Text
 * Embeddings Inference has an address and a form of its own, and takes few documents at a time. A long document is cut by the server where it can.
 */
export function createRank({ baseUrl, engine, headers: own, transport }: RankDeps): NonNullable<Provider["rank"]> {
  const plain = { ...own, accept: "application/json", "accept-encoding": "identity", "content-type": "application/json" };
  const headers = new Headers(plain);
  const url = `${engine === "tei" ? teiRoot(baseUrl) : baseUrl}/rerank`;
  const ask = (asked: RankAsk, body: unknown): Ask => ({
    url,
    headers: asked.traceparent === undefined ? headers : new Headers({ ...plain, traceparent: asked.traceparent }),
    body: JSON.stringify(body),
    timeouts: asked.target.timeouts,
  });
  if (engine === "tei") return (asked, signal) => rankInBatches(asked, (body) => transport.json(ask(asked, body), signal));
  const cut = engine === "vllm" ? { truncate_prompt_tokens: -1 } : {};
  return async (asked, signal) => {
    const documents = fitting(asked);
    const body = { model: asked.target.upstream, query: asked.query, documents, ...cut };
    const answer = await transport.json(ask(asked, body), signal);
    return readRanked(answer, { query: asked.query, documents });
  };
}

/** Where the server itself is: its rankings are not below the `/v1` of its embeddings. */
export const teiRoot = (baseUrl: string): string => baseUrl.replace(/\/v1$/, "");

const PROBE_TIMEOUTS = { firstByteMs: 5000, idleMs: 5000, totalMs: 10_000 };
const PROBE_BYTES_MAX = 64 * 1024;

/** It lists no models; `/health` says whether it answers. */
export function createTeiProbe(
  baseUrl: string,
  own: Readonly<Record<string, string>>,
  transport: Pick<Transport, "text">,
): Provider["probe"] {
  const ask = { url: `${teiRoot(baseUrl)}/health`, headers: new Headers(own), body: undefined, timeouts: PROBE_TIMEOUTS };
  return async (signal) => void (await transport.text(ask, signal, PROBE_BYTES_MAX));
}

async function rankInBatches(asked: RankAsk, send: (body: unknown) => Promise<unknown>): Promise<Reranked> {
  const { query } = asked;
  const documents = fitting(asked);
  const scores: number[] = [];
  try {
    for (let at = 0; at < documents.length; at += TEI_BATCH) {
      const texts = documents.slice(at, at + TEI_BATCH);
      scores.push(...readScores(await send({ query, texts, truncate: true }), texts.length));
    }
  } catch (error) {
    throw scores.length > 0 ? Fault.from(error).with({ spent: true }) : error;
  }
  return { scores, inputTokens: countPairs({ query, documents }), counted: true };
}

type Sent = Pick<RankAsk, "query" | "documents">;

/** Whole or not at all: a result too few, or an index twice, would put one document's score beside another. */
export function readRanked(body: unknown, sent: Sent): Reranked {
  const scores = readScores(body, sent.documents.length);
  const { inputTokens, searches } = readUsage(body);
  const billed = searches === undefined ? {} : { searches };
  return inputTokens !== undefined && inputTokens > 0
    ? { scores, inputTokens, ...billed }
    : { scores, inputTokens: countPairs(sent), counted: true, ...billed };
}

/** `results` of most, `data` of Voyage's, a bare list of TEI's; `relevance_score`, or `score`. */
function readScores(body: unknown, count: number): readonly number[] {
  if (isRecord(body) && body["error"] !== undefined && body["error"] !== null) throw errorObjectFault(body);
  const results = isRecord(body) ? (body["results"] ?? body["data"]) : body;
  if (!Array.isArray(results) || results.length !== count) throw broken();
  const scores: (number | undefined)[] = Array.from({ length: count });
  for (const item of results) {
    if (!isRecord(item)) throw broken();
    const index = countOf(item["index"]);
    const score = item["relevance_score"] ?? item["score"];
    if (index === undefined || index >= count || scores[index] !== undefined) throw broken();
    if (typeof score !== "number" || !Number.isFinite(score)) throw broken();
    scores[index] = score;
  }
  return scores.filter((score) => score !== undefined);
}

/** `usage` of Jina's, vLLM's and Voyage's; `meta.billed_units` of Cohere's, which bills by the search. */
function readUsage(body: unknown): { readonly inputTokens: number | undefined; readonly searches: number | undefined } {
  if (!isRecord(body)) return { inputTokens: undefined, searches: undefined };
  const usage = isRecord(body["usage"]) ? body["usage"] : {};
  const meta = isRecord(body["meta"]) ? body["meta"] : {};
  const billed = isRecord(meta["billed_units"]) ? meta["billed_units"] : {};
  return {
    inputTokens: countOf(usage["total_tokens"]) ?? countOf(usage["prompt_tokens"]) ?? countOf(billed["input_tokens"]),
    searches: countOf(billed["search_units"]),
  };
}

/** An answer that came was paid for, though it cannot be used. */
const broken = (): Fault => new Fault("target_broken", { spent: true });

const countPairs = ({ query, documents }: Sent): number => {
  const each = countTokens(query);
  return documents.reduce((sum, document) => sum + each + countTokens(document), 0);
};

/** Marks round a pair, and how far a count of tokens may be off. */
const MARK_TOKENS = 8;
const SURE = 0.9;

/** Where the model's context is known, a document is cut to what fits beside the query: some servers refuse a whole call for one that is too long. */
function fitting({ target: { contextTokens }, query, documents }: RankAsk): readonly string[] {
  if (contextTokens === undefined) return documents;
  const room = Math.max(1, (contextTokens - countTokens(query) - MARK_TOKENS) * SURE);
  return documents.map((document) => {
    const tokens = countTokens(document);
    return tokens <= room ? document : document.slice(0, Math.max(1, Math.floor((document.length * room) / tokens))).toWellFormed();
  });
}
