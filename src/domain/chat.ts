import type { CollectionId, FileId, RequestId } from "../kernel/ids.ts";
import type { Finding } from "./finding.ts";
import type { PageStart } from "./page.ts";
import type { TenantPrincipal } from "./principal.ts";
import type { AttributeFilter } from "./reader.ts";
import type { Trial } from "./rollout.ts";

export type TextBlock = { readonly type: "text"; readonly text: string };
export type ImageBlock = {
  readonly type: "image";
  /** `data:` URL or an https address, as the caller sent it. This server never opens it. */
  readonly url: string;
  readonly detail?: string | undefined;
};
/** A block that only OpenAI-compatible upstreams know (audio, file): kept as it came. */
export type RawBlock = { readonly type: "raw"; readonly value: Readonly<Record<string, unknown>> };
export type ContentBlock = TextBlock | ImageBlock | RawBlock;
export type Content = string | readonly ContentBlock[];

export type ToolCall = { readonly id: string; readonly name: string; /** JSON text, as the model wrote it. */ readonly arguments: string };

export type Message =
  | { readonly role: "system" | "developer"; readonly content: Content; readonly name?: string | undefined }
  | { readonly role: "user"; readonly content: Content; readonly name?: string | undefined }
  | {
      readonly role: "assistant";
      readonly content: Content | null;
      readonly toolCalls?: readonly ToolCall[] | undefined;
      readonly name?: string | undefined;
      readonly refusal?: string | undefined;
    }
  | { readonly role: "tool"; readonly content: Content; readonly toolCallId: string };

export type Tool = {
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON Schema of the arguments. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly strict?: boolean | undefined;
};
export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

export type ResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json-object" }
  | {
      readonly type: "json-schema";
      readonly name: string;
      readonly schema: Readonly<Record<string, unknown>> | undefined;
      readonly strict?: boolean | undefined;
      readonly description?: string | undefined;
    };

/** How an answer stands to the form that its call asks for. `mended`: the model's second try fits. */
export type Form = "fits" | "mended" | "misfit";

export type Sampling = {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly n?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly seed?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly logprobs?: boolean | undefined;
  readonly topLogprobs?: number | undefined;
};

export type RagWish = {
  readonly enabled: boolean;
  /** Name or id of a collection of the caller's tenant. */
  readonly collection: string;
  readonly topK: number;
  /** Only of documents with such attributes. */
  readonly filter?: AttributeFilter | undefined;
  /** `keyword`: by words alone. `quality`: a model puts the best few of many in order. Absent: neither. */
  readonly mode?: "keyword" | "quality" | undefined;
  /** 2: what the best passages name is searched for as well. Absent: one search. */
  readonly hops?: 2 | undefined;
  /** Whether its model reads the sentences about the question only. Absent: as the collection says. */
  readonly compress?: boolean | undefined;
};

/** What the caller wants of the targets. It narrows what the route allows, and widens nothing. Names are providers' or models'. */
export type Preference = {
  /** Tried first. */
  readonly order: readonly string[];
  /** undefined: any. */
  readonly only: readonly string[] | undefined;
  readonly ignore: readonly string[];
  /** false: the first eligible target only. */
  readonly fallback: boolean;
  /** What may be kept of the call at most. */
  readonly keeps: "anything" | "no-learning" | "nothing";
  readonly sort: "price" | "latency" | "throughput" | undefined;
  readonly inputPerMTokMax: number | undefined;
  readonly outputPerMTokMax: number | undefined;
  readonly externalOnly: boolean;
};

/** What the caller wants said, in no provider's words. */
export type ChatCall = {
  /** As asked: a model of the configuration, a route name such as `auto`, or `extractive`. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | undefined;
  readonly parallelToolCalls: boolean | undefined;
  readonly responseFormat: ResponseFormat | undefined;
  readonly sampling: Sampling;
  /** Always sent upstream, so that a reservation is a bound. */
  readonly maxOutputTokens: number;
  /** The caller named the maximum itself, so it is not lowered to fit a model's context. */
  readonly maxOutputAsked: boolean;
  readonly stream: boolean;
  readonly rag: RagWish | undefined;
  readonly prefer?: Preference | undefined;
  /** Fields of the body that Weir does not know: passed on to OpenAI-compatible upstreams, dropped elsewhere. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** The caller's own end user, if named. Reaches records only as a salted digest. */
  readonly endUser: string | undefined;
  /** UTF-8 bytes of everything that will be prompt: an upper bound for its tokens. */
  readonly inputBytes: number;
};

/** One request on its way: who, what, when. */
export type Call = {
  readonly requestId: RequestId;
  readonly who: TenantPrincipal;
  readonly chat: ChatCall;
  readonly feature: string | undefined;
  readonly startedAtMs: number;
  /** From `startedAtMs`: how long the caller said that it waits, for the first part of a stream or for a whole answer. */
  readonly timeoutMs?: number | undefined;
  /** The caller's W3C trace context as it was sent; read only where calls are traced. */
  readonly traceparent?: string | undefined;
  /** The rollout that it takes part in. */
  readonly trial?: Trial | undefined;
  /** The file in Git that its tenant's prompt came from: `NAME@HASH`. */
  readonly promptFile?: string | undefined;
  /** It is a copy, which nobody hears: of which call, and what form that one's answer had. */
  readonly shadow?: { readonly of: RequestId; readonly form?: Form | undefined } | undefined;
  /** The server makes it for another call, or a search, of the same caller. */
  readonly of?: RequestId | undefined;
};

