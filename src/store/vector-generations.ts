import type { CollectionSettings } from "../domain/collection.ts";
import { collectionIds, tenantIds } from "../kernel/ids.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import type { Database, Tx } from "./database.ts";

/** The vectors of one model in one collection: what is searched (`serving`), what is to replace it (`candidate`), what it replaced (`retired`). */
export type Generation = {
  readonly generation: number;
  /** As the configuration calls it. */
  readonly model: string;
  /** As its provider does: another one's vectors do not compare. */
  readonly space: string;
  /** undefined: nothing was embedded yet. */
  readonly dimensions: number | undefined;
  readonly role: "serving" | "candidate" | "retired" | "dropped";
  /** Of a candidate: percent of the questions that it answers. */
  readonly share: number;
  /** It has an approximate index. */
  readonly graph: boolean;
  /** Where that is. */
  readonly engine: VectorEngine;
  readonly report: GenerationReport | undefined;
  readonly createdAt: Date;
};

/** What holds the approximate index: the database itself, or Qdrant. */
export type VectorEngine = "pgvector" | "qdrant";

/** How a candidate compares with what is serving, over the same questions. */
export type GenerationReport = {
  readonly at: string;
  readonly questions: number;
  /** Of the ten best of an exact search, how many its own search finds. 0 to 1. */
  readonly recall: number;
  /** Of the ten best of what is serving, how many are among its own ten. 0 to 1: two models disagree, and neither is right by that. */
  readonly overlap: number;
  readonly latencyMs: { readonly candidate: number; readonly serving: number };
};

type Row = {
  generation: number;
  model: string;
  space: string;
  dimensions: number | null;
  role: Generation["role"];
  share: number;
  graph: boolean;
  engine: VectorEngine;
  report: GenerationReport | null;
  createdAt: Date;
};

const COLUMNS = `g.generation, g.model, g.space, g.dimensions, g.role, g.share, g.graph, g.engine, g.report, g.created_at AS "createdAt"`;

const toGeneration = ({ dimensions, report, ...row }: Row): Generation => ({
  ...row,
  dimensions: dimensions ?? undefined,
  report: report ?? undefined,
});

/** What a collection's owner chose. */
export async function readSettings(db: Database, tenantId: TenantId, collectionId: CollectionId): Promise<CollectionSettings> {
  const [row] = await db.query<{ settings: CollectionSettings }>(tenantScope(tenantId), "SELECT settings FROM collections WHERE id = $1", [
    collectionId,
  ]);
  return row?.settings ?? {};
}

/** Of a collection, the serving one first. */
export async function listGenerations(db: Database, tenantId: TenantId, collectionId: CollectionId): Promise<readonly Generation[]> {
  const rows = await db.query<Row>(
    tenantScope(tenantId),
    `SELECT ${COLUMNS} FROM vector_generations g WHERE g.collection_id = $1 AND g.role <> 'dropped' ORDER BY g.role = 'serving' DESC, g.generation DESC`,
    [collectionId],
  );
  return rows.map(toGeneration);
}

/**
 * Makes the next generation of a collection. One that has nothing to find yet serves at once; else it is a candidate until every document has
 * its vectors. undefined: there is one of that role already, or the collection is gone.
 */
export async function startGeneration(
  tx: Tx,
  tenantId: TenantId,
  {
    collectionId,
    model,
    space,
    now,
  }: { readonly collectionId: CollectionId; readonly model: string; readonly space: string; readonly now: Date },
): Promise<number | undefined> {
  const [collection] = await tx.query<{ chunks: number }>(
    "SELECT chunk_count AS chunks FROM collections WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE",
    [collectionId],
  );
  if (collection === undefined) return undefined;
  const [made] = await tx.query<{ generation: number }>(
    `INSERT INTO vector_generations (tenant_id, collection_id, generation, model, space, role, created_at)
     SELECT $1, $2, 1 + coalesce(max(generation), 0), $3, $6, CASE WHEN count(*) FILTER (WHERE role <> 'dropped') = 0 AND $4 = 0 THEN 'serving' ELSE 'candidate' END, $5
     FROM vector_generations WHERE collection_id = $2
     ON CONFLICT DO NOTHING RETURNING generation`,
    [tenantId, collectionId, model, collection.chunks, now, space],
  );
  return made?.generation;
}

