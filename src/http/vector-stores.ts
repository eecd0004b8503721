import { openaiPage, vectorStoreCreate, vectorStoreFileCreate, vectorStoreSearch } from "../contract/knowledge.ts";
import type { Passage } from "../domain/chat.ts";
import { placeOf } from "../domain/page.ts";
import { onlyOwnerOf, ownerOf, readerOf, type TenantPrincipal } from "../domain/principal.ts";
import type { Reader } from "../domain/reader.ts";
import { Fault } from "../kernel/fault.ts";
import { collectionIds, type FileId, type TenantId } from "../kernel/ids.ts";
import { JSON_BODY_BYTES_MAX, TOP_K_DEFAULT } from "../kernel/limits.ts";
import { parseWireFileId, toWireFileId } from "../ingest/index.ts";
import type { CollectionFileRecord, CollectionFileStatus } from "../store/collection-files.ts";
import type { CollectionRecord } from "../store/collections.ts";
import type { Page, PageAsk } from "../store/files.ts";
import { readJson } from "./body.ts";
import { paramOf, tenantEndpoint, type Endpoint } from "./endpoint.ts";
import { fileIdOf, readFilePage, toCursor, toWireList } from "./files.ts";
import { readQuery } from "./query.ts";

type Attributes = CollectionFileRecord["attributes"];

export type VectorStoreDeps = {
  createCollection(
    tenantId: TenantId,
    ask: { name?: string | undefined; metadata?: Readonly<Record<string, string>> | undefined; owner?: string | undefined },
  ): Promise<CollectionRecord>;
  /** By name or id. Throws `collection_unknown`; `onlyOwner`: for another's, too. */
  getCollection(tenantId: TenantId, nameOrId: string, onlyOwner?: string): Promise<CollectionRecord>;
  getFile(tenantId: TenantId, id: FileId, onlyOwner?: string): Promise<unknown>;
  listCollections(tenantId: TenantId, ask: PageAsk & { onlyOwner?: string | undefined }): Promise<Page<CollectionRecord>>;
  deleteCollection(tenantId: TenantId, nameOrId: string): Promise<CollectionRecord>;
  addFileToCollection(tenantId: TenantId, nameOrId: string, fileId: FileId, attributes: Attributes): Promise<CollectionFileRecord>;
  listCollectionFiles(
    tenantId: TenantId,
    nameOrId: string,
    ask: PageAsk & { status?: CollectionFileStatus | undefined },
  ): Promise<Page<CollectionFileRecord>>;
  getCollectionFile(tenantId: TenantId, nameOrId: string, fileId: FileId): Promise<CollectionFileRecord>;
  removeFileFromCollection(tenantId: TenantId, nameOrId: string, fileId: FileId): Promise<void>;
  searchCollection(
    tenantId: TenantId,
    ask: { collection: string; query: string; topK: number; reader: Reader },
  ): Promise<readonly (Passage & { readonly attributes: Attributes })[]>;
};

const AT = "/v1/vector_stores";

export function vectorStores(deps: VectorStoreDeps): Endpoint[] {
  return [...stores(deps), ...storeFiles(deps), search(deps)];
}

function stores(deps: VectorStoreDeps): Endpoint[] {
  return [
    tenantEndpoint("POST", AT, "collections.write", async ({ request, who }) => {
      const body = await readJson(request, vectorStoreCreate, JSON_BODY_BYTES_MAX);
      const made = await deps.createCollection(who.tenant.id, {
        name: body.name,
        metadata: body.metadata ?? undefined,
        owner: ownerOf(who),
      });
      for (const raw of body.file_ids ?? []) await checkOwn(deps, who, undefined, needFileId(raw, "file_ids"));
      for (const raw of body.file_ids ?? []) await deps.addFileToCollection(who.tenant.id, made.id, needFileId(raw, "file_ids"), {});
      return Response.json(toWire(body.file_ids === undefined ? made : await deps.getCollection(who.tenant.id, made.id)));
    }),
    tenantEndpoint("GET", AT, "collections.read", async ({ query, who }) =>
      Response.json(
        toWireList(await deps.listCollections(who.tenant.id, { ...readStorePage(query), onlyOwner: onlyOwnerOf(who) }), toWire),
      ),
    ),
    tenantEndpoint("GET", `${AT}/:store`, "collections.read", async (asked) =>
      Response.json(toWire(await deps.getCollection(asked.who.tenant.id, paramOf(asked, "store"), onlyOwnerOf(asked.who)))),
    ),
    tenantEndpoint("DELETE", `${AT}/:store`, "collections.write", async (asked) => {
      await checkOwn(deps, asked.who, paramOf(asked, "store"));
      const { id } = await deps.deleteCollection(asked.who.tenant.id, paramOf(asked, "store"));
      return Response.json({ id, object: "vector_store.deleted", deleted: true });
    }),
  ];
}

