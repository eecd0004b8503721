import { z } from "zod";

const count = z.number().int().min(0);

/** A place that documents come from, and how its newest run went. */
export const documentSource = z.object({
  name: z.string(),
  kind: z.enum(["folder", "s3", "git"]),
  tenant: z.string(),
  collection: z.string(),
  schedule: z.string().nullable().describe("Five fields of cron, UTC."),
  state: z.enum(["never", "idle", "running", "failed"]),
  error: z.string().nullable().describe("Why the newest run failed."),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  counts: z.object({ seen: count, added: count, changed: count, removed: count, unchanged: count, refused: count }),
  refused: z.array(z.object({ path: z.string(), reason: z.string() })).describe("Documents that are not taken. The first 20."),
});
export const documentSourceList = z.object({ data: z.array(documentSource) });
export type DocumentSource = z.input<typeof documentSource>;
