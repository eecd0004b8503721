import { type JobId, type ProcessId, processIds } from "../kernel/ids.ts";
import { OPERATOR } from "./database.ts";
import type { Database } from "./database.ts";

/** What one running process has done for a round of a job; not `done`: calls or lines of the tenant were left in it. */
export type ErasurePart = {
  readonly processId: ProcessId;
  readonly done: boolean;
  /** Lines of its journals that named the tenant, before and after. */
  readonly linesBefore: number;
  readonly linesAfter: number;
};

type At = { readonly id: JobId; readonly round: number; readonly processId: ProcessId };

/** This process has heard of the job. */
export async function beginPart(db: Database, { id, round, processId }: At): Promise<void> {
  await db.query(OPERATOR, "INSERT INTO erasure_parts (erasure_id, round, process_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [
    id,
    round,
    processId,
  ]);
}

export async function finishPart(
  db: Database,
  { id, round, processId }: At,
  { before, after, clean }: { readonly before: number; readonly after: number; readonly clean: boolean },
  now: Date,
): Promise<void> {
  await db.query(
    OPERATOR,
    "UPDATE erasure_parts SET done_at = $4, lines_before = greatest(lines_before, $5), lines_after = $6 WHERE erasure_id = $1 AND round = $2 AND process_id = $3",
    [id, round, processId, clean ? now : null, before, after],
  );
}

export async function listParts(db: Database, id: JobId, round: number): Promise<readonly ErasurePart[]> {
  const rows = await db.query<{ process: string; done: boolean; before: number; after: number }>(
    OPERATOR,
    `SELECT process_id AS process, done_at IS NOT NULL AS done, lines_before AS before, lines_after AS after
     FROM erasure_parts WHERE erasure_id = $1 AND round = $2 ORDER BY process_id`,
    [id, round],
  );
  return rows.map(({ process, done, before, after }) => ({
    processId: processIds.parse(process),
    done,
    linesBefore: before,
    linesAfter: after,
  }));
}
