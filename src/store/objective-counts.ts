import type { ProcessId } from "../kernel/ids.ts";
import { OPERATOR, type Database } from "./database.ts";

/** Five minutes: a month of them is read in milliseconds. */
export const SLOT_MS = 300_000;

/** How calls were served: `bad` by the server's or a provider's fault, `slow` to begin. */
export type ObjectiveCounts = { readonly good: number; readonly bad: number; readonly fast: number; readonly slow: number };
export type ObjectiveSlot = ObjectiveCounts & {
  /** Its first millisecond. */
  readonly fromMs: number;
};

/** In place of what this process said of these slots before. */
export async function saveObjectiveCounts(
  db: Database,
  processId: ProcessId,
  slots: readonly ObjectiveSlot[],
  nowMs: number,
): Promise<void> {
  if (slots.length === 0) return;
  await db.query(
    OPERATOR,
    `INSERT INTO objective_counts (process_id, from_at, good, bad, fast, slow, counted_at)
     SELECT $1, to_timestamp(s."fromMs" / 1000.0), s.good, s.bad, s.fast, s.slow, $3
     FROM jsonb_to_recordset($2::jsonb) AS s ("fromMs" bigint, good bigint, bad bigint, fast bigint, slow bigint)
     ON CONFLICT (from_at, process_id) DO UPDATE SET good = excluded.good, bad = excluded.bad, fast = excluded.fast, slow = excluded.slow, counted_at = excluded.counted_at`,
    [processId, JSON.stringify(slots), new Date(nowMs)],
  );
}

/** Of all processes, from each of these moments on. */
export async function sumObjectiveCounts(db: Database, fromMs: readonly number[]): Promise<readonly ObjectiveCounts[]> {
  return await db.query<ObjectiveCounts>(
    OPERATOR,
    `SELECT coalesce(sum(c.good), 0)::bigint AS good, coalesce(sum(c.bad), 0)::bigint AS bad,
       coalesce(sum(c.fast), 0)::bigint AS fast, coalesce(sum(c.slow), 0)::bigint AS slow
     FROM unnest($1::timestamptz[]) WITH ORDINALITY AS since (at, place)
     LEFT JOIN objective_counts c ON c.from_at >= since.at GROUP BY since.place ORDER BY since.place`,
    [fromMs.map((ms) => new Date(ms).toISOString())],
  );
}

export type SeenProcess = { readonly id: string; readonly seenAtMs: number };

/** Processes that said something since, the newest first. */
export async function listProcesses(db: Database, sinceMs: number): Promise<readonly SeenProcess[]> {
  const rows = await db.query<{ id: string; seen: Date }>(
    OPERATOR,
    `SELECT process_id AS id, max(counted_at) AS seen FROM objective_counts WHERE from_at >= $1 AND counted_at >= $2
     GROUP BY process_id ORDER BY seen DESC LIMIT 100`,
    [new Date(sinceMs - SLOT_MS), new Date(sinceMs)],
  );
  return rows.map(({ id, seen }) => ({ id, seenAtMs: seen.getTime() }));
}

/** The process ends: it is none of them any more. What it counted stays. */
export async function leaveProcesses(db: Database, processId: ProcessId, sinceMs: number): Promise<void> {
  await db.query(OPERATOR, "UPDATE objective_counts SET counted_at = 'epoch' WHERE process_id = $1 AND from_at >= $2", [
    processId,
    new Date(sinceMs),
  ]);
}

/** How many. */
export async function deleteObjectiveCounts(db: Database, beforeMs: number): Promise<number> {
  const rows = await db.query(OPERATOR, "DELETE FROM objective_counts WHERE from_at < $1 RETURNING 1", [new Date(beforeMs)]);
  return rows.length;
}
