import { z } from "zod";

/** What calls answer, as `/openapi.json` tells it. Objects may hold more than is named: what a model server adds is passed on. */

const count = z.int().min(0);
const trust = z.enum(["private", "external"]);
const usageSource = z.enum(["reported", "counted", "none"]);

const citation = z.object({
  index: z.int().min(1).describe("The number in the text's `[n]` mark."),
  fileId: z.string(),
  filename: z.string(),
  title: z.string(),
  collection: z.string(),
  chunkId: z.string(),
  headings: z.array(z.string()),
  quote: z.string(),
  place: z.string().optional().describe("The page of the quote in a document with pages, `p. 12`, or pages, `pp. 12-13`."),
  start: count.describe("UTF-16 offset in the document's extracted text."),
  end: count,
  quoteStart: count.optional().describe("The quote's own offsets, where it stands in the document word for word."),
  quoteEnd: count.optional(),
  score: z.number(),
  cited: z.boolean().describe("The answer refers to it."),
});

const counts = z.record(z.string(), count);
export const guarded = z.object({
  found: counts.optional().describe("In the call, by type."),
  masked: z.boolean().optional().describe("The model saw pseudonyms."),
  injection: z.number().optional().describe("Highest score of an attempt at injection, where it was above 0.7."),
  withheld: count.optional().describe("Passages and tool results that were kept from the model."),
  answer: counts.optional().describe("In the answer, by rule."),
});

export const trimmed = z.object({
  messages: count.describe("Messages of the conversation, the oldest."),
  passages: count.optional().describe("Of the passages that were found, those ranked last."),
});

export const weirAnswer = z
  .object({
    requestId: z.string(),
    model: z.string().describe("That answered."),
    provider: z.string(),
    trust,
    tier: z.enum(["model", "extractive"]).describe("`extractive`: sentences of the documents, written by no model."),
    degraded: z.boolean().describe("Another model than the policy's choice answered, because that one failed or had been failing."),
    service: z
      .enum(["reduced", "emergency"])
      .optional()
      .describe("The server gives less than all it can now: smaller models first, or the documents alone. Absent: full service."),
    cache: z.enum(["off", "miss", "hit"]),
    form: z
      .enum(["fits", "mended", "misfit"])
      .optional()
      .describe("Where JSON or a schema was asked for and the answer could be checked. `mended`: the model's second try fits."),
    trimmed: trimmed
      .optional()
      .describe("What was left out of the prompt, because no model that may serve the call has room for all of it."),
    costMicroUsd: count,
    usageSource: usageSource.describe("`counted`: the provider did not say, so the tokens were counted here."),
    receipt: z.string().describe("Hash of the call's record; `GET /v1/receipts/{id}` signs it."),
    candidates: z
      .array(
        z.object({
          model: z.string(),
          provider: z.string(),
          fell: z.string().optional().describe("Why it was not eligible."),
          failed: z.string().optional().describe("The code with which it failed."),
        }),
      )
      .describe("Every target that was looked at."),
    citations: z.array(citation).optional(),
    grounded: z
      .boolean()
      .optional()
      .describe("Of an answer from documents: something in it rests on a passage, by a check of words, numbers, names and denials."),
    searchDegraded: z
      .literal("dense")
      .optional()
      .describe("The collection has vectors, and they could not be searched: the passages were found by words alone."),
    reranked: z
      .boolean()
      .optional()
      .describe(
        "Of `rag.mode: quality`: a model has put the passages in order. `false`: none could be asked, and they stand as the search has them.",
      ),
    answerable: z.literal(false).optional().describe("The answer says that the documents do not hold it, and cites none."),
    citationsRemoved: count
      .optional()
      .describe("`[n]` marks taken out of the answer, because their passage does not support what they stood behind."),
    guard: guarded.optional().describe("What the rules for content found and did; absent where there is nothing to tell."),
  })
  .describe("Weir's own part of an answer: who answered, at what price, and why there.");