/** The first vectors of a generation say how long all of them are. False: these are of another space, or length. */
export async function settleSpace(
  db: Database,
  tenantId: TenantId,
  { collectionId, generation }: { readonly collectionId: CollectionId; readonly generation: number },
  { space, dimensions }: { readonly space: string; readonly dimensions: number },
): Promise<boolean> {
  const rows = await db.query(
    tenantScope(tenantId),
    `UPDATE vector_generations SET dimensions = $4 WHERE collection_id = $1 AND generation = $2 AND space = $3
     AND (dimensions IS NULL OR dimensions = $4) RETURNING 1`,
    [collectionId, generation, space, dimensions],
  );
  return rows.length > 0;
}

/**
 * Nobody gives it up, nor moves its index, before the commit. undefined: it was given up, and another one may have its number. `indexed`: what is
 * written now is in its approximate index.
 */
export async function holdGeneration(
  tx: Tx,
  { collectionId, generation, createdAt }: { readonly collectionId: CollectionId } & Pick<Generation, "generation" | "createdAt">,
): Promise<{ readonly indexed: boolean } | undefined> {
  const [row] = await tx.query<{ indexed: boolean }>(
    `SELECT graph AND engine = 'pgvector' AS indexed FROM vector_generations
     WHERE collection_id = $1 AND generation = $2 AND created_at = $3 AND role <> 'dropped' FOR SHARE`,
    [collectionId, generation, createdAt],
  );
  return row;
}

/** All of a document's vectors are in these generations. */
export async function markEmbedded(
  tx: Tx,
  tenantId: TenantId,
  collectionId: CollectionId,
  document: number,
  generations: readonly number[],
): Promise<void> {
  await tx.query(
    `INSERT INTO embedded_documents (tenant_id, collection_id, generation, document)
     SELECT $1, $2, g, $3 FROM unnest($4::int[]) AS g ON CONFLICT DO NOTHING`,
    [tenantId, collectionId, document, generations],
  );
}

/** It is gone, or (`no` is one of its chunks) something was released from quarantine in it, so that a vector is missing. */
export async function unmarkEmbedded(tx: Tx, collectionId: CollectionId, no: number): Promise<void> {
  await tx.query(
    `DELETE FROM embedded_documents WHERE collection_id = $1 AND generation IN (SELECT generation FROM vector_generations WHERE collection_id = $1)
     AND document = (SELECT max(first_chunk) FROM documents WHERE collection_id = $1 AND first_chunk <= $2)`,
    [collectionId, no],
  );
}

/** The collection is deleted: what it has of vectors is to go. */
export async function dropGenerations(db: Database, tenantId: TenantId, collectionId: CollectionId): Promise<readonly number[]> {
  const rows = await db.query<{ generation: number }>(
    tenantScope(tenantId),
    "UPDATE vector_generations SET role = 'dropped', share = 0 WHERE collection_id = $1 RETURNING generation",
    [collectionId],
  );
  return rows.map(({ generation }) => generation);
}

/** Generations that have to be whole (searches read them), in which a document does not have all of its vectors. */
export async function findLacking(tx: Tx, collectionId: CollectionId, document: number): Promise<readonly number[]> {
  const rows = await tx.query<{ generation: number }>(
    `SELECT generation FROM vector_generations g WHERE collection_id = $1 AND role = 'serving'
     AND NOT EXISTS (SELECT FROM embedded_documents e WHERE e.tenant_id = g.tenant_id AND e.collection_id = $1
       AND e.generation = g.generation AND e.document = $2)`,
    [collectionId, document],
  );
  return rows.map(({ generation }) => generation);
}

/** Documents that can be found and do not have all of their vectors in a generation, in order. */
export async function listUnembeddedDocuments(
  db: Database,
  tenantId: TenantId,
  { collectionId, generation }: { readonly collectionId: CollectionId; readonly generation: number },
  limit: number,
): Promise<readonly number[]> {
  const rows = await db.query<{ document: number }>(
    tenantScope(tenantId),
    `SELECT d.first_chunk AS document FROM documents d WHERE d.collection_id = $1 AND d.state = 'ready'
     AND NOT EXISTS (SELECT FROM embedded_documents e WHERE e.tenant_id = d.tenant_id AND e.collection_id = $1
       AND e.generation = $2 AND e.document = d.first_chunk)
     ORDER BY d.first_chunk LIMIT $3`,
    [collectionId, generation, limit],
  );
  return rows.map(({ document }) => document);
}

