import { OPERATOR, type Database } from "./database.ts";

/** Slices of budgets that processes hold now. */
export type HeldLeases = { readonly processes: number; readonly outstandingMicroUsd: number };

export async function sumLeases(db: Database): Promise<HeldLeases> {
  const [row] = await db.query<{ processes: number; outstanding: number }>(
    OPERATOR,
    `SELECT count(DISTINCT process_id)::int AS processes, coalesce(sum(outstanding_micro_usd), 0)::bigint AS outstanding
     FROM budget_leases WHERE outstanding_micro_usd > 0`,
  );
  return { processes: row?.processes ?? 0, outstandingMicroUsd: row?.outstanding ?? 0 };
}
