import { QUARANTINE_REASONS } from "../domain/quarantine.ts";
import { z } from "zod";
import { collectionSettings } from "./knowledge.ts";

/** Files and vector stores as they are answered. */

const count = z.int().min(0);

export const file = z.object({
  id: z.string(),
  object: z.literal("file"),
  bytes: count,
  created_at: count,
  filename: z.string(),
  purpose: z.string(),
  status: z.string(),
});
export const vectorStore = z.object({
  id: z.string(),
  object: z.literal("vector_store"),
  created_at: count,
  name: z.string(),
  usage_bytes: count,
  file_counts: z.object({ in_progress: count, completed: count, failed: count, cancelled: count, total: count }),
  status: z.enum(["in_progress", "completed", "expired"]),
  expires_after: z.object({ anchor: z.literal("last_active_at"), days: count }).optional(),
  expires_at: count.nullable().describe("It is deleted then, unless it is used before."),
  last_active_at: count.nullable(),
  metadata: z.record(z.string(), z.string()).nullable(),
  description: z.string().optional(),
  weir: collectionSettings.optional().describe("What was chosen for it; what is not here is as the configuration says."),
});
export const vectorStoreFile = z.object({
  id: z.string(),
  object: z.literal("vector_store.file"),
  usage_bytes: count,
  created_at: count,
  vector_store_id: z.string(),
  status: z.enum(["in_progress", "completed", "failed", "cancelled"]),
  last_error: z.object({ code: z.string(), message: z.string() }).nullable().describe("Why the file is in no answer."),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullable(),
  weir: z
    .object({
      filename: z.string().describe("As it was uploaded."),
      bytes: count.describe("As it was uploaded."),
      chunks: count.optional().describe("Pieces that it was cut into. Absent: it is not, yet."),
      flagged: count
        .optional()
        .describe("Chunks that look like instructions to a model. Searches find them; a call's rules decide whether its model sees them."),
      quarantined: count
        .optional()
        .describe("Chunks that look so much like it, or are no text, that no search finds them until somebody has let them."),
      places: z.array(z.string()).optional().describe("Where these are: pages (`p. 3`), or the heading above. The first 20."),
      attempts: count.optional().describe("Tries that the server itself has failed; it gives a file up after three."),
      last_attempt_at: count.optional(),
    })
    .describe("What OpenAI's fields do not tell: what it is, and what was found in it when it was indexed."),
  chunking_strategy: z.object({
    type: z.enum(["static", "other"]),
    static: z.object({ max_chunk_size_tokens: count, chunk_overlap_tokens: count }).optional(),
  }),
});
/** Files that were put into a collection together. */
export const fileBatch = z.object({
  id: z.string(),
  object: z.literal("vector_store.files_batch"),
  created_at: count,
  vector_store_id: z.string(),
  status: z.enum(["in_progress", "completed", "cancelled", "failed"]),
  file_counts: z.object({ in_progress: count, completed: count, failed: count, cancelled: count, total: count }),
});
/** The text that a file was indexed as. */
export const fileContentPage = z.object({
  object: z.literal("vector_store.file_content.page"),
  data: z.array(z.object({ type: z.literal("text"), text: z.string() })),
  has_more: z.boolean(),
  next_page: z.string().nullable().describe("Ask for it as `page`."),
});
/** One chunk of a document, in its place. */
export const fileChunk = z.object({
  id: z.string(),
  object: z.literal("vector_store.file.chunk"),
  index: count.describe("From 0, in the order of the document. One that a reviewer deleted leaves its number out."),
  start: count.describe("Its first character in the document's text. Neighbours may overlap."),
  end: count.describe("The one after its last."),
  tokens: count.nullable(),
  headings: z.array(z.string()).describe("Above it, outermost first."),
  place: z.string().optional().describe("The page in a document with pages, `p. 12`, or pages, `pp. 12-13`."),
  text: z.string().nullable().describe("null where it is quarantined."),
  flagged: z.boolean().describe("It looks like instructions to a model; a call's rules decide whether its model sees it."),
  quarantined: z.boolean().describe("No search finds it."),
});
export const fileChunkList = z.object({
  object: z.literal("list"),
  data: z.array(fileChunk),
  first_id: z.string(),
  last_id: z.string(),
  has_more: z.boolean(),
  total: count.describe("Chunks of the document. 0: it is not indexed."),
  from: count.describe("The `index` that the page begins with."),
});
/** A chunk that no search finds. */
export const quarantinedChunk = z.object({
  id: z.string(),
  object: z.literal("vector_store.chunk"),
  vector_store_id: z.string(),
  file_id: z.string(),
  filename: z.string(),
  title: z.string(),
  headings: z.array(z.string()),
  place: z.string().optional().describe("The page in a document with pages, `p. 12`, or pages, `pp. 12-13`."),
  text: z.string(),
  reason: z
    .enum(QUARANTINE_REASONS)
    .describe(
      "`injection`: it looks like instructions to a model. `garbled`: its letters come out as others or as none. `encoded`: it is data, not text.",
    ),
  injection: z.number().min(0).max(1).describe("How much it looks like instructions to a model; 0 where nobody looked."),
});
export const chunkReleased = z.object({ id: z.string(), object: z.literal("vector_store.chunk"), quarantined: z.literal(false) });
const list = <T extends z.ZodType>(item: T) =>
  z.object({ object: z.literal("list"), data: z.array(item), first_id: z.string(), last_id: z.string(), has_more: z.boolean() });
export const fileList = list(file);
export const vectorStoreList = list(vectorStore);
export const vectorStoreFileList = list(vectorStoreFile);
export const quarantineList = list(quarantinedChunk);
export const deleted = z.object({ id: z.string(), object: z.string(), deleted: z.literal(true) });
const inLeg = z.object({ rank: count.describe("From 1."), score: z.number() }).nullable();
export const searchPage = z.object({
  object: z.literal("vector_store.search_results.page"),
  search_query: z.array(z.string()),
  data: z.array(
    z.object({
      file_id: z.string(),
      filename: z.string(),
      score: z.number().min(0).max(1),
      attributes: z.record(z.string(), z.unknown()),
      content: z.array(z.object({ type: z.literal("text"), text: z.string() })),
      place: z.string().optional().describe("The page in a document with pages, `p. 12`, or pages, `pp. 12-13`."),
      weir: z
        .object({
          chunk: z.string().describe("The best chunk of the passage."),
          start: count.describe("The passage's first character in the document's text."),
          end: count,
          headings: z.array(z.string()),
          words: inLeg.describe("By words: BM25, without an end. null: not found by them, or not among those looked at."),
          vectors: inLeg.describe("By meaning: a cosine. null: not found by it, or the collection has no vectors."),
          together: z.object({ rank: count, score: z.number() }).describe("Of the two lists as one, before a model puts any in order."),
        })
        .optional()
        .describe("How it was found, where `weir.explain` asked."),
    }),
  ),
  weir: z
    .object({
      took_ms: count,
      legs: z.array(z.enum(["words", "vectors"])).describe("What was searched."),
      degraded: z.literal("dense").optional().describe("The collection has vectors, and they could not be searched now."),
      reranked: z.boolean().optional().describe("Where a model was to put them in order: whether it has."),
    })
    .optional(),
  has_more: z.boolean(),
  next_page: z.string().nullable(),
});
/** A file as it is uploaded. */
export const fileForm = z.object({
  file: z.string().meta({ format: "binary", description: "The document." }),
  purpose: z.enum(["user_data", "assistants"]),
});
