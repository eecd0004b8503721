import type { CallEvent } from "../domain/event.ts";
import { searchesMax, type Reranked, type RerankCall } from "../domain/rerank.ts";
import type { Target } from "../domain/target.ts";
import { runPath } from "./path.ts";
import type { Admitted, Kind, RerankStages } from "./stages.ts";

/** The answer to a call, after it was recorded. */
export type RerankAnswer = {
  /** One for each document, in their order. */
  readonly scores: readonly number[];
  readonly searches: number | undefined;
  readonly target: Target;
  /** Of the attempt that answered. */
  readonly inputTokens: number;
  readonly usageSource: CallEvent["usageSource"];
  readonly event: CallEvent;
  readonly receipt: string;
};

/** How well each document of one admitted call answers its query. */
export async function rerank(stages: RerankStages, call: RerankCall, admitted: Admitted, signal: AbortSignal): Promise<RerankAnswer> {
  const { made, ...answer } = await runPath(ORDER, stages, { call, admitted, signal });
  return { scores: made.scores, searches: made.searches, ...answer };
}

const ORDER: Kind<RerankCall, Reranked> = {
  operation: "rerank",
  // Whoever speaks the protocol has looked at the answer as it came.
  whyUnfit: () => undefined,
  // What is masked in the query is read again beside each document.
  tokensMax: ({ wish }, bytesAdded) => wish.inputBytes + bytesAdded * wish.inputs.length,
  searchesMax: ({ wish }) => searchesMax(wish.inputs),
  countInputs([query = "", ...documents], countTokens) {
    const count = (input: typeof query): number => (typeof input === "string" ? countTokens(input) : input.length);
    return documents.reduce<number>((sum, document) => sum + count(query) + count(document), 0);
  },
};
