import type { Owner } from "./engine.ts";

/** Makes the partitions of these months (`YYYY-MM`) where they are missing. Only the owner's login may, so the ledger asks for it. */
export async function createEventPartitions(owner: Owner, periods: readonly string[]): Promise<void> {
  for (const period of periods) await owner.query("SELECT weir_event_partition($1)", [period]);
}