function storeFiles(deps: VectorStoreDeps): Endpoint[] {
  const at = `${AT}/:store/files`;
  return [
    tenantEndpoint("POST", at, "collections.write", async (asked) => {
      const body = await readJson(asked.request, vectorStoreFileCreate, JSON_BODY_BYTES_MAX);
      const tenantId = asked.who.tenant.id;
      const store = paramOf(asked, "store");
      await checkOwn(deps, asked.who, store, needFileId(body.file_id, "file_id"));
      const added = await deps.addFileToCollection(tenantId, store, needFileId(body.file_id, "file_id"), body.attributes ?? {});
      return Response.json(toWireFile(added));
    }),
    tenantEndpoint("GET", at, "collections.read", async (asked) => {
      const { filter, ...page } = readFilePage(asked.query);
      const tenantId = asked.who.tenant.id;
      const store = paramOf(asked, "store");
      await checkOwn(deps, asked.who, store);
      return Response.json(toWireList(await deps.listCollectionFiles(tenantId, store, { ...page, status: filter }), toWireFile));
    }),
    tenantEndpoint("GET", `${at}/:file`, "collections.read", async (asked) => {
      const tenantId = asked.who.tenant.id;
      const store = paramOf(asked, "store");
      await checkOwn(deps, asked.who, store);
      return Response.json(toWireFile(await deps.getCollectionFile(tenantId, store, fileIdOf(asked, "file"))));
    }),
    tenantEndpoint("DELETE", `${at}/:file`, "collections.write", async (asked) => {
      const tenantId = asked.who.tenant.id;
      const store = paramOf(asked, "store");
      const id = fileIdOf(asked, "file");
      await checkOwn(deps, asked.who, store);
      await deps.removeFileFromCollection(tenantId, store, id);
      return Response.json({ id: toWireFileId(id), object: "vector_store.file.deleted", deleted: true });
    }),
  ];
}

function search(deps: VectorStoreDeps): Endpoint {
  return tenantEndpoint("POST", `${AT}/:store/search`, "collections.read", async (asked) => {
    const body = await readJson(asked.request, vectorStoreSearch, JSON_BODY_BYTES_MAX);
    const tenantId = asked.who.tenant.id;
    const queries = typeof body.query === "string" ? [body.query] : body.query;
    await checkOwn(deps, asked.who, paramOf(asked, "store"));
    const found = await deps.searchCollection(tenantId, {
      collection: paramOf(asked, "store"),
      query: queries.join(" "),
      topK: body.max_num_results ?? TOP_K_DEFAULT,
      reader: readerOf(asked.who),
    });
    const data = found.map((passage) => {
      const place = placeOf(passage.pages, passage);
      return {
        file_id: toWireFileId(passage.fileId),
        filename: passage.filename,
        score: toUnit(passage.score),
        attributes: passage.attributes,
        content: [{ type: "text", text: passage.text }],
        ...(place === undefined ? {} : { place }),
      };
    });
    return Response.json({ object: "vector_store.search_results.page", search_query: queries, data, has_more: false, next_page: null });
  });
}

/** Who sees only what they made: others' collections and files are as if they were not there. Nobody else waits for this. */
async function checkOwn(
  deps: Pick<VectorStoreDeps, "getCollection" | "getFile">,
  who: TenantPrincipal,
  collection: string | undefined,
  file?: FileId,
): Promise<void> {
  const only = onlyOwnerOf(who);
  if (only === undefined) return;
  if (collection !== undefined) await deps.getCollection(who.tenant.id, collection, only);
  if (file !== undefined) await deps.getFile(who.tenant.id, file, only);
}

/** OpenAI's scores end at 1; BM25's have no end. The order stays. */
const toUnit = (score: number): number => (score <= 0 ? 0 : score / (1 + score));

const parseId = (raw: string) => (collectionIds.is(raw) ? raw : undefined);

function readStorePage(query: URLSearchParams) {
  const page = readQuery(query, openaiPage);
  return { ...page, after: toCursor("after", page.after, parseId), before: toCursor("before", page.before, parseId) };
}

function needFileId(raw: string, param: string): FileId {
  const id = parseWireFileId(raw);
  if (id === undefined) throw new Fault("not_found", { param, say: "The file does not exist." });
  return id;
}

function toWire(collection: CollectionRecord) {
  const counts = collection.fileCounts;
  return {
    id: collection.id,
    object: "vector_store",
    created_at: Math.floor(collection.createdAtMs / 1000),
    name: collection.name,
    usage_bytes: collection.usageBytes,
    file_counts: {
      in_progress: counts.inProgress,
      completed: counts.completed,
      failed: counts.failed,
      cancelled: counts.cancelled,
      total: counts.total,
    },
    status: counts.inProgress > 0 ? "in_progress" : "completed",
    expires_at: null,
    last_active_at: Math.floor(collection.activeAtMs / 1000),
    metadata: collection.metadata,
  };
}

function toWireFile(file: CollectionFileRecord) {
  return {
    id: toWireFileId(file.fileId),
    object: "vector_store.file",
    usage_bytes: file.usageBytes,
    created_at: Math.floor(file.createdAtMs / 1000),
    vector_store_id: file.collectionId,
    status: file.status,
    last_error: file.lastError ?? null,
    attributes: file.attributes,
    ...(file.judgement === undefined ? {} : { weir: file.judgement }),
    chunking_strategy: { type: "static", static: { max_chunk_size_tokens: 512, chunk_overlap_tokens: 128 } },
  };
}
