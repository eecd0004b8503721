import type { Form } from "../domain/chat.ts";
import type { Trimmed } from "../domain/context-policy.ts";
import type { Guarded } from "../domain/guard-policy.ts";
import { z } from "zod";
import { attributeFilter } from "./attribute-filter.ts";
import { providerPreference } from "./provider-preference.ts";
import { CHOICES_MAX, MESSAGES_MAX, STOP_MAX, TOOLS_MAX, TOP_K_MAX } from "../kernel/limits.ts";

/** OpenAI's `POST /v1/chat/completions`, as far as Weir reads it. Unknown fields are kept and passed on. */

const textBlock = z.object({ type: z.literal("text"), text: z.string() });
const imageBlock = z.object({
  type: z.literal("image_url"),
  image_url: z.union([z.string(), z.object({ url: z.string(), detail: z.string().optional() })]),
});
const otherBlock = z.looseObject({ type: z.enum(["input_audio", "file", "refusal", "video_url", "audio_url"]) });
const block = z.discriminatedUnion("type", [textBlock, imageBlock, otherBlock]);
const content = z.union([z.string(), z.array(block).min(1)], { error: "expected a text or a list of content parts" });

const toolCall = z.object({
  id: z.string(),
  type: z.literal("function").optional(),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion(
  "role",
  [
    z.object({ role: z.literal("system"), content, name: z.string().optional() }),
    z.object({ role: z.literal("developer"), content, name: z.string().optional() }),
    z.object({ role: z.literal("user"), content, name: z.string().optional() }),
    z.object({
      role: z.literal("assistant"),
      content: content.nullish(),
      refusal: z.string().nullish(),
      name: z.string().optional(),
      tool_calls: z.array(toolCall).nullish(),
    }),
    z.object({ role: z.literal("tool"), content, tool_call_id: z.string() }),
  ],
  { error: "expected a message whose role is system, developer, user, assistant or tool" },
);

const jsonObject = z.record(z.string(), z.unknown());
const tool = z.object({
  type: z.literal("function"),
  function: z.object({
    name: z.string().min(1),
    description: z.string().optional(),
    parameters: jsonObject.optional(),
    strict: z.boolean().nullish(),
  }),
});
const toolChoice = z.union(
  [z.enum(["auto", "none", "required"]), z.object({ type: z.literal("function"), function: z.object({ name: z.string() }) })],
  { error: 'expected "auto", "none", "required" or one function' },
);
const responseFormat = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text") }),
  z.object({ type: z.literal("json_object") }),
  z.object({
    type: z.literal("json_schema"),
    json_schema: z.object({
      name: z.string(),
      schema: jsonObject.optional(),
      strict: z.boolean().nullish(),
      description: z.string().optional(),
    }),
  }),
]);

const tokens = z.int().min(1);

const ragRequest = z.strictObject({
  enabled: z.boolean(),
  /** Name or id of a collection. */
  collection: z.string().min(1).optional(),
  topK: z.int().min(1).max(TOP_K_MAX).optional(),
  filters: attributeFilter.nullish().describe("On documents' attributes, as in a search."),
  mode: z
    .enum(["fast", "quality", "keyword"])
    .optional()
    .describe("`fast` unless told. `quality`: a model puts the best few of 20 passages in order. `keyword`: by words alone."),
  hops: z
    .union([z.literal(1), z.literal(2)])
    .optional()
    .describe(
      "1 unless told. 2: a second search asks for the names and codes that the best passages hold. For questions whose answer is in two places.",
    ),
  compress: z
    .boolean()
    .optional()
    .describe(
      "The model reads of each passage the sentences about the question only. Absent: as the collection says. Never where it has `highStakes`.",
    ),
});

export const chatCompletionRequest = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1).max(MESSAGES_MAX),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: tokens.nullish(),
  max_completion_tokens: tokens.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  n: z.int().min(1).max(CHOICES_MAX).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(STOP_MAX)]).nullish(),
  seed: z.int().nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: z.array(tool).max(TOOLS_MAX).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  rag: ragRequest.nullish(),
  provider: providerPreference.nullish(),
  /** Only external models: for who measures one against the other, or knows that it is hard. */
  forceApi: z.boolean().nullish(),
});
export type ChatCompletionRequest = z.output<typeof chatCompletionRequest>;

/** Fields that Weir reads; everything else of a body is `extra`. */
export const CHAT_FIELDS: ReadonlySet<string> = new Set(Object.keys(chatCompletionRequest.shape));

/** What Weir adds to an answer: the body's `weir`, on JSON answers also `x-weir-*` headers. */
export type WeirCitation = {
  /** The number in the text's `[n]` marker. */
  index: number;
  fileId: string;
  filename: string;
  title: string;
  collection: string;
  chunkId: string;
  headings: readonly string[];
  quote: string;
  /** Where the quote stands in a document with pages: `p. 12`, or `pp. 12-13` where it cannot be told more exactly. */
  place?: string;
  /** UTF-16 offsets into the document's extracted text. */
  start: number;
  end: number;
  /** The quote's own, where it stands there word for word. */
  quoteStart?: number;
  quoteEnd?: number;
  score: number;
  /** The answer refers to it. */
  cited: boolean;
};

export type WeirAnswer = {
  readonly guard?: Guarded | undefined;
  requestId: string;
  model: string;
  provider: string;
  trust: "private" | "external";
  /** `extractive` where no model wrote the answer: sentences of the documents, as they stand. */
  tier: "model" | "extractive";
  /** The answer comes from a target further down than the first eligible one. */
  degraded: boolean;
  /** The server gave less than all it can: smaller models first, or the documents alone. */
  service?: "reduced" | "emergency" | undefined;
  cache: "off" | "miss" | "hit";
  /** Where JSON or a schema was asked for, and the answer could be checked: `mended` is a second try that fits. */
  form?: Form | undefined;
  /** What was left out of the prompt. */
  trimmed?: Trimmed | undefined;
  costMicroUsd: number;
  usageSource: "reported" | "counted" | "none";
  receipt: string;
  candidates: readonly { model: string; provider: string; fell?: string | undefined; failed?: string | undefined }[];
  citations?: readonly WeirCitation[];
  /** Of an answer from documents: something in it rests on a passage, by a check of words, numbers, names and denials. */
  grounded?: boolean | undefined;
  /** The collection has vectors, and they could not be searched: the passages were found by words alone. */
  searchDegraded?: "dense" | undefined;
  /** Where a model was to put the passages in order: whether it has. */
  reranked?: boolean | undefined;
  /** false: it says that the documents do not hold the answer. */
  answerable?: false | undefined;
  /** Marks that were taken out of the answer, because their passage does not support what they stood behind. */
  citationsRemoved?: number | undefined;
};

export type ErrorBody = {
  error: {
    message: string;
    type: string;
    param: string | null;
    code: string;
  };
};
