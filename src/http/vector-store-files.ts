import { contentPage, fileBatchCreate, vectorStoreFileCreate, vectorStoreFilePage, vectorStoreFileUpdate } from "../contract/knowledge.ts";
import type { Attributes } from "../domain/access.ts";
import type { Chunking } from "../domain/collection.ts";
import { viewerOf, type TenantPrincipal, type Viewer } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { batchIds, type BatchId, type FileId, type TenantId } from "../kernel/ids.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { parseWireFileId, toWireFileId } from "../ingest/index.ts";
import type { CollectionFilePage, CollectionFileRecord, CollectionFileStatus } from "../store/collection-files.ts";
import type { FileBatch } from "../store/file-batches.ts";
import type { Page, PageAsk } from "../store/files.ts";
import { readJson } from "./body.ts";
import { paramOf, tenantEndpoint, type Asked, type Endpoint } from "./endpoint.ts";
import { fileChunks, type FileChunksDeps } from "./file-chunks.ts";
import { fileIdOf, needFileId, readFilePage, toCursor, toWireList } from "./files.ts";
import { readQuery } from "./query.ts";
import { toChunking, toWireCounts, toWireFile } from "./vector-store-wire.ts";

type FilePage = PageAsk & { readonly status?: CollectionFileStatus | undefined };
type BatchFile = {
  readonly fileId: FileId;
  readonly attributes?: Attributes | undefined;
  readonly chunking?: Chunking | undefined;
  readonly param: string;
};

/** Each throws `collection_unknown` or `not_found` for what the viewer may not find. */
export type VectorStoreFileDeps = FileChunksDeps & {
  addFileToCollection(
    tenantId: TenantId,
    nameOrId: string,
    fileId: FileId,
    attributes: Attributes,
    options: { chunking?: Chunking | undefined; viewer: Viewer },
  ): Promise<CollectionFileRecord>;
  listCollectionFiles(
    tenantId: TenantId,
    nameOrId: string,
    ask: Omit<CollectionFilePage, "batch">,
    viewer: Viewer,
  ): Promise<Page<CollectionFileRecord>>;
  getCollectionFile(tenantId: TenantId, nameOrId: string, fileId: FileId, viewer: Viewer): Promise<CollectionFileRecord>;
  updateCollectionFile(tenantId: TenantId, nameOrId: string, fileId: FileId, to: Attributes, viewer: Viewer): Promise<CollectionFileRecord>;
  readCollectionFile(
    tenantId: TenantId,
    nameOrId: string,
    fileId: FileId,
    after: number,
    viewer: Viewer,
  ): Promise<{ readonly texts: readonly string[]; readonly next: number | undefined }>;
  removeFileFromCollection(tenantId: TenantId, nameOrId: string, fileId: FileId, viewer: Viewer): Promise<void>;
  createFileBatch(tenantId: TenantId, nameOrId: string, files: readonly BatchFile[], viewer: Viewer): Promise<FileBatch>;
  getFileBatch(tenantId: TenantId, nameOrId: string, id: BatchId, viewer: Viewer): Promise<FileBatch>;
  cancelFileBatch(tenantId: TenantId, nameOrId: string, id: BatchId, viewer: Viewer): Promise<FileBatch>;
  listBatchFiles(tenantId: TenantId, nameOrId: string, id: BatchId, ask: FilePage, viewer: Viewer): Promise<Page<CollectionFileRecord>>;
};

const AT = "/v1/vector_stores/:store";

/** Who asks, of what. */
const placeOf = (asked: Asked<TenantPrincipal>) => [asked.who.tenant.id, paramOf(asked, "store")] as const;

export function vectorStoreFiles(deps: VectorStoreFileDeps): Endpoint[] {
  return [...ofStore(deps), ...ofFile(deps), fileChunks(deps), ...batches(deps)];
}

function ofStore(deps: VectorStoreFileDeps): Endpoint[] {
  return [
    tenantEndpoint("POST", `${AT}/files`, "collections.write", async (asked) => {
      const body = await readJson(asked.request, vectorStoreFileCreate, JSON_BODY_BYTES_MAX);
      const options = { chunking: toChunking(body.chunking_strategy), viewer: viewerOf(asked.who) };
      const file = needFileId(body.file_id, "file_id");
      return Response.json(toWireFile(await deps.addFileToCollection(...placeOf(asked), file, body.attributes ?? {}, options)));
    }),
    tenantEndpoint("GET", `${AT}/files`, "collections.read", async (asked) => {
      const { filter: status, after, before, ...page } = readQuery(asked.query, vectorStoreFilePage);
      const cursors = { after: toCursor("after", after, parseWireFileId), before: toCursor("before", before, parseWireFileId) };
      const found = await deps.listCollectionFiles(...placeOf(asked), { ...page, ...cursors, status }, viewerOf(asked.who));
      return Response.json(toWireList(found, toWireFile));
    }),
  ];
}

