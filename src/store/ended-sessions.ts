import { LOOKUP, OPERATOR } from "./database.ts";
import type { Database } from "./database.ts";

/** Ends what goes by this id. True for the first who does: of two that use one link at the same time, one gets in. */
export async function endOnce(db: Database, id: string, until: Date, now: Date): Promise<boolean> {
  const [, made] = await db.batch(OPERATOR, [
    { text: "DELETE FROM ended_sessions WHERE until_at <= $1", params: [now] },
    { text: "INSERT INTO ended_sessions (id, until_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id", params: [id, until] },
  ]);
  return made?.length === 1;
}

/** Asked with every request of a browser that is signed in: an ended one must not go on for the time that a copy in memory is kept. */
export async function isEnded(db: Database, id: string): Promise<boolean> {
  return (await db.query(LOOKUP, "SELECT 1 FROM ended_sessions WHERE id = $1", [id])).length > 0;
}
