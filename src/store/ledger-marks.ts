import type { Database, Tx } from "./database.ts";
import { LEDGER } from "./database.ts";
import type { Mark } from "./events.ts";

/** How far this process's journal is in the ledger. A process not heard of yet is at the beginning. */
export async function openMark(db: Database, processId: string): Promise<Mark & { readonly finished: boolean }> {
  const insert = "INSERT INTO journal_marks (process_id, file, position) VALUES ($1, 1, 0) ON CONFLICT DO NOTHING";
  await db.query(LEDGER, insert, [processId]);
  const read = "SELECT file, position, finished FROM journal_marks WHERE process_id = $1";
  const [row] = await db.query<{ file: number; position: number; finished: boolean }>(LEDGER, read, [processId]);
  if (row === undefined) throw new Error("a journal's mark was deleted while it was being shipped");
  return { file: row.file, offset: row.position, finished: row.finished };
}

/** The journal is in the ledger to its end, and its process can write no more. */
export async function finishMark(tx: Tx, processId: string): Promise<void> {
  await tx.query("UPDATE journal_marks SET finished = true, updated_at = now() WHERE process_id = $1", [processId]);
}
