import type { Database, Param, Row, Scope } from "./database.ts";

/** What a plan does: each index with the condition that it is entered by, and the tables that are read from end to end. */
export type PlanUse = {
  readonly indexes: readonly { readonly index: string; readonly condition: string }[];
  readonly sequential: readonly string[];
};

/**
 * How the role of `scope` would run a statement. Small tables are read whole whatever indexes they have, so reading and joining whole
 * tables is made dear: what still does so has no index that policies let it use.
 */
export async function explainUses(db: Database, scope: Scope, text: string, params: readonly Param[] = []): Promise<PlanUse> {
  const rows = await db.transaction(scope, async (tx) => {
    for (const way of ["seqscan", "bitmapscan", "hashjoin", "mergejoin"]) await tx.query(`SET LOCAL enable_${way} = off`);
    return await tx.query(`EXPLAIN (FORMAT JSON) ${text}`, params);
  });
  const indexes: { index: string; condition: string }[] = [];
  const sequential: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (isRecord(node)) {
      if (typeof node["Index Name"] === "string") indexes.push({ index: node["Index Name"], condition: textOf(node["Index Cond"]) });
      if (node["Node Type"] === "Seq Scan") sequential.push(textOf(node["Relation Name"]));
      Object.values(node).forEach(visit);
    }
  };
  visit(rows);
  return { indexes, sequential };
}

const isRecord = (value: unknown): value is Row => value !== null && typeof value === "object";
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
