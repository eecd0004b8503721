import type { Database } from "./database.ts";
import type { Owner } from "./engine.ts";
import { quoteName } from "./quote-name.ts";

/** A table up to this size is written anew in some seconds, during which the embedded database answers nobody. */
const REWRITE_BYTES_MAX = 256 * 1024 * 1024;

/** What became of the bytes of deleted rows. */
export type ErasedPages = {
  readonly database: "embedded" | "server";
  /** Tables written anew: no byte of a deleted row is left in them. */
  readonly rewritten: readonly string[];
  /** Tables whose free space still holds bytes of deleted rows until it is used again. */
  readonly vacuumed: readonly string[];
  /** Statistics and the write-ahead log were made anew too. */
  readonly logReplaced: boolean;
};

type Kept = Pick<Database, "engine"> & { asOwner<T>(body: (owner: Owner) => Promise<T>): Promise<T> };

/**
 * A deleted row's bytes stay in its page, in the statistics of its table, and in the write-ahead log. The embedded database's are this
 * program's to remove; a server's belong to whoever runs it, so there it is only vacuumed. A statement at a time, so that others come between.
 */
export async function overwriteDeleted(db: Kept, names: readonly string[]): Promise<ErasedPages> {
  const tables = await listExisting(db, names);
  const run = (text: string): Promise<void> => db.asOwner((owner) => owner.script(text));
  if (db.engine === "postgres") {
    for (const table of tables) await run(`VACUUM (ANALYZE) ${quoteName(table)}`);
    return { database: "server", rewritten: [], vacuumed: tables, logReplaced: false };
  }
  const rewritten: string[] = [];
  const vacuumed: string[] = [];
  for (const table of tables) {
    const small = (await sizeOf(db, table)) <= REWRITE_BYTES_MAX;
    await run(`VACUUM ${small ? "FULL " : ""}${quoteName(table)}`);
    (small ? rewritten : vacuumed).push(table);
  }
  // Statistics hold the commonest values. Those of a table that is empty now would stay for ever: ANALYZE leaves them as they are.
  await db.asOwner((owner) => owner.query(FORGET_STATISTICS, [tables.map(quoteName)]));
  await run("VACUUM FULL pg_statistic");
  if (tables.length > 0) await run(`ANALYZE ${tables.map(quoteName).join(", ")}`);
  // A log that is recycled keeps its bytes: two turns, each with a checkpoint, leave a new one behind and delete the old.
  await run("SET wal_recycle = off");
  for (let turn = 0; turn < 2; turn++) {
    await run("SELECT pg_switch_wal()");
    await run("CHECKPOINT");
  }
  await run("RESET wal_recycle");
  return { database: "embedded", rewritten, vacuumed, logReplaced: true };
}

/** A job may be older than a migration that dropped a table. */
async function listExisting(db: Kept, names: readonly string[]): Promise<readonly string[]> {
  const rows = await db.asOwner((owner) =>
    owner.query<{ name: string }>(
      "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname = ANY ($1::text[]) ORDER BY 1",
      [names],
    ),
  );
  return rows.map(({ name }) => name);
}

const FORGET_STATISTICS = `DELETE FROM pg_statistic WHERE starelid IN
  (SELECT part.relid FROM unnest($1::text[]) AS name CROSS JOIN LATERAL pg_partition_tree(name::regclass) AS part)`;

async function sizeOf(db: Kept, table: string): Promise<number> {
  const [row] = await db.asOwner((owner) =>
    owner.query<{ bytes: number }>(
      `SELECT coalesce(sum(pg_total_relation_size(relid)), 0)::bigint AS bytes FROM pg_partition_tree($1::regclass)`,
      [quoteName(table)],
    ),
  );
  return row?.bytes ?? 0;
}
