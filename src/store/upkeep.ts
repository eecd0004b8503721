import type { Database } from "./database.ts";
import type { Owner } from "./engine.ts";

/** Small tables whose rows change with every batch of the shipper. */
const BUSY = ["audit_heads", "budget_leases", "budgets", "journal_marks", "usage_hours"] as const;

/** What this needs of the store. */
type Kept = Pick<Database, "engine"> & { asOwner<T>(body: (owner: Owner) => Promise<T>): Promise<T> };

/**
 * What autovacuum does on a server: PGlite has none. Without statistics a statement that was planned while its table was empty keeps that
 * plan, and what took two milliseconds takes thirteen. A table at a time, so that others' statements come between.
 */
export async function vacuumBusyTables(db: Kept): Promise<void> {
  if (db.engine !== "pglite") return;
  for (const table of BUSY) await db.asOwner((owner) => owner.script(`VACUUM (ANALYZE) ${table}`));
}
