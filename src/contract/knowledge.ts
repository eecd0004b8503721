import { z } from "zod";
import { ATTRIBUTE_CHARS_MAX, ATTRIBUTE_NAME_CHARS_MAX, ATTRIBUTES_MAX, GROUPS_MAX, isAccessName } from "../domain/access.ts";
import { CHUNK_TOKENS_RANGE, findChunkingFault, STATIC_CHUNK_TOKENS_RANGE } from "../domain/collection.ts";
import { CLASSIFICATIONS } from "../domain/reader.ts";
import { TOP_K_MAX } from "../kernel/limits.ts";
import { attributeFilter } from "./attribute-filter.ts";

/** OpenAI's files and vector stores, as far as Weir serves them. */

/** OpenAI's own limits. */
const METADATA_MAX = 16;
const FILE_IDS_MAX = 500;
const BATCH_FILES_MAX = 2000;
const DAYS_MAX = 365;

const sized = <T extends z.ZodType>(value: T, max: number) =>
  z
    .record(z.string().max(ATTRIBUTE_NAME_CHARS_MAX), value)
    .refine((entries) => Object.keys(entries).length <= max, `expected at most ${max} entries`);

const metadata = sized(z.string().max(512), METADATA_MAX).nullish();
const attributes = sized(z.union([z.string().max(ATTRIBUTE_CHARS_MAX), z.number(), z.boolean()]), ATTRIBUTES_MAX);

const chunkingStrategy = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("auto") }),
    z.strictObject({
      type: z.literal("static"),
      static: z
        .strictObject({
          max_chunk_size_tokens: z.int().min(STATIC_CHUNK_TOKENS_RANGE.min).max(STATIC_CHUNK_TOKENS_RANGE.max),
          chunk_overlap_tokens: z.int().min(0),
        })
        .refine((size) => size.chunk_overlap_tokens <= size.max_chunk_size_tokens / 2, {
          path: ["chunk_overlap_tokens"],
          message: "expected at most half of max_chunk_size_tokens",
        }),
    }),
  ])
  .optional();

const expiresAfter = z.strictObject({ anchor: z.literal("last_active_at"), days: z.int().min(1).max(DAYS_MAX) }).nullish();

const tokens = z.int().min(CHUNK_TOKENS_RANGE.min).max(CHUNK_TOKENS_RANGE.max);
const overlap = z.int().min(0).max(CHUNK_TOKENS_RANGE.max);
const chunking = z
  .discriminatedUnion("strategy", [
    z.strictObject({ strategy: z.literal("fixed"), tokens, overlap }),
    z.strictObject({ strategy: z.literal("sentence"), tokens, overlap }),
    z.strictObject({ strategy: z.literal("window"), tokens }),
    z.strictObject({ strategy: z.literal("parent-child"), tokens, parentTokens: tokens }),
    z.strictObject({ strategy: z.literal("structural"), tokens }),
  ])
  .superRefine((value, context) => {
    const fault = findChunkingFault(value);
    if (fault !== undefined) context.addIssue(fault);
  });

const weight = z.number().min(0).max(1);
const name = z.string().refine(isAccessName, "expected a name without commas, control characters and blanks around it");
/** Who may find a collection at all. */
export const collectionAccess = z.strictObject({
  groups: z.array(name).min(1).max(GROUPS_MAX).optional().describe("Members of one of these. Absent: of any, and of none."),
  classification: z.enum(CLASSIFICATIONS).optional().describe("Whoever is cleared this far."),
});

/** What a collection's owner chooses beyond OpenAI's fields. null takes a choice back. */
export const collectionSettings = z.strictObject({
  chunking: chunking.nullish().describe("How documents are cut that are added from now on."),
  context: z.enum(["none", "structure", "model"]).nullish().describe("A line about where it stands, searched with each chunk."),
  embedding: z
    .string()
    .min(1)
    .max(200)
    .nullish()
    .describe("A model of the configuration of kind `embedding`. `none`: searched by words alone. null: as the configuration says."),
  languages: z
    .array(z.string().regex(/^[a-z]{2}$/, "expected a language of ISO 639-1, such as de"))
    .max(20)
    .nullish()
    .describe("ISO 639-1. Absent: detected for each document."),
  fusion: z.strictObject({ method: z.enum(["rank", "score"]), questionWeight: weight, keywordWeight: weight }).nullish(),
  trust: z.literal("private").nullish().describe("Calls that use its documents are answered by private models only."),
  compress: z
    .boolean()
    .nullish()
    .describe("Models read of each passage the sentences about the question only, unless a call says otherwise."),
  highStakes: z.boolean().nullish().describe("Passages are never shortened, and answers are checked more strictly."),
  access: collectionAccess.nullish().describe("Who may find the collection at all. null: the whole tenant."),
});
export type CollectionSettingsBody = z.output<typeof collectionSettings>;