const chatUsage = z.object({ prompt_tokens: count, completion_tokens: count, total_tokens: count });
const toolCall = z.object({
  id: z.string(),
  type: z.literal("function"),
  function: z.object({ name: z.string(), arguments: z.string().describe("JSON, as the model wrote it.") }),
});
const finishReason = z.enum(["stop", "length", "tool_calls", "content_filter"]);

export const chatCompletion = z.object({
  id: z.string(),
  object: z.literal("chat.completion"),
  created: count,
  model: z.string().describe("As asked."),
  choices: z.array(
    z.object({
      index: count,
      message: z.object({
        role: z.literal("assistant"),
        content: z.string().nullable(),
        refusal: z.string().nullable(),
        tool_calls: z.array(toolCall).optional(),
        annotations: z.array(z.object({ type: z.string() })).optional(),
      }),
      logprobs: z.unknown(),
      finish_reason: finishReason,
    }),
  ),
  usage: chatUsage,
  system_fingerprint: z.string().optional(),
  weir: weirAnswer,
});

export const chatCompletionChunk = z
  .object({
    id: z.string(),
    object: z.literal("chat.completion.chunk"),
    created: count,
    model: z.string(),
    choices: z.array(
      z.object({
        index: count,
        delta: z.object({ role: z.string().optional(), content: z.string().nullish() }),
        finish_reason: finishReason.nullable(),
      }),
    ),
    usage: chatUsage.nullish(),
    weir: weirAnswer.optional().describe("In the last event before `[DONE]`."),
  })
  .describe("One event. A stream that breaks ends with an error object for an event, and without `[DONE]`.");

export const embeddingAnswer = z.object({
  object: z.literal("list"),
  data: z.array(
    z.object({
      object: z.literal("embedding"),
      index: count,
      embedding: z.union([z.array(z.number()), z.string().describe("base64 of 32-bit floats, little-endian.")]),
    }),
  ),
  model: z.string(),
  usage: z.object({ prompt_tokens: count, total_tokens: count }),
  weir: weirAnswer,
});

export const model = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: count,
  owned_by: z.string().describe("The provider."),
  weir: z
    .object({
      kind: z.enum(["model", "route"]).describe("`route`: a name under which rules choose the model."),
      trust: trust.optional().describe("Of a model: `private` where it runs on hardware of one's own."),
      region: z.string().optional(),
      contextTokens: count.optional().describe("Prompt and answer together; absent: not known."),
      price: z
        .object({ inputPerMTok: z.number().min(0), outputPerMTok: z.number().min(0) })
        .optional()
        .describe("Dollars for a million tokens; absent: not known, which is not free."),
      capabilities: z
        .object({
          chat: z.boolean(),
          embeddings: z.boolean(),
          rerank: z.boolean(),
          tools: z.boolean(),
          jsonSchema: z.boolean().describe("It can be bound to a JSON form."),
          images: z.boolean().describe("It reads them."),
          manyChoices: z.boolean().describe("It gives several answers to one request."),
        })
        .optional()
        .describe("Of a model. What a route can do is what its models can."),
    })
    .describe("What a chooser needs to know."),
});
export type WireModel = z.output<typeof model>;
export const modelList = z.object({ object: z.literal("list"), data: z.array(model) });

export const errorBody = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable().describe("The field at fault, as a path."),
    code: z.string().describe("Permanent: match on it."),
  }),
});

/** A row's own account of one upstream attempt. */
export const attempt = z.object({
  provider: z.string(),
  model: z.string(),
  as: z.literal("judge").optional().describe("It judged an answer, and gave none."),
  trust,
  outcome: z.enum(["finished", "failed", "aborted"]),
  code: z.string().optional(),
  inputTokens: count,
  outputTokens: count,
  cachedTokens: count,
  cacheWriteTokens: count,
  searches: count.optional().describe("Units of a provider that bills by the search."),
  usageSource,
  costMicroUsd: count,
  priceUnknown: z.literal(true).optional(),
  priceVersion: z.string(),
  latencyMs: count,
});
export { usageSource };
