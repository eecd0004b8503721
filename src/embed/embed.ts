import type { CallEvent } from "../domain/event.ts";
import type { Embedded, EmbeddingCall, Vector } from "../domain/embedding.ts";
import type { Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { runPath } from "./path.ts";
import type { Admitted, EmbedStages, Kind } from "./stages.ts";

/** The answer to a call, after it was recorded. */
export type EmbedAnswer = {
  readonly vectors: readonly Vector[];
  readonly target: Target;
  /** Of the attempt that answered. */
  readonly inputTokens: number;
  readonly usageSource: CallEvent["usageSource"];
  readonly event: CallEvent;
  readonly receipt: string;
};

/** Vectors for one admitted call. */
export async function embed(stages: EmbedStages, call: EmbeddingCall, admitted: Admitted, signal: AbortSignal): Promise<EmbedAnswer> {
  const { made, ...answer } = await runPath(VECTORS, stages, { call, admitted, signal });
  return { vectors: made.vectors, ...answer };
}

const VECTORS: Kind<EmbeddingCall, Embedded> = {
  operation: "embeddings",
  /** Vectors of another length than was asked for would be found out only when they are searched. */
  whyUnfit({ vectors }, { wish: { dimensions } }) {
    const length = vectors[0]?.length;
    if (dimensions === undefined || length === dimensions) return undefined;
    const say = `dimensions: the model makes vectors of ${length} and did not shorten them to ${dimensions}.`;
    return new Fault("target_refused", { param: "dimensions", say, spent: true });
  },
  tokensMax: ({ wish }, bytesAdded) => wish.inputBytes + bytesAdded,
  searchesMax: () => 0,
  countInputs(inputs, countTokens) {
    let tokens = 0;
    for (const input of inputs) tokens += typeof input === "string" ? countTokens(input) : input.length;
    return tokens;
  },
};