const shared = { metadata, expires_after: expiresAfter, weir: collectionSettings.optional() };
export const vectorStoreCreate = z.strictObject({
  name: z.string().max(256).nullish(),
  description: z.string().max(2000).nullish(),
  file_ids: z.array(z.string()).max(FILE_IDS_MAX).optional(),
  chunking_strategy: chunkingStrategy,
  ...shared,
});
export const vectorStoreUpdate = z.strictObject({
  name: z.string().max(256).nullish(),
  description: z.string().max(2000).nullish(),
  ...shared,
});
export const vectorStoreFileCreate = z.strictObject({
  file_id: z.string().min(1),
  attributes: attributes.nullish(),
  chunking_strategy: chunkingStrategy,
});
/** Instead of the ones that there were; null: none. */
export const vectorStoreFileUpdate = z.strictObject({ attributes: attributes.nullable() });
export const fileBatchCreate = z
  .strictObject({
    file_ids: z.array(z.string().min(1)).min(1).max(BATCH_FILES_MAX).optional(),
    files: z.array(vectorStoreFileCreate).min(1).max(BATCH_FILES_MAX).optional(),
    attributes: attributes.nullish(),
    chunking_strategy: chunkingStrategy,
  })
  .refine((batch) => (batch.file_ids === undefined) !== (batch.files === undefined), "expected either file_ids or files");
export type ChunkingStrategy = z.output<typeof chunkingStrategy>;

const share = z.number().min(0).max(1000);
export const vectorStoreSearch = z.strictObject({
  query: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(10)]),
  filters: attributeFilter.nullish(),
  max_num_results: z.int().min(1).max(TOP_K_MAX).optional(),
  ranking_options: z
    .strictObject({
      ranker: z
        .enum(["none", "auto", "default-2024-11-15"])
        .optional()
        .describe("`none`, or nothing: not ranked anew by a model. Any other: by the server's own, where it has one."),
      score_threshold: z.number().min(0).max(1).optional(),
      hybrid_search: z
        .strictObject({ embedding_weight: share, text_weight: share })
        .refine((weights) => weights.embedding_weight + weights.text_weight > 0, "expected one of the weights above 0")
        .optional(),
    })
    .nullish(),
  rewrite_query: z.boolean().optional(),
  weir: z
    .strictObject({
      mode: z.enum(["fast", "quality"]).optional().describe("`quality`: a model puts the best few of 20 passages in order."),
      fusion: z
        .enum(["rank", "score"])
        .optional()
        .describe("How what words found and what vectors found become one list. Absent: as the collection says."),
      explain: z
        .boolean()
        .optional()
        .describe(
          "The answer tells in `weir` how each result was found. Not unless asked: OpenAI's description of this answer allows no other fields.",
        ),
    })
    .optional(),
});
export type VectorStoreSearch = z.output<typeof vectorStoreSearch>;
/** Chunks that are held, in the order of their numbers. */
export const quarantinePage = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().optional(),
});
export const openaiPage = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(["asc", "desc"]).default("desc"),
  after: z.string().optional(),
  before: z.string().optional(),
  purpose: z.string().optional(),
  filter: z.enum(["in_progress", "completed", "failed", "cancelled"]).optional(),
});
const part = z.string().min(1).max(256).describe("Only those whose name has this in it, in upper or lower case.").optional();
/** OpenAI's page, in another order where one is asked for. */
export const vectorStorePage = openaiPage.omit({ purpose: true, filter: true }).extend({
  name: part,
  sort: z.enum(["created_at", "name", "last_active_at"]).default("created_at"),
});
export const vectorStoreFilePage = openaiPage.omit({ purpose: true }).extend({
  name: part,
  sort: z.enum(["created_at", "filename", "bytes"]).default("created_at"),
});
/** Larger pages would be megabytes: a chunk may have 4,096 tokens. */
const CHUNKS_MAX = 200;
const place = z.coerce.number().int().min(0).max(2_000_000_000).optional();
export const fileChunkPage = z
  .strictObject({
    limit: z.coerce.number().int().min(1).max(CHUNKS_MAX).default(50),
    from: place.describe("The page begins with the chunk of this `index`."),
    at: place.describe("With the chunk that holds this character of the document."),
    chunk: z.string().optional().describe("With the chunk of this id."),
  })
  .refine(
    ({ from, at, chunk }) => [from, at, chunk].filter((one) => one !== undefined).length <= 1,
    "expected one of from, at and chunk, or none",
  );
/** Where a file's text goes on: the `next_page` of the page before. */
export const contentPage = z.strictObject({ page: z.coerce.number().int().min(0).max(2_000_000_000).default(0) });
