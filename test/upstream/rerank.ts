import { countText, isRecord, textOf, type Json } from "./asked.ts";
import { writeJson } from "./http.ts";
import type { ServingVectors } from "./embeddings.ts";

/** A call for a ranking, in the form of Jina, vLLM and Cohere. Directives stand in its texts. */
export type AskedOrder = {
  readonly model: string;
  readonly query: string;
  readonly documents: readonly string[];
  readonly inputTokens: number;
};

export const isOrderBody = (value: unknown): value is Json => isRecord(value) && "query" in value && Array.isArray(value["documents"]);

export function readAskedOrder(body: Json): AskedOrder & { readonly text: string } {
  const query = textOf(body["query"]);
  const sent: readonly unknown[] = Array.isArray(body["documents"]) ? body["documents"] : [];
  const documents = sent.map(textOf);
  const inputTokens = documents.reduce((sum, document) => sum + countText(query) + countText(document), 0);
  return { model: textOf(body["model"]), query, documents, inputTokens, text: [query, ...documents].join(" ") };
}

export function serveOrder({
  socket,
  asked,
  how,
  call,
  ledger,
}: Omit<ServingVectors, "asked" | "body"> & { readonly asked: AskedOrder }): void {
  if (how.fault === "stall") return;
  if (how.fault === "error") {
    writeJson(socket, 200, { error: { type: "api_error", message: "internal: secret words" } });
    ledger.end(call, "faulted");
    return;
  }
  const results = asked.documents.map((document, index) => ({ index, relevance_score: relevanceOf(asked.query, document) }));
  const best = results.toSorted((a, b) => b.relevance_score - a.relevance_score);
  const usage = how.usage === "none" ? {} : { usage: { total_tokens: how.usage === "zero" ? 0 : asked.inputTokens } };
  writeJson(socket, 200, { model: asked.model, results: how.fault === "malformed" ? best.slice(1) : best, ...usage });
  if (how.usage === "sent") call.reported = { inputTokens: asked.inputTokens, outputTokens: 0 };
  ledger.end(call, how.fault === undefined ? "finished" : "faulted");
}

/** Which share of the query's words stand in the document. */
export function relevanceOf(query: string, document: string): number {
  const words = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  const wanted = words(query);
  const have = words(document);
  return [...wanted].filter((word) => have.has(word)).length / Math.max(1, wanted.size);
}
