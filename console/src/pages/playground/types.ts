import type { z } from "zod";
import type { chatCompletionChunk, weirAnswer, WireModel } from "../../../../src/contract/answer-call.ts";

export type Model = WireModel;
export type Weir = z.infer<typeof weirAnswer>;
export type Chunk = z.infer<typeof chatCompletionChunk>;
export type Citation = NonNullable<Weir["citations"]>[number];
export type Usage = NonNullable<Chunk["usage"]>;

/** A picture that the user chose: only a tab and the request ever hold it. */
export type Picture = { readonly id: string; readonly name: string; /** `data:` URL. */ readonly url: string };

export type ToolCall = { readonly id: string; readonly name: string; /** JSON, as the model wrote it. */ readonly arguments: string };

/** What went wrong, with what the caller can do about it. */
export type Failure = {
  readonly message: string;
  readonly code: string;
  readonly requestId: string | undefined;
  /** Milliseconds since 1970: from then on it may pass. */
  readonly retryAtMs: number | undefined;
};

/** One request and its answer. */
export type Step = {
  /** The body that was sent, exactly. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly status: "streaming" | "finished" | "stopped" | "failed";
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly ToolCall[];
  /** Given back by the user, by the call's id. */
  readonly results: Readonly<Record<string, string>>;
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
  readonly weir: Weir | undefined;
  readonly requestId: string | undefined;
  readonly failure: Failure | undefined;
  /** As this browser measured them, from sending on. */
  readonly firstMs: number | undefined;
  readonly totalMs: number | undefined;
};

/** What one model said to a message: more than one step where it called tools. */
export type Answer = { readonly model: string; readonly steps: readonly Step[] };

export type Exchange = {
  readonly id: string;
  readonly text: string;
  readonly pictures: readonly Picture[];
  /** By lane: one, or two side by side. */
  readonly answers: readonly (Answer | undefined)[];
};

export type Settings = {
  readonly system: string;
  readonly temperature: string;
  readonly topP: string;
  readonly maxTokens: string;
  readonly seed: string;
  /** One a line. */
  readonly stop: string;
  /** Id; empty: no documents. */
  readonly collection: string;
  readonly ragMode: "fast" | "quality" | "keyword";
  /** JSON: OpenAI's `tools`. */
  readonly tools: string;
  readonly form: "text" | "object" | "schema";
  /** JSON Schema. */
  readonly schema: string;
};