/** Of the file that a document names as its source. undefined: the document is gone. */
export async function findFilename(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  document: number,
): Promise<string | undefined> {
  const [row] = await db.query<{ filename: string }>(
    tenantScope(tenantId),
    "SELECT filename FROM documents WHERE collection_id = $1 AND first_chunk = $2",
    [collectionId, document],
  );
  return row?.filename;
}

/** How far a generation is: documents with all of their vectors, of those that can be found. */
export async function countEmbedded(
  db: Database,
  tenantId: TenantId,
  { collectionId, generation }: { readonly collectionId: CollectionId; readonly generation: number },
): Promise<{ readonly documents: number; readonly embedded: number }> {
  const [row] = await db.query<{ documents: number; embedded: number }>(
    tenantScope(tenantId),
    `SELECT count(*) AS documents, count(e.document) AS embedded FROM documents d
     LEFT JOIN embedded_documents e ON e.tenant_id = d.tenant_id AND e.collection_id = d.collection_id AND e.generation = $2 AND e.document = d.first_chunk
     WHERE d.collection_id = $1 AND d.state = 'ready'`,
    [collectionId, generation],
  );
  return row ?? { documents: 0, embedded: 0 };
}

/** Changes what is given. */
export async function updateGeneration(
  db: Database | Tx,
  tenantId: TenantId,
  { collectionId, generation }: { readonly collectionId: CollectionId; readonly generation: number },
  to: { readonly share?: number; readonly graph?: boolean; readonly report?: GenerationReport; readonly engine?: VectorEngine },
): Promise<boolean> {
  const text = `UPDATE vector_generations SET share = coalesce($3, share), graph = coalesce($4, graph), report = coalesce($5::jsonb, report), engine = coalesce($6, engine)
     WHERE collection_id = $1 AND generation = $2 RETURNING 1`;
  const params = [
    collectionId,
    generation,
    to.share ?? null,
    to.graph ?? null,
    to.report === undefined ? null : JSON.stringify(to.report),
    to.engine ?? null,
  ];
  const rows = "engine" in db ? await db.query(tenantScope(tenantId), text, params) : await db.query(text, params);
  return rows.length > 0;
}

/**
 * The candidate serves from the commit on, whole; what served is retired, so that one command brings it back, and what was retired before is to be
 * dropped. False: there is no candidate, or a document that can be found is missing in it.
 */
export async function promoteCandidate(tx: Tx, collectionId: CollectionId): Promise<boolean> {
  // By itself: a statement that waits for a lock looks at everything else as it was before.
  const [collection] = await tx.query("SELECT id FROM collections WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE", [collectionId]);
  if (collection === undefined) return false;
  const [candidate] = await tx.query<{ generation: number }>(
    `SELECT generation FROM vector_generations g WHERE g.collection_id = $1 AND g.role = 'candidate'
     AND NOT EXISTS (SELECT FROM documents d WHERE d.collection_id = $1 AND d.state = 'ready'
       AND NOT EXISTS (SELECT FROM embedded_documents e WHERE e.tenant_id = d.tenant_id AND e.collection_id = $1
         AND e.generation = g.generation AND e.document = d.first_chunk))`,
    [collectionId],
  );
  if (candidate === undefined) return false;
  await tx.query("UPDATE vector_generations SET role = 'dropped' WHERE collection_id = $1 AND role = 'retired'", [collectionId]);
  await tx.query("UPDATE vector_generations SET role = 'retired', share = 0 WHERE collection_id = $1 AND role = 'serving'", [collectionId]);
  await tx.query("UPDATE vector_generations SET role = 'serving', share = 0 WHERE collection_id = $1 AND role = 'candidate'", [
    collectionId,
  ]);
  await tx.query("UPDATE collections SET version = version + 1 WHERE id = $1", [collectionId]);
  return true;
}

/**
 * What was there before is there again: a candidate is given up, else what is serving is exchanged for what it replaced, which every document since
 * has gone into as well. undefined: there is nothing to go back to.
 */
