import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database, Statement, Tx } from "./database.ts";
import { tenantScope } from "./database.ts";
import { graphCast, graphCondition } from "./vector-graphs.ts";

/** Vectors of one model in one collection. */
export type GenerationKey = { readonly collectionId: CollectionId; readonly generation: number };

export type NewVector = { readonly no: number; readonly textHash: string; readonly vector: Float32Array };

/** Digits that a 32-bit number near 0 to 1 has; more would only make the text longer. */
const DIGITS = 7;

/** pgvector's text form. Vectors come here checked: finite, and of length 1. */
export function toVectorText(vector: Float32Array): string {
  let text = "[";
  for (let at = 0; at < vector.length; at++) text += `${at === 0 ? "" : ","}${Number((vector[at] ?? 0).toPrecision(DIGITS))}`;
  return `${text}]`;
}

/** Those that are there already stay: whoever goes on with a document makes the same ones. */
export async function insertVectors(
  tx: Tx,
  tenantId: TenantId,
  { collectionId, generation }: GenerationKey,
  vectors: readonly NewVector[],
  indexed: boolean,
): Promise<void> {
  await tx.query(
    `INSERT INTO chunk_vectors (tenant_id, collection_id, generation, no, text_hash, indexed, embedding)
     SELECT $1, $2, $3, t.no, t.text_hash, $4, t.embedding::vector FROM unnest($5::int[], $6::text[], $7::text[]) AS t (no, text_hash, embedding)
     ON CONFLICT DO NOTHING`,
    [
      tenantId,
      collectionId,
      generation,
      indexed,
      vectors.map(({ no }) => no),
      vectors.map(({ textHash }) => textHash),
      vectors.map(({ vector }) => toVectorText(vector)),
    ],
  );
}

/**
 * Takes over vectors of the same texts in the same space, wherever in the tenant's collections they stand. Returns the chunks that have
 * theirs now, and how long those are.
 */
export async function copyVectors(
  tx: Tx,
  tenantId: TenantId,
  { collectionId, generation }: GenerationKey,
  like: { readonly space: string; readonly dimensions: number | undefined; readonly indexed: boolean },
  wanted: readonly { readonly no: number; readonly textHash: string }[],
): Promise<{ readonly numbers: ReadonlySet<number>; readonly dimensions: number | undefined }> {
  const rows = await tx.query<{ no: number; dimensions: number }>(
    `INSERT INTO chunk_vectors (tenant_id, collection_id, generation, no, text_hash, indexed, embedding)
     SELECT $1, $2, $3, t.no, t.text_hash, $4, had.embedding FROM unnest($5::int[], $6::text[]) AS t (no, text_hash)
     CROSS JOIN LATERAL (SELECT v.embedding FROM chunk_vectors v
       JOIN vector_generations g ON g.tenant_id = v.tenant_id AND g.collection_id = v.collection_id AND g.generation = v.generation
       WHERE v.text_hash = t.text_hash AND g.space = $7 AND ($8::int IS NULL OR g.dimensions = $8) LIMIT 1) had
     ON CONFLICT DO NOTHING RETURNING no, vector_dims(embedding) AS dimensions`,
    [
      tenantId,
      collectionId,
      generation,
      like.indexed,
      wanted.map(({ no }) => no),
      wanted.map(({ textHash }) => textHash),
      like.space,
      like.dimensions ?? null,
    ],
  );
  return { numbers: new Set(rows.map(({ no }) => no)), dimensions: rows[0]?.dimensions };
}

export type Unembedded = {
  readonly no: number;
  readonly title: string;
  readonly headings: readonly string[];
  readonly context: string | null;
  readonly text: string;
};

/** Chunks of a document that have no vector in a generation yet, in order. What is held gets none: nothing may find it. */
export async function listUnembedded(
  db: Database,
  tenantId: TenantId,
  { collectionId, generation }: GenerationKey,
  { document, limit }: { readonly document: number; readonly limit: number },
): Promise<readonly Unembedded[]> {
  return await db.query<Unembedded>(
    tenantScope(tenantId),
    `SELECT c.no, d.title, c.headings, c.context, c.body AS text FROM documents d
     JOIN chunks c ON c.tenant_id = d.tenant_id AND c.collection_id = d.collection_id AND c.no >= d.first_chunk AND c.no < d.first_chunk + d.chunk_count
     WHERE d.collection_id = $1 AND d.first_chunk = $2 AND d.state <> 'dead' AND c.quarantine IS DISTINCT FROM 'held'
       AND NOT EXISTS (SELECT FROM chunk_vectors v WHERE v.tenant_id = c.tenant_id AND v.collection_id = c.collection_id
         AND v.generation = $3 AND v.no = c.no)
     ORDER BY c.no LIMIT $4`,
    [collectionId, document, generation, limit],
  );
}

