import { OPERATOR } from "./database.ts";
import type { Database } from "./database.ts";

const CHANGES_A_STEP = 1_000;

/** Forgets changes of before that time; the newest stays, so that numbers go on. Returns how many. */
export async function deleteOldChanges(db: Database, before: Date): Promise<number> {
  for (let deleted = 0; ;) {
    const rows = await db.query(
      OPERATOR,
      `DELETE FROM changes WHERE seq IN (SELECT seq FROM changes WHERE created_at < $1 AND seq < (SELECT max(seq) FROM changes) ORDER BY seq LIMIT $2) RETURNING seq`,
      [before, CHANGES_A_STEP],
    );
    deleted += rows.length;
    if (rows.length < CHANGES_A_STEP) return deleted;
  }
}