/** A call whatever it asks for. */
export type CallHead = Omit<Call, "chat">;

/** A retrieved chunk with its source. Offsets are UTF-16 positions in the document's extracted text. */
export type Passage = {
  readonly chunkId: string;
  readonly fileId: FileId;
  readonly filename: string;
  readonly title: string;
  readonly collectionId: CollectionId;
  readonly collectionName: string;
  /** Headings above the chunk, outermost first. */
  readonly headings: readonly string[];
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Where its pages begin, where its document has pages: the first at `start`. */
  readonly pages?: readonly PageStart[] | undefined;
  readonly score: number;
  /** How much it looks like instructions to a model, from 0 to 1, as its ingestion found. undefined: it must be looked at. */
  readonly injection?: number | undefined;
  /** Personal data in its text, as its ingestion found; ascending, without overlaps. undefined: it must be looked at. */
  readonly findings?: readonly Finding[] | undefined;
};

/** How a passage was found: its best chunk's place in each list. undefined: that leg did not find it, or was not asked. */
export type FoundBy = { readonly words?: InLeg | undefined; readonly vectors?: InLeg | undefined; readonly together: InLeg };
/** `rank` from 1. Scores of words have no end, those of vectors are cosines. */
type InLeg = { readonly rank: number; readonly score: number };

export type Retrieved = {
  readonly collectionId: CollectionId;
  /** Changes whenever what can be found changes. */
  readonly indexVersion: string;
  /** Best first. */
  readonly passages: readonly Passage[];
  /** Its collection's owner lets its passages go to private models only. */
  readonly trust?: "private" | undefined;
  /** Its collection's owner wants answers checked more strictly, and passages whole. */
  readonly highStakes?: true | undefined;
  /** Its collection's owner wants models to read the sentences about the question only. */
  readonly compress?: true | undefined;
  /** The collection has vectors, and they could not be searched now: these were found by words alone. */
  readonly degraded?: "dense" | undefined;
  /** Words and vectors found them: their scores are 0 to 1. Those of words alone have no end. */
  readonly fused?: true | undefined;
  /** By `chunkId`, where it was asked for. */
  readonly foundBy?: ReadonlyMap<string, FoundBy> | undefined;
  /** Where a model was to put them in order: whether it has. */
  readonly reranked?: boolean | undefined;
};

export type UsageSource = "reported" | "counted" | "none";
export type Usage = {
  /** All prompt tokens, cached ones included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the input tokens, those read from the provider's cache. */
  readonly cachedTokens: number;
  /** Of the input tokens, those written to the provider's cache. */
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  /** `reported` by the upstream, or `counted` from the parts received. */
  readonly source: UsageSource;
};

export type FinishReason = "stop" | "length" | "tool-calls" | "filter" | "other";

/** `choice` is 0 unless the caller asked for several answers (`n`). */
export type Part =
  | {
      readonly type: "text-delta";
      readonly choice: number;
      readonly text: string;
      /** OpenAI's `logprobs` object, as it came. */
      readonly logprobs?: unknown;
      /** Fields of the delta that Weir does not know (vLLM's extras). */
      readonly extra?: Readonly<Record<string, unknown>> | undefined;
    }
  | { readonly type: "reasoning-delta"; readonly choice: number; readonly text: string }
  | { readonly type: "refusal-delta"; readonly choice: number; readonly text: string }
  | { readonly type: "tool-input-start"; readonly choice: number; readonly tool: number; readonly id: string; readonly name: string }
  | { readonly type: "tool-input-delta"; readonly choice: number; readonly tool: number; readonly text: string }
  | {
      readonly type: "choice-finish";
      readonly choice: number;
      readonly reason: FinishReason;
      /** The provider's own word for it. */
      readonly rawReason: string | undefined;
      readonly extra?: Readonly<Record<string, unknown>> | undefined;
    }
  /** May come more than once; each replaces the last. A provider sends it as early as it knows, so that a broken stream is billed rightly. */
  | { readonly type: "usage"; readonly usage: Usage }
  /** Which passages the answer cites, where the provider says so itself (extractive). `start`/`end` are UTF-16 positions in the answer's text. */
  | {
      readonly type: "citation";
      readonly choice: number;
      readonly passage: number;
      readonly start: number;
      readonly end: number;
      readonly quote: string;
      /** Where the quote stands in the passage's text; absent: not there word for word. */
      readonly at?: { readonly start: number; readonly end: number } | undefined;
    }
  /** The stream's only good ending: exactly one, last. */
  | {
      readonly type: "finish";
      readonly upstreamId: string | undefined;
      readonly upstreamModel: string | undefined;
      readonly systemFingerprint?: string | undefined;
    };
