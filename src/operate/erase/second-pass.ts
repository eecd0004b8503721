import type { ErasureJob, ErasureProgress } from "../../store/erasures.ts";
import type { StoreLine } from "./certificate.ts";
import type { ErasureDeps, ErasureStore } from "./spec.ts";
import { listStrayRows } from "./tenant-stores.ts";

/** Counts everything anew, from a new listing of what there is, and looks beyond it. `tables`: those that rows were deleted from. */
export async function secondPass(deps: ErasureDeps, job: ErasureJob, stores: readonly ErasureStore[], known: ErasureProgress) {
  const counts: Record<string, ErasureProgress[string]> = {};
  const lines: StoreLine[] = [];
  const tables = new Set<string>();
  const add = (name: string, after: number, kept?: StoreLine["kept"]): void => {
    const before = Math.max(known[name]?.before ?? 0, after);
    counts[name] = { before, after, kept: kept?.count };
    lines.push({ store: name, before, deleted: before - after, after, kept });
  };
  for (const { name, count, remains, tables: its = [] } of stores) {
    add(name, await count(), remains === undefined ? undefined : { count: await remains.count(), what: remains.what });
    if ((counts[name]?.before ?? 0) > 0) for (const table of its) tables.add(table);
  }
  for (const name of Object.keys(known)) if (counts[name] === undefined) add(name, 0);
  if (job.kind === "tenant")
    for (const [table, after] of await listStrayRows(deps, job.tenantId)) add(`table ${table}, by what stands in its rows`, after);
  return { counts, lines, tables };
}
