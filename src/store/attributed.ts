import { type CollectionId, collectionIds, type FileId, fileIds, type TenantId } from "../kernel/ids.ts";
import { OPERATOR } from "./database.ts";
import type { Database } from "./database.ts";

/** Names under which applications say whose a document is, as OpenAI's calls say whose a call is. */
const SUBJECT_ATTRIBUTES = ["user", "safety_identifier"] as const;

const isOf = (column: string): string => SUBJECT_ATTRIBUTES.map((name) => `${column} ->> '${name}' = $2`).join(" OR ");

/** Files that somebody put into a collection with an attribute that says they are this end user's. */
export async function listFilesOf(db: Database, tenantId: TenantId, endUser: string): Promise<readonly FileId[]> {
  const rows = await db.query<{ id: string }>(
    OPERATOR,
    `SELECT DISTINCT f.id FROM collection_files m JOIN files f ON f.tenant_id = m.tenant_id AND f.id = m.file_id
     WHERE m.tenant_id = $1 AND (${isOf("m.attributes")}) ORDER BY 1`,
    [tenantId, endUser],
  );
  return rows.map(({ id }) => fileIds.parse(id));
}

/** Collections whose metadata say the same. */
export async function listCollectionsOf(db: Database, tenantId: TenantId, endUser: string): Promise<readonly CollectionId[]> {
  const rows = await db.query<{ id: string }>(
    OPERATOR,
    `SELECT id FROM collections WHERE tenant_id = $1 AND (${isOf("metadata")}) ORDER BY 1`,
    [tenantId, endUser],
  );
  return rows.map(({ id }) => collectionIds.parse(id));
}

/** Entries looked through in one statement. */
const PAGE = 5_000;

/** How many events hold each of these texts in their body: digests of an end user. All are looked for in one reading. */
export async function countEventsWith(db: Database, tenantId: TenantId, texts: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map(texts.map((text) => [text, 0]));
  for (let afterSeq = 0; ;) {
    const [page] = await db.query<{ found: number[]; rows: number; last: number | null }>(
      OPERATOR,
      `WITH page AS MATERIALIZED (SELECT seq, body FROM events WHERE tenant_id = $1 AND seq > $2::bigint ORDER BY seq LIMIT ${PAGE})
       SELECT count(*) AS rows, max(seq) AS last, ARRAY(
           SELECT (SELECT count(*)::integer FROM page WHERE strpos(body, wanted.text) > 0)
           FROM unnest($3::text[]) WITH ORDINALITY AS wanted (text, no) ORDER BY wanted.no) AS found
       FROM page`,
      [tenantId, afterSeq, texts],
    );
    for (const [at, text] of texts.entries()) found.set(text, (found.get(text) ?? 0) + (page?.found[at] ?? 0));
    if (page === undefined || page.rows < PAGE || page.last === null) return found;
    afterSeq = page.last;
  }
}
