import { z } from "zod";
import { TOP_K_MAX } from "../kernel/limits.ts";

/** OpenAI's files and vector stores, as far as Weir serves them. */

const metadata = z.record(z.string().max(64), z.string().max(512)).nullish();
/** Accepted for the SDKs' sake; chunks are 512 tokens with 128 overlap. */
const chunkingStrategy = z.looseObject({ type: z.string() }).optional();
const attributes = z.record(z.string().max(64), z.union([z.string().max(512), z.number(), z.boolean()])).nullish();

export const vectorStoreCreate = z.strictObject({
  name: z.string().min(1).max(256).optional(),
  description: z.string().max(2000).optional(),
  file_ids: z.array(z.string()).max(500).optional(),
  metadata,
  chunking_strategy: chunkingStrategy,
  expires_after: z.null().optional(),
});
export const vectorStoreFileCreate = z.strictObject({ file_id: z.string().min(1), attributes, chunking_strategy: chunkingStrategy });
export const vectorStoreSearch = z.strictObject({
  query: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(10)]),
  max_num_results: z.int().min(1).max(TOP_K_MAX).optional(),
  rewrite_query: z.boolean().optional(),
});
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
