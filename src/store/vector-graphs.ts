import type { CollectionId, TenantId } from "../kernel/ids.ts";
import { collectionIds, tenantIds } from "../kernel/ids.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import type { Tx } from "./database.ts";
import type { Engine } from "./engine.ts";
import { quoteName } from "./quote-name.ts";
import { SqlError } from "./sql-error.ts";

type Key = { readonly collectionId: CollectionId; readonly generation: number };

/** pgvector's approximate index (HNSW) takes numbers of 32 bits up to here, of 16 bits twice as many; longer vectors are searched exactly. */
const FULL_DIMENSIONS_MAX = 2_000;
export const GRAPH_DIMENSIONS_MAX = 4_000;

/**
 * Edges of a vector, and how many others it looks at to choose them. On a server pgvector's own defaults. In WebAssembly, where a distance of 384
 * numbers takes a microsecond and nobody else is answered meanwhile, fewer: 3.6 ms of processor time a vector instead of 5.7, and the same recall on
 * 6,000 of them. Vectors have length 1, so the inner product orders as the cosine does; an exact search takes half as long by it.
 */
const GRAPH_OPTIONS = { postgres: "m = 16, ef_construction = 64", pglite: "m = 12, ef_construction = 48" } as const;

/** How a vector of this length stands in the index, and how one is compared with it. */
export function graphCast(dimensions: number): { readonly indexed: string; readonly operators: string; asked(param: string): string } {
  const type = dimensions <= FULL_DIMENSIONS_MAX ? "vector" : "halfvec";
  return {
    indexed: `(embedding::${type}(${dimensions}))`,
    operators: `${type}_ip_ops`,
    asked: (param) => `${param}::${type}(${dimensions})`,
  };
}

/** Which rows are in the index. Ids are of a form that needs no quoting: they are parsed again, because they stand in a statement's text. */
export function graphCondition(tenantId: TenantId, { collectionId, generation }: Key): string {
  const [tenant, collection] = [tenantIds.parse(tenantId), collectionIds.parse(collectionId)];
  return `tenant_id = '${tenant}' AND collection_id = '${collection}' AND generation = ${Math.trunc(generation)} AND indexed`;
}

const GRAPH_PREFIX = "chunk_vectors_graph_";
const graphName = ({ collectionId, generation }: Key): string =>
  `${GRAPH_PREFIX}${collectionIds.parse(collectionId)}_${Math.trunc(generation)}`;

/**
 * Makes the empty index of a generation: rows come into it as they are marked `indexed`. On a server without a lock that writers wait for; one that
 * broke off half-made is made again.
 */
export async function createGraph(db: Engine, tenantId: TenantId, key: Key, dimensions: number): Promise<void> {
  const { indexed, operators } = graphCast(dimensions);
  const name = quoteName(graphName(key));
  const concurrently = db.engine === "postgres" ? "CONCURRENTLY" : "";
  await db.asOwner(async (owner) => {
    const [found] = await owner.query<{ valid: boolean }>("SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)", [
      `public.${graphName(key)}`,
    ]);
    if (found?.valid === true) return;
    if (found !== undefined) await owner.script(`DROP INDEX ${concurrently} IF EXISTS ${name}`);
    try {
      await owner.script(
        `CREATE INDEX ${concurrently} ${name} ON chunk_vectors USING hnsw (${indexed} ${operators}) WITH (${GRAPH_OPTIONS[db.engine]}) WHERE ${graphCondition(tenantId, key)}`,
      );
    } catch (error) {
      // Another process made it at this moment.
      if (!(error instanceof SqlError) || (error.sqlState !== "42P07" && error.sqlState !== "23505")) throw error;
    }
  });
}

/** A copy of a database has the rows of another one and none of its indexes that were made while it served. */
export async function hasGraph(db: Engine, tenantId: TenantId, key: Key): Promise<boolean> {
  const [found] = await db.query<{ valid: boolean }>(
    tenantScope(tenantId),
    "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)",
    [`public.${graphName(key)}`],
  );
  return found?.valid === true;
}

/** Drops the indexes of generations that are no more. */
export async function dropStaleGraphs(db: Engine): Promise<number> {
  const names = await db.asOwner((owner) =>
    owner.query<{ name: string }>(
      `SELECT c.relname::text AS name FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
       WHERE x.indrelid = to_regclass('public.chunk_vectors') AND c.relname LIKE '${GRAPH_PREFIX.replaceAll("_", "\\_")}%'`,
    ),
  );
  const alive = new Set(
    (await db.query<{ id: CollectionId; generation: number }>(OPERATOR, LIVE_GRAPHS)).map(({ id, generation }) =>
      graphName({ collectionId: id, generation }),
    ),
  );
  const stale = names.filter(({ name }) => !alive.has(name));
  for (const { name } of stale)
    await db.asOwner((owner) => owner.script(`DROP INDEX ${db.engine === "postgres" ? "CONCURRENTLY" : ""} IF EXISTS ${quoteName(name)}`));
  return stale.length;
}

const LIVE_GRAPHS = `SELECT collection_id AS id, generation FROM vector_generations WHERE role <> 'dropped'`;

/** Puts some rows into the index: each costs milliseconds, so a few at a time. Returns how many; 0: all are in. */
export async function indexSome(tx: Tx, { collectionId, generation }: Key, limit: number): Promise<number> {
  const rows = await tx.query(
    `UPDATE chunk_vectors SET indexed = true WHERE collection_id = $1 AND generation = $2 AND NOT indexed
     AND no IN (SELECT no FROM chunk_vectors WHERE collection_id = $1 AND generation = $2 AND NOT indexed ORDER BY no LIMIT $3) RETURNING 1`,
    [collectionId, generation, limit],
  );
  return rows.length;
}
