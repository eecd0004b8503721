import { OPERATOR } from "./database.ts";
import type { Database } from "./database.ts";

/** A table of tenants' rows that go by a date: the columns of its key, and the one with the date. */
export type AgedTable = { readonly name: string; readonly key: readonly string[]; readonly date: string };

/** `held`: tenants with a legal hold, whose rows stay whatever their date. */
export type AgedAsk = { readonly before: Date; readonly held: ReadonlySet<string> };

/** Rows in one statement: some milliseconds of the embedded database. */
const ROWS_A_STEP = 200;

/** Deletes the rows whose date has come, whosever they are. Returns how many. */
export async function deleteAged(db: Database, { name, key, date }: AgedTable, { before, held }: AgedAsk): Promise<number> {
  const columns = key.join(", ");
  const text = `DELETE FROM ${name} WHERE (${columns}) IN
      (SELECT ${columns} FROM ${name} WHERE ${date} <= $1 AND tenant_id <> ALL($3::text[]) ORDER BY ${date} LIMIT $2)
    RETURNING 1`;
  for (let deleted = 0; ;) {
    const rows = await db.query(OPERATOR, text, [before, ROWS_A_STEP, [...held]]);
    deleted += rows.length;
    if (rows.length < ROWS_A_STEP) return deleted;
  }
}
