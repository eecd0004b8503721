import type { Owner } from "./engine.ts";

/** Makes the partitions of these months (`YYYY-MM`) where they are missing. Only the owner's login may, so the ledger asks for it. */
export async function createEventPartitions(owner: Owner, periods: readonly string[]): Promise<void> {
  for (const period of periods) await owner.query("SELECT weir_event_partition($1)", [period]);
}

/** Drops the partitions of months before `period` (`YYYY-MM`) in which no event is left. Returns their names. */
export async function dropEmptyPartitions(owner: Owner, period: string): Promise<readonly string[]> {
  const parts = await owner.query<{ name: string }>(
    "SELECT p.relname::text AS name FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhrelid WHERE i.inhparent = 'public.events'::regclass ORDER BY 1",
  );
  const dropped: string[] = [];
  for (const { name } of parts) {
    const [, year, month] = /^events_(\d{4})_(\d{2})$/.exec(name) ?? [];
    if (year !== undefined && month !== undefined && `${year}-${month}` < period && (await dropEmpty(owner, name, `${year}-${month}-01`)))
      dropped.push(name);
  }
  return dropped;
}

/** The lock keeps late events out; the platform's role sees all rows, where policies may hide them from the owner. */
async function dropEmpty(owner: Owner, name: string, first: string): Promise<boolean> {
  await owner.script(`BEGIN; LOCK TABLE public.${name} IN ACCESS EXCLUSIVE MODE; SET LOCAL ROLE weir_operator`);
  try {
    const [left] = await owner.query<{ any: boolean }>(
      `SELECT EXISTS (SELECT FROM events WHERE created_at >= $1::timestamptz AND created_at < $1::timestamptz + interval '1 month') AS any`,
      [`${first}T00:00:00Z`],
    );
    await owner.script(left?.any === false ? `RESET ROLE; DROP TABLE public.${name}; COMMIT` : "ROLLBACK");
    return left?.any === false;
  } catch (error) {
    await owner.script("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
