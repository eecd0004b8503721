import { z } from "zod";

const count = z.number().int().min(0);

/** `GET /v1/vector_stores/{id}/events`. */
export const progressQuery = z.strictObject({
  follow: z
    .enum(["true", "false"])
    .default("false")
    .describe("`true`: goes on when nothing is on its way any more. Else the stream ends then."),
});

/** One event of a collection's progress: its name stands in `event:`, and `id:` is what `Last-Event-ID` takes. */
export const progressEvent = z.union([
  z
    .object({
      object: z.literal("vector_store.progress"),
      vector_store_id: z.string(),
      file_counts: z.object({ in_progress: count, completed: count, failed: count, cancelled: count, total: count }),
      index_lag_seconds: z.number().min(0).describe("Age of the oldest file that is on its way."),
    })
    .describe("Where the whole collection stands: first, and whenever it differs."),
  z
    .object({
      object: z.literal("vector_store.file.progress"),
      id: z.string(),
      vector_store_id: z.string(),
      filename: z.string(),
      status: z.enum(["in_progress", "completed", "failed", "cancelled"]),
      last_error: z.object({ code: z.string(), message: z.string() }).nullable(),
      chunks: z.object({ done: count, total: count.nullable() }).describe("`total` is null until it has been cut."),
      attempts: count.describe("Tries that the server itself has failed."),
    })
    .describe("Where one file stands."),
  z
    .object({ object: z.literal("vector_store.deleted"), id: z.string(), deleted: z.literal(true) })
    .describe("The collection is gone: the last event."),
]);
export type ProgressBody = z.input<typeof progressEvent>;
