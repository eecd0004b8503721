import { isProblem, readAccess, type Access, type Attributes } from "../domain/access.ts";
import type { Chunking } from "../domain/collection.ts";
import type { Viewer } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { FileId, TenantId } from "../kernel/ids.ts";
import { attachFiles, findCollectionFile, findHidden, listCollectionFiles, updateAttributes } from "../store/collection-files.ts";
import type { AttachAsk, CollectionFilePage, CollectionFileRecord } from "../store/collection-files.ts";
import { findCollectionId } from "../store/collections.ts";
import { detachFile } from "../store/documents.ts";
import { listDocumentChunks, type ChunkStart, type DocumentChunks } from "../store/document-chunks.ts";
import { readFileText } from "../store/file-text.ts";
import type { FileRecord, Page } from "../store/files.ts";
import type { Database } from "../store/index.ts";
import { isForeignKeyViolation, tenantScope } from "../store/index.ts";
import { isAtOnce } from "./at-once.ts";
import type { IndexFile, Place } from "./index-file.ts";
import { LEASE_MS } from "./indexer.ts";
import { withJudgement, withJudgements } from "./judgements.ts";

export type CollectionFilesDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly getFile: (tenantId: TenantId, id: FileId, viewer?: Viewer) => Promise<FileRecord>;
  readonly indexFile: IndexFile;
  readonly cleanSoon: () => void;
};

const missing = (): Fault => new Fault("not_found", { say: "The file is not in the collection." });
export const fileMissing = (param?: string): Fault =>
  new Fault("not_found", { ...(param === undefined ? {} : { param }), say: "The file does not exist." });

/** A document whose reserved attributes cannot be read is refused, never open. `param`: where the attributes stand in the request. */
export function accessOf(attributes: Attributes, param = "attributes"): Access {
  const read = readAccess(attributes);
  if (!isProblem(read)) return read;
  const at = `${param}.${read.key}`;
  throw new Fault("body_invalid", { param: at, say: `${at}: ${read.say}.` });
}

/** Throws `collection_unknown` where the collection has just gone. */
export async function attach(
  { db, clock }: Pick<CollectionFilesDeps, "db" | "clock">,
  tenantId: TenantId,
  ask: Omit<AttachAsk, "now" | "leaseUntil">,
) {
  const nowMs = clock.nowMs();
  try {
    return await attachFiles(db, tenantId, { ...ask, now: new Date(nowMs), leaseUntil: new Date(nowMs + LEASE_MS) });
  } catch (error) {
    if (isForeignKeyViolation(error)) throw new Fault("collection_unknown");
    throw error;
  }
}

export type AddOptions = { readonly chunking?: Chunking | undefined; readonly viewer?: Viewer | undefined };
export type FileText = { readonly texts: readonly string[]; readonly next: number | undefined };

/** Finds the files of collections. What a viewer may not find is not there for it. */
function createPlaces({ db }: Pick<CollectionFilesDeps, "db">) {
  async function place(tenantId: TenantId, nameOrId: string, fileId: FileId, viewer?: Viewer): Promise<Place> {
    const collectionId = await findCollectionId(db, tenantId, nameOrId, viewer);
    if (collectionId === undefined) throw new Fault("collection_unknown");
    return { tenantId, collectionId, fileId };
  }

  async function get(at: Place, viewer?: Viewer): Promise<CollectionFileRecord> {
    const found = await findCollectionFile(db, at.tenantId, at, viewer);
    if (found === undefined) throw missing();
    return await withJudgement(db, at.tenantId, found);
  }

  return { place, get };
}