/** Of the chunks in a range of numbers, in a generation. */
export async function deleteVectors(
  db: Database,
  tenantId: TenantId,
  { collectionId, generation }: GenerationKey,
  range: { readonly from: number; readonly to: number },
): Promise<void> {
  await db.query(tenantScope(tenantId), "DELETE FROM chunk_vectors WHERE collection_id = $1 AND generation = $2 AND no >= $3 AND no < $4", [
    collectionId,
    generation,
    range.from,
    range.to,
  ]);
}

/** Texts of chunks all over a collection, the same ones each time while it stays as it is. Those that are held are not among them. */
export async function sampleTexts(db: Database, tenantId: TenantId, collectionId: CollectionId, count: number): Promise<readonly string[]> {
  const rows = await db.query<{ text: string }>(
    tenantScope(tenantId),
    `SELECT c.body AS text FROM (SELECT next_chunk AS past FROM collections WHERE id = $1) k
     CROSS JOIN LATERAL (SELECT DISTINCT 1 + (g * (k.past - 1) / $2::bigint)::int AS no FROM generate_series(0, $2 - 1) AS g) s
     JOIN chunks c ON c.collection_id = $1 AND c.no = s.no AND c.quarantine IS DISTINCT FROM 'held'
     JOIN documents d ON d.tenant_id = c.tenant_id AND d.collection_id = $1 AND d.first_chunk = c.document AND d.state = 'ready' ORDER BY c.no`,
    [collectionId, count],
  );
  return rows.map(({ text }) => text);
}

/** Up to here every vector is looked at, which finds the nearest for certain: 20 ms in PGlite, 10 in PostgreSQL, for 384 dimensions. */
export const EXACT_VECTORS_MAX = 20_000;

/** Vectors in a generation. */
export async function countVectors(db: Database, tenantId: TenantId, { collectionId, generation }: GenerationKey): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    tenantScope(tenantId),
    "SELECT count(*) AS count FROM chunk_vectors WHERE collection_id = $1 AND generation = $2",
    [collectionId, generation],
  );
  return row?.count ?? 0;
}

export type VectorAsk = GenerationKey & {
  readonly tenantId: TenantId;
  /** Of length 1. */
  readonly vector: Float32Array;
  /** `hidden`: everything but these ranges of chunks. `allowed`: only these. */
  readonly visible: { readonly kind: "hidden" | "allowed"; readonly ranges: readonly (readonly [first: number, count: number])[] };
  readonly limit: number;
};

/** `loose`: only of those that are in no approximate index. */
export type VectorWay = "exact" | "graph" | "ranges" | "loose";

export type VectorHit = { readonly no: number; readonly score: number };

/** How far an approximate search looks: of each hundred best, about 98 are found (docs/retrieval.md). */
const EF_SEARCH = 100;
/** Where most of what it finds may not be seen it goes on, up to so many; then what it has is the answer. */
const SCAN_TUPLES_MAX = 20_000;

/**
 * The nearest vectors, by cosine, best first: of every one (`exact`), by the approximate index with what is not in it (`graph`), or of the
 * allowed `ranges` one by one. What may not be seen is left out before anything is ranked: by the ranges of the primary key where few
 * chunks are allowed, else by a condition that the search goes on over until it has enough. Score: 1 is the same direction, 0 none.
 */
export async function searchVectors(db: Database, ask: VectorAsk, way: VectorWay): Promise<readonly VectorHit[]> {
  if (ask.limit === 0 || (ask.visible.kind === "allowed" && ask.visible.ranges.length === 0)) return [];
  const searches = searchesOf(ask, way);
  const [, ...answers] = await db.batch(tenantScope(ask.tenantId), [SETTINGS, ...searches]);
  const hits = answers.flat().map((row) => ({ no: Number(row["no"]), score: Number(row["score"]) }));
  return hits.toSorted((one, other) => other.score - one.score || one.no - other.no).slice(0, ask.limit);
}

