import type { CollectionSettings } from "../domain/collection.ts";
import { readerKey, type AttributeFilter, type Reader } from "../domain/reader.ts";
import type { Clock } from "../kernel/clock.ts";
import { collectionIds } from "../kernel/ids.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";
import { createAllowedCache, type Allowed } from "./allowed-cache.ts";
import { createParams, listCondition, visibleDocument, type Look } from "./visible.ts";

type Ranges = readonly (readonly [first: number, count: number])[];

/** What a search asks of a collection before it looks into its index. */
export type OpenedCollection = {
  readonly id: CollectionId;
  readonly name: string;
  /** Grows whenever what can be found changes, whoever looks. */
  readonly version: number;
  readonly settings: CollectionSettings;
  /** What its documents' words were reduced for, ISO 639-1. */
  readonly languages: readonly string[];
  /** `hidden`: chunks that are not to be found, not yet or no more. `allowed`: the only ones that are. `[first, count]` ranges. */
  readonly kind: "hidden" | "allowed";
  readonly ranges: Ranges;
  /** Chunks that can be found, and the sum of their lengths in terms. */
  readonly chunkCount: number;
  readonly lengthSum: number;
};

export type OpenAsk = {
  readonly tenantId: TenantId;
  /** Name or id. */
  readonly collection: string;
  readonly reader: Reader;
  readonly filter?: AttributeFilter | undefined;
};

/** `$2` is now. Past its time it is not found, whether or not anybody has deleted it yet. */
export const UNEXPIRED = `(c.settings ->> 'expiresAfterDays' IS NULL
  OR c.active_at + make_interval(days => (c.settings ->> 'expiresAfterDays')::int) > $2::timestamptz)`;

/** Whether any file forbids anything, and which documents are not ready. Each of the two looks has an index that holds such files only. */
const openText = (
  list: string,
): string => `SELECT c.id, c.name, c.version, c.settings, to_json(c.languages) AS languages, c.active_at AS "activeAt",
    c.chunk_count AS "chunkCount", c.length_sum AS "lengthSum", h.ranges,
    EXISTS (SELECT FROM collection_files r WHERE r.tenant_id = c.tenant_id AND r.collection_id = c.id
      AND (r.access_groups IS NOT NULL OR r.classification IS NOT NULL OR r.jurisdictions IS NOT NULL)) AS restricted,
    EXISTS (SELECT FROM collection_files r WHERE r.tenant_id = c.tenant_id AND r.collection_id = c.id
      AND (r.effective_from IS NOT NULL OR r.effective_until IS NOT NULL)) AS dated
  FROM (SELECT tenant_id, id, name, version, settings, languages, active_at, chunk_count, length_sum FROM collections c WHERE c.deleted_at IS NULL AND (c.id = $1 OR c.name = $1) AND ${UNEXPIRED} AND ${list}
        ORDER BY c.id = $1 DESC LIMIT 1) c
  LEFT JOIN LATERAL (SELECT json_agg(json_build_array(d.first_chunk, d.chunk_count)) AS ranges FROM documents d
        WHERE d.tenant_id = c.tenant_id AND d.collection_id = c.id AND d.state <> 'ready') h ON true`;

export const OPEN_COLLECTION = openText("true");

type OpenedRow = {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly settings: CollectionSettings;
  readonly languages: readonly string[];
  readonly activeAt: Date;
  readonly chunkCount: number;
  readonly lengthSum: number;
  readonly ranges: Ranges | null;
  readonly restricted: boolean;
  readonly dated: boolean;
};

/** A search is a use. Written so seldom that it is no load. */
const TOUCH_EVERY_MS = 60_000;

export type CollectionViewsDeps = { readonly db: Database; readonly clock: Pick<Clock, "nowMs"> };
/** undefined: there is no such collection for this reader. */
export type OpenCollection = (ask: OpenAsk) => Promise<OpenedCollection | undefined>;

/**
 * Opens collections for readers. Where no file forbids anything and nothing is filtered it is one statement; else the allowed documents are read
 * too, and kept for as long as the collection stays as it is and no date comes by.
 */
