import type { Call, CallHead, ChatCall, Part, Passage } from "../domain/chat.ts";
import type { Embedded, EmbeddingInput } from "../domain/embedding.ts";
import type { Reranked } from "../domain/rerank.ts";
import type { Target } from "../domain/target.ts";

/** What a provider is asked: the call as it leaves for this target. */
export type ProviderCall = {
  readonly call: Call;
  /** Already grounded and masked for this target; `call.chat` is what the caller sent. */
  readonly chat: ChatCall;
  readonly target: Target;
  readonly passages: readonly Passage[];
  /** W3C trace context of this attempt; sent as the header of that name. */
  readonly traceparent?: string | undefined;
};

/** Inputs as they leave for this target. */
export type EmbedAsk = {
  readonly call: CallHead;
  readonly target: Target;
  readonly inputs: readonly EmbeddingInput[];
  /** Length of each vector; undefined: the model's own. */
  readonly dimensions: number | undefined /** As of a chat. */;
  readonly traceparent?: string | undefined;
};

/** A query and documents as they leave for this target. */
export type RankAsk = {
  readonly target: Target;
  readonly query: string;
  /** At least one. */
  readonly documents: readonly string[];
  readonly traceparent?: string | undefined;
};

/**
 * One wire protocol. `stream` asks the upstream once and yields parts until exactly one `finish`, which is the last, or throws a Fault whose `retry`
 * says what a router may do. When `signal` aborts, the upstream connection is closed at once and the generator throws
 * `client_gone`. A clean end of the upstream without its own end mark is `target_broken`, never a finish.
 * Where `chat.stream` is false the upstream is asked for one JSON answer, and the parts come together. What came together is yielded
 * together: a step for each part of a list cost more than the part.
 */
export type Provider = {
  readonly name: string;
  stream(asked: ProviderCall, signal: AbortSignal): AsyncIterable<readonly Part[]>;
  /**
   * One vector for each input, in their order, from one call of the upstream. Absent where the protocol knows no embeddings. Throws a
   * Fault; `spent` in it says that the inputs were read, and are billed.
   */
  embed?(asked: EmbedAsk, signal: AbortSignal): Promise<Embedded>;
  /**
   * How well each document answers the query: one finite score for each, in their order. Absent where the protocol knows no ranking;
   * `target_refused` where the model does not. `spent` in a Fault as of `embed`.
   */
  rank?(asked: RankAsk, signal: AbortSignal): Promise<Reranked>;
  /** The server's own measurements, as Prometheus' text. Absent where the configuration does not say that it has any (`engine: vllm`). Throws a Fault. */
  metrics?(signal: AbortSignal): Promise<string>;
  /** Cheap reachability check for /readyz and doctor; throws a Fault. Never costs tokens. */
  probe(signal: AbortSignal): Promise<void>;
  /** Closes idle connections. */
  close(): void;
};
