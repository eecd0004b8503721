import { z } from "zod";

/** Embedding a collection with another model while it serves. */
export const embeddingAct = z
  .discriminatedUnion("act", [
    z.strictObject({
      act: z.literal("start").describe("Begins a candidate beside what is serving."),
      model: z.string().min(1).max(128).describe("A model of kind embedding."),
    }),
    z.strictObject({ act: z.literal("compare").describe("Asks both the same questions: at most 50 calls to each model.") }),
    z.strictObject({
      act: z.literal("shift").describe("Gives the candidate a share of the questions. Only once it has every document."),
      share: z.int().min(0).max(100).describe("Percent. 100 puts it in the place of what is serving."),
    }),
    z.strictObject({ act: z.literal("rollback").describe("Gives the candidate up; without one, puts back what was replaced last.") }),
    z.strictObject({ act: z.literal("finish").describe("Lets what was replaced go: new documents are no longer embedded for it.") }),
  ])
  .meta({ type: "object" });
export type EmbeddingAct = z.output<typeof embeddingAct>;

const share = z.number().min(0).max(1);
const milliseconds = z.number().min(0);
export const embeddingState = z.object({
  object: z.literal("vector_store.embedding"),
  vector_store_id: z.string(),
  generations: z
    .array(
      z.object({
        generation: z.int(),
        model: z.string(),
        dimensions: z.int().nullable().describe("null: nothing is embedded yet."),
        role: z.enum(["serving", "candidate", "retired"]),
        share: z.int().describe("Of a candidate: percent of the questions that it answers."),
        index: z.enum(["exact", "approximate"]),
        documents: z.object({ total: z.int(), embedded: z.int() }),
        comparison: z
          .object({
            at: z.string(),
            questions: z.int(),
            recall: share.describe("Of the ten best of an exact search of the candidate, how many its own search finds."),
            overlap: share.describe("Of the ten best of what is serving, how many are among the candidate's."),
            latency_ms: z.object({ candidate: milliseconds, serving: milliseconds }).describe("Median, without the question's vector."),
          })
          .nullable(),
        created_at: z.int(),
      }),
    )
    .describe("What is serving first. Empty: the collection is found by words alone."),
});