function ofFile(deps: VectorStoreFileDeps): Endpoint[] {
  const at = `${AT}/files/:file`;
  return [
    tenantEndpoint("GET", at, "collections.read", async (asked) =>
      Response.json(toWireFile(await deps.getCollectionFile(...placeOf(asked), fileIdOf(asked, "file"), viewerOf(asked.who)))),
    ),
    tenantEndpoint("POST", at, "collections.write", async (asked) => {
      const { attributes } = await readJson(asked.request, vectorStoreFileUpdate, JSON_BODY_BYTES_MAX);
      const file = fileIdOf(asked, "file");
      return Response.json(toWireFile(await deps.updateCollectionFile(...placeOf(asked), file, attributes ?? {}, viewerOf(asked.who))));
    }),
    tenantEndpoint("GET", `${at}/content`, "collections.read", async (asked) => {
      const { page } = readQuery(asked.query, contentPage);
      const { texts, next } = await deps.readCollectionFile(...placeOf(asked), fileIdOf(asked, "file"), page, viewerOf(asked.who));
      return Response.json({
        object: "vector_store.file_content.page",
        data: texts.map((text) => ({ type: "text", text })),
        has_more: next !== undefined,
        next_page: next === undefined ? null : String(next),
      });
    }),
    tenantEndpoint("DELETE", at, "collections.write", async (asked) => {
      const id = fileIdOf(asked, "file");
      await deps.removeFileFromCollection(...placeOf(asked), id, viewerOf(asked.who));
      return Response.json({ id: toWireFileId(id), object: "vector_store.file.deleted", deleted: true });
    }),
  ];
}

function batches(deps: VectorStoreFileDeps): Endpoint[] {
  const at = `${AT}/file_batches`;
  return [
    tenantEndpoint("POST", at, "collections.write", async (asked) => {
      const { files = [], file_ids: ids = [], ...all } = await readJson(asked.request, fileBatchCreate, JSON_BODY_BYTES_MAX);
      const shared = { attributes: all.attributes ?? {}, chunking: toChunking(all.chunking_strategy) };
      const wanted = [
        ...ids.map((raw, place) => ({ ...shared, fileId: needFileId(raw, `file_ids[${place}]`), param: `file_ids[${place}]` })),
        ...files.map((file, place) => ({
          fileId: needFileId(file.file_id, `files[${place}].file_id`),
          attributes: file.attributes ?? shared.attributes,
          chunking: toChunking(file.chunking_strategy) ?? shared.chunking,
          param: `files[${place}]`,
        })),
      ];
      return Response.json(toWireBatch(await deps.createFileBatch(...placeOf(asked), wanted, viewerOf(asked.who))));
    }),
    tenantEndpoint("GET", `${at}/:batch`, "collections.read", async (asked) =>
      Response.json(toWireBatch(await deps.getFileBatch(...placeOf(asked), batchIdOf(asked), viewerOf(asked.who)))),
    ),
    tenantEndpoint("POST", `${at}/:batch/cancel`, "collections.write", async (asked) =>
      Response.json(toWireBatch(await deps.cancelFileBatch(...placeOf(asked), batchIdOf(asked), viewerOf(asked.who)))),
    ),
    tenantEndpoint("GET", `${at}/:batch/files`, "collections.read", async (asked) => {
      const { filter: status, ...page } = readFilePage(asked.query);
      const found = await deps.listBatchFiles(...placeOf(asked), batchIdOf(asked), { ...page, status }, viewerOf(asked.who));
      return Response.json(toWireList(found, toWireFile));
    }),
  ];
}

/** What is no batch's id is a batch that does not exist. */
function batchIdOf(asked: Asked<TenantPrincipal>): BatchId {
  const raw = paramOf(asked, "batch");
  if (!batchIds.is(raw)) throw new Fault("not_found", { say: "There is no such batch of files in the collection." });
  return raw;
}

const toWireBatch = ({ id, collectionId, createdAtMs, cancelled, fileCounts }: FileBatch) => ({
  id,
  object: "vector_store.files_batch",
  created_at: Math.floor(createdAtMs / 1000),
  vector_store_id: collectionId,
  status: fileCounts.inProgress > 0 ? "in_progress" : cancelled ? "cancelled" : "completed",
  file_counts: toWireCounts(fileCounts),
});