export async function rollBack(tx: Tx, collectionId: CollectionId): Promise<"given-up" | "exchanged" | undefined> {
  const [collection] = await tx.query("SELECT id FROM collections WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE", [collectionId]);
  if (collection === undefined) return undefined;
  const gone = await tx.query(
    "UPDATE vector_generations SET role = 'dropped', share = 0 WHERE collection_id = $1 AND role = 'candidate' RETURNING 1",
    [collectionId],
  );
  await tx.query("UPDATE collections SET version = version + 1 WHERE id = $1", [collectionId]);
  if (gone.length > 0) return "given-up";
  const [retired] = await tx.query<{ generation: number }>(
    "SELECT generation FROM vector_generations WHERE collection_id = $1 AND role = 'retired'",
    [collectionId],
  );
  if (retired === undefined) return undefined;
  await tx.query("UPDATE vector_generations SET role = 'candidate' WHERE collection_id = $1 AND role = 'serving'", [collectionId]);
  await tx.query("UPDATE vector_generations SET role = 'serving' WHERE collection_id = $1 AND role = 'retired'", [collectionId]);
  await tx.query("UPDATE vector_generations SET role = 'retired', share = 0 WHERE collection_id = $1 AND role = 'candidate'", [
    collectionId,
  ]);
  return "exchanged";
}

/** What is no longer to be had back. */
export async function dropRetired(tx: Tx, collectionId: CollectionId): Promise<boolean> {
  return (
    (
      await tx.query("UPDATE vector_generations SET role = 'dropped' WHERE collection_id = $1 AND role = 'retired' RETURNING 1", [
        collectionId,
      ])
    ).length > 0
  );
}

/** Generations that are to go. */
export async function listDropped(db: Database, tenantId: TenantId, collectionId: CollectionId): Promise<readonly number[]> {
  const rows = await db.query<{ generation: number }>(
    tenantScope(tenantId),
    "SELECT generation FROM vector_generations WHERE collection_id = $1 AND role = 'dropped' ORDER BY generation",
    [collectionId],
  );
  return rows.map(({ generation }) => generation);
}

/** Removes about `limit` rows of a dropped generation, and with the last of them the generation. True: something may be left. */
export async function dropGenerationStep(
  db: Database,
  tenantId: TenantId,
  { collectionId, generation }: { readonly collectionId: CollectionId; readonly generation: number },
  limit: number,
): Promise<boolean> {
  const scope = tenantScope(tenantId);
  for (const [table, key] of ROWS_OF) {
    const gone = await db.query(
      scope,
      `DELETE FROM ${table} WHERE collection_id = $1 AND generation = $2
       AND EXISTS (SELECT FROM vector_generations WHERE collection_id = $1 AND generation = $2 AND role = 'dropped')
       AND ${key} <= coalesce((SELECT ${key} FROM ${table} WHERE collection_id = $1 AND generation = $2 ORDER BY ${key} OFFSET $3 LIMIT 1),
         (SELECT max(${key}) FROM ${table} WHERE collection_id = $1 AND generation = $2)) RETURNING 1`,
      [collectionId, generation, limit],
    );
    if (gone.length > 0) return true;
  }
  await db.query(scope, "DELETE FROM vector_generations WHERE collection_id = $1 AND generation = $2 AND role = 'dropped'", [
    collectionId,
    generation,
  ]);
  return false;
}

const ROWS_OF = [
  ["chunk_vectors", "no"],
  ["embedded_documents", "document"],
] as const;

/**
 * Collections, of all tenants, whose vectors are not where they should be: a document without, one that serves nothing yet, one to be dropped, or one
 * that is so large that it may need its approximate index, or have vectors that are not in it.
 */
export async function listBehind(
  db: Database,
  exactMax: number,
): Promise<readonly { readonly tenantId: TenantId; readonly collectionId: CollectionId }[]> {
  const rows = await db.query<{ tenantId: string; collectionId: string }>(
    OPERATOR,
    `SELECT DISTINCT g.tenant_id AS "tenantId", g.collection_id AS "collectionId" FROM vector_generations g
     JOIN collections c ON c.tenant_id = g.tenant_id AND c.id = g.collection_id AND c.deleted_at IS NULL
     WHERE g.role = 'dropped' OR c.chunk_count > $1
       OR (g.role = 'candidate' AND NOT EXISTS (SELECT FROM vector_generations s WHERE s.tenant_id = g.tenant_id
         AND s.collection_id = g.collection_id AND s.role = 'serving'))
       OR EXISTS (SELECT FROM documents d WHERE d.tenant_id = g.tenant_id AND d.collection_id = g.collection_id AND d.state = 'ready'
         AND NOT EXISTS (SELECT FROM embedded_documents e WHERE e.tenant_id = g.tenant_id AND e.collection_id = g.collection_id
           AND e.generation = g.generation AND e.document = d.first_chunk))
     ORDER BY 1, 2 LIMIT 1000`,
    [exactMax],
  );
  return rows.map((row) => ({ tenantId: tenantIds.parse(row.tenantId), collectionId: collectionIds.parse(row.collectionId) }));
}