/** How each way would be gone, for tests: as the tenant's role, with the settings of a search. */
export async function explainVectors(
  db: Database,
  ask: VectorAsk,
): Promise<Readonly<Record<"exact" | "ranges" | "graph" | "loose", string>>> {
  const explain = async ({ text, params }: Statement): Promise<string> => {
    const [, rows = []] = await db.batch(tenantScope(ask.tenantId), [SETTINGS, { text: `EXPLAIN ${text}`, params }]);
    return rows.map((row) => String(row["QUERY PLAN"])).join("\n");
  };
  const [graph, loose] = searchesOf(ask, "graph");
  const [exact] = searchesOf(ask, "exact");
  const none: Statement = { text: "SELECT 1", params: [] };
  return {
    exact: await explain(exact ?? none),
    ranges: await explain(rangeSearch({ ...ask, visible: { kind: "allowed", ranges: [[1, 10]] } })),
    graph: await explain(graph ?? none),
    loose: await explain(loose ?? none),
  };
}

/** Plans do not depend on statistics, which a growing table does not have: no table is read whole, and what an index has in order is not sorted. */
const SETTINGS: Statement = {
  text: `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('jit', 'off', true),
    set_config('hnsw.ef_search', '${EF_SEARCH}', true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
    set_config('hnsw.max_scan_tuples', '${SCAN_TUPLES_MAX}', true)`,
  params: [],
};

function searchesOf(ask: VectorAsk, way: VectorWay): readonly Statement[] {
  if (way === "ranges") return [rangeSearch(ask)];
  if (way === "exact") return [exactSearch(ask, "")];
  const loose = exactSearch(ask, "AND NOT indexed");
  return way === "loose" ? [loose] : [graphSearch(ask), loose];
}

/** Of all chunks, or those that the condition names. */
function exactSearch({ collectionId, generation, vector, visible, limit }: VectorAsk, and: string): Statement {
  return {
    text: `SELECT no, -(embedding <#> $3::vector) AS score FROM chunk_vectors
     WHERE collection_id = $1 AND generation = $2 ${and} AND ${isVisible(visible.kind, "$4")} ORDER BY embedding <#> $3::vector LIMIT $5`,
    params: [collectionId, generation, toVectorText(vector), toMultirange(visible.ranges), limit],
  };
}

/** Of the chunks in the ranges, each of which is a piece of the primary key. */
function rangeSearch({ collectionId, generation, vector, visible, limit }: VectorAsk): Statement {
  return {
    text: `SELECT v.no, v.score FROM unnest($4::int[], $5::int[]) AS r (first, past)
     CROSS JOIN LATERAL (SELECT no, -(embedding <#> $3::vector) AS score FROM chunk_vectors
       WHERE collection_id = $1 AND generation = $2 AND no >= r.first AND no < r.past OFFSET 0) v ORDER BY v.score DESC LIMIT $6`,
    params: [
      collectionId,
      generation,
      toVectorText(vector),
      visible.ranges.map(([first]) => first),
      visible.ranges.map(([first, count]) => first + count),
      limit,
    ],
  };
}

/**
 * The index's own condition has to stand in the text as it was made: a parameter proves nothing to the planner. pgvector's operators are no
 * conditions under row-level security, but an order needs none.
 */
function graphSearch({ tenantId, collectionId, generation, vector, visible, limit }: VectorAsk): Statement {
  const { indexed, asked } = graphCast(vector.length);
  return {
    text: `SELECT no, -(${indexed} <#> ${asked("$1")}) AS score FROM chunk_vectors
     WHERE ${graphCondition(tenantId, { collectionId, generation })} AND ${isVisible(visible.kind, "$2")} ORDER BY ${indexed} <#> ${asked("$1")} LIMIT $3`,
    params: [toVectorText(vector), toMultirange(visible.ranges), limit],
  };
}

const isVisible = (kind: "hidden" | "allowed", ranges: string): string =>
  `${kind === "hidden" ? "NOT " : ""}no <@ ${ranges}::int4multirange`;

const toMultirange = (ranges: VectorAsk["visible"]["ranges"]): string =>
  `{${ranges.map(([first, count]) => `[${first},${first + count})`).join(",")}}`;