export function createOpenCollection({ db, clock }: CollectionViewsDeps): OpenCollection {
  const kept = createAllowedCache();
  const touching = new Set<string>();

  function touch(tenantId: TenantId, row: OpenedRow, nowMs: number): void {
    if (nowMs - row.activeAt.getTime() < TOUCH_EVERY_MS || touching.has(row.id)) return;
    touching.add(row.id);
    const at = [row.id, new Date(nowMs), new Date(nowMs - TOUCH_EVERY_MS)];
    // Nobody waits for it. Where it fails, the next search does it.
    void db
      .query(tenantScope(tenantId), `UPDATE collections SET active_at = $2 WHERE id = $1 AND active_at <= $3`, at)
      .catch(() => undefined)
      .finally(() => touching.delete(row.id));
  }

  return async ({ tenantId, collection, reader, filter }) => {
    const nowMs = clock.nowMs();
    const now = new Date(nowMs);
    const params = createParams([collection, now]);
    const text = reader.kind === "all" ? OPEN_COLLECTION : openText(listCondition("c", reader, params));
    const [row] = await db.query<OpenedRow>(tenantScope(tenantId), text, params.values);
    if (row === undefined) return undefined;
    touch(tenantId, row, nowMs);
    const { name, version, settings, languages } = row;
    const opened = { id: collectionIds.parse(row.id), name, version, settings, languages };
    if (filter === undefined && !row.dated && (reader.kind === "all" || !row.restricted)) {
      return { ...opened, kind: "hidden", ranges: row.ranges ?? [], chunkCount: row.chunkCount, lengthSum: row.lengthSum };
    }
    const key = JSON.stringify([tenantId, row.id, readerKey(reader), filter ?? null]);
    const allowed = await kept.get(key, version, nowMs, () => readAllowed(db, tenantId, opened.id, { reader, filter, now }));
    return allowed === undefined ? undefined : { ...opened, kind: "allowed", ...allowed };
  };
}

type AllowedRow = {
  readonly version: number;
  readonly ranges: Ranges | null;
  readonly chunkCount: number;
  readonly lengthSum: number;
  readonly until: Date | null;
};

/** The documents that this look may find, in one statement with the version that they are of. undefined: the collection is gone. */
async function readAllowed(db: Database, tenantId: TenantId, id: CollectionId, look: Look): Promise<Allowed | undefined> {
  const params = createParams([id, look.now]);
  const [row] = await db.query<AllowedRow>(
    tenantScope(tenantId),
    `SELECT c.version, v.ranges, v.chunks AS "chunkCount", v.length AS "lengthSum", n.until FROM collections c
     LEFT JOIN LATERAL (SELECT json_agg(json_build_array(d.first_chunk, d.chunk_count) ORDER BY d.first_chunk) AS ranges,
         coalesce(sum(d.chunk_count - d.withheld), 0)::int AS chunks, coalesce(sum(d.length_sum), 0)::bigint AS length
       FROM documents d WHERE d.tenant_id = c.tenant_id AND d.collection_id = c.id AND d.state = 'ready'
         AND ${visibleDocument("d", "first_chunk", look, params)}) v ON true
     LEFT JOIN LATERAL (SELECT least(min(r.effective_from) FILTER (WHERE r.effective_from > $2), min(r.effective_until) FILTER (WHERE r.effective_until > $2)) AS until
       FROM collection_files r WHERE r.tenant_id = c.tenant_id AND r.collection_id = c.id
         AND (r.effective_from IS NOT NULL OR r.effective_until IS NOT NULL)) n ON true
     WHERE c.id = $1 AND c.deleted_at IS NULL`,
    params.values,
  );
  if (row === undefined) return undefined;
  const { version, chunkCount, lengthSum, ranges, until } = row;
  return { version, chunkCount, lengthSum, ranges: joinRanges(ranges ?? []), untilMs: until?.getTime() ?? Number.POSITIVE_INFINITY };
}

/** Documents that came one after the other have numbers one after the other. */
function joinRanges(ranges: Ranges): Ranges {
  const joined: [number, number][] = [];
  for (const [first, count] of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && last[0] + last[1] === first) last[1] += count;
    else joined.push([first, count]);
  }
  return joined;
}