/** The files of a collection, and their way into its index. */
export function createCollectionFiles(deps: CollectionFilesDeps) {
  const { db, clock } = deps;
  const { place, get } = createPlaces(deps);

  return {
    ...createReads(deps),
    /** Adding what is there already changes nothing; what had failed is tried again. Read `status` and `lastError` of what comes back. */
    async addFileToCollection(
      tenantId: TenantId,
      nameOrId: string,
      fileId: FileId,
      attributes: Attributes = {},
      { chunking, viewer }: AddOptions = {},
    ): Promise<CollectionFileRecord> {
      const access = accessOf(attributes);
      const at = await place(tenantId, nameOrId, fileId, viewer);
      const file = await deps.getFile(tenantId, fileId, viewer);
      // It is found elsewhere; what is said of it here, and by whom, is not told, and not written over.
      if ((await findHidden(db, tenantId, { collectionId: at.collectionId, fileIds: [fileId] }, viewer)).size > 0) throw fileMissing();
      const [attached] = (await attach(deps, tenantId, { ...at, files: [{ fileId, attributes, access, chunking }] })) ?? [];
      if (attached === undefined) throw fileMissing();
      if (!attached.started) return await withJudgement(db, tenantId, attached.record);
      if (!(await isAtOnce(db, at, file.bytes))) {
        deps.indexFile.soon(at);
        return attached.record;
      }
      await deps.indexFile.now(at);
      return await get(at);
    },
    /** The new attributes hold for every search that begins after this. */
    async updateCollectionFile(
      tenantId: TenantId,
      nameOrId: string,
      fileId: FileId,
      attributes: Attributes,
      viewer?: Viewer,
    ): Promise<CollectionFileRecord> {
      const access = accessOf(attributes);
      const at = await place(tenantId, nameOrId, fileId, viewer);
      await get(at, viewer);
      const found = await updateAttributes(db, tenantId, at, { attributes, access });
      if (found === undefined) throw missing();
      return await withJudgement(db, tenantId, found);
    },
    /** Nothing finds it in this collection from the moment that this returns. The file itself stays. */
    async removeFileFromCollection(tenantId: TenantId, nameOrId: string, fileId: FileId, viewer?: Viewer): Promise<void> {
      const at = await place(tenantId, nameOrId, fileId, viewer);
      await get(at, viewer);
      const now = new Date(clock.nowMs());
      const gone = await db.transaction(tenantScope(tenantId), (tx) => detachFile(tx, at.collectionId, fileId, now));
      if (!gone) throw missing();
      deps.cleanSoon();
    },
  };
}

function createReads({ db }: Pick<CollectionFilesDeps, "db">) {
  const { place, get } = createPlaces({ db });
  return {
    async getCollectionFile(tenantId: TenantId, nameOrId: string, fileId: FileId, viewer?: Viewer): Promise<CollectionFileRecord> {
      return await get(await place(tenantId, nameOrId, fileId, viewer), viewer);
    },
    async listCollectionFiles(
      tenantId: TenantId,
      nameOrId: string,
      ask: Omit<CollectionFilePage, "batch"> = {},
      viewer?: Viewer,
    ): Promise<Page<CollectionFileRecord>> {
      const collectionId = await findCollectionId(db, tenantId, nameOrId, viewer);
      if (collectionId === undefined) throw new Fault("collection_unknown");
      const page = await listCollectionFiles(db, tenantId, collectionId, ask, viewer);
      return { ...page, data: await withJudgements(db, tenantId, collectionId, page.data) };
    },
    /** What it was cut into, in order; what is quarantined without its text. */
    async listFileChunks(
      tenantId: TenantId,
      nameOrId: string,
      fileId: FileId,
      ask: { readonly start: ChunkStart; readonly limit: number },
      viewer?: Viewer,
    ): Promise<DocumentChunks> {
      const at = await place(tenantId, nameOrId, fileId, viewer);
      await get(at, viewer);
      return await listDocumentChunks(db, tenantId, at, ask);
    },
    /** What was made of it, without what is quarantined; `after` is the `next` of the page before. */
    async readCollectionFile(tenantId: TenantId, nameOrId: string, fileId: FileId, after = 0, viewer?: Viewer): Promise<FileText> {
      const at = await place(tenantId, nameOrId, fileId, viewer);
      await get(at, viewer);
      return await readFileText(db, tenantId, at, after);
    },
  };
}
