import { z } from "zod";
import { RERANK_DOCUMENTS_MAX } from "../kernel/limits.ts";
import { weirAnswer } from "./answer-call.ts";

/** `POST /v1/rerank` as Cohere, Jina and vLLM have it. Unknown fields are refused. */

const text = z.string({ error: "expected a text, or an object with a text" }).min(1, { error: "expected a text that is not empty" });
/** As a text, or as Cohere's first version and Jina take it. */
const document = z.preprocess((value) => textIn(value) ?? value, text);

function textIn(value: unknown): unknown {
  return typeof value === "object" && value !== null && "text" in value && Object.keys(value).length === 1 ? value.text : undefined;
}

export const rerankRequest = z.strictObject({
  model: z.string().min(1).describe("A model of kind rerank, or a route to such."),
  query: z.string().min(1).describe("What the documents are to answer."),
  documents: z
    .array(document)
    .min(1)
    .max(RERANK_DOCUMENTS_MAX, { error: `expected at most ${RERANK_DOCUMENTS_MAX} documents` })
    .meta({ items: { anyOf: [{ type: "string" }, { type: "object", properties: { text: { type: "string" } }, required: ["text"] }] } })
    .describe("Texts, each a string or an object with `text`."),
  top_n: z.int().min(1).nullish().describe("Most results. All unless told."),
  return_documents: z.boolean().nullish().describe("Each result repeats its document. `false` unless told."),
  user: z.string().nullish().describe("The caller's end user; records keep a salted digest alone."),
});
export type RerankRequest = z.output<typeof rerankRequest>;

const count = z.int().min(0);
export const rerankAnswer = z.object({
  id: z.string(),
  object: z.literal("list"),
  model: z.string().describe("As asked."),
  results: z
    .array(
      z.object({
        index: count.describe("Place in `documents`."),
        relevance_score: z
          .number()
          .describe("As the model gave it, usually from 0 to 1. Only scores of one answer compare, and only as more or less."),
        document: z.object({ text: z.string() }).optional(),
      }),
    )
    .describe("Best first; of equals the one that was sent first."),
  usage: z.object({ prompt_tokens: count, total_tokens: count }),
  meta: z.object({
    api_version: z.object({ version: z.string() }),
    billed_units: z.object({ input_tokens: count, search_units: count.optional() }),
  }),
  weir: weirAnswer,
});
export type RerankResult = z.output<typeof rerankAnswer>["results"][number];
