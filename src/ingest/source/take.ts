import type { Attributes } from "../../domain/access.ts";
import { baseName } from "../../domain/file-kind.ts";
import { Fault } from "../../kernel/fault.ts";
import type { FileId, TenantId } from "../../kernel/ids.ts";
import { countUnderWay } from "../../store/file-progress.ts";
import type { Database } from "../../store/index.ts";
import { listStrays, putItem, type SourceItem } from "../../store/sources.ts";
import type { NewFile } from "../files.ts";
import { DocumentProblem, type SourceEntry } from "./connector.ts";
import type { Run } from "./run.ts";

/** Files of a collection that may be on their way before a connector waits: the index, or the model behind it, is slower than the place. */
export const UNDER_WAY_MAX = 32;
const LOOK_MS = 500;
/** What a new version has not replaced by then goes all the same: it is not what the place holds. */
const SETTLE_MS_MAX = 1_800_000;
/** OpenAI's limit for one attribute. */
const ATTRIBUTE_CHARS_MAX = 512;

export type TakeDeps = {
  readonly db: Database;
  readonly createFile: (tenantId: TenantId, made: NewFile) => Promise<{ readonly id: FileId }>;
  readonly addFileToCollection: (tenantId: TenantId, nameOrId: string, fileId: FileId, attributes: Attributes) => Promise<unknown>;
  readonly deleteFile: (tenantId: TenantId, id: FileId) => Promise<void>;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** Whose the files of a source are: so those that a run left behind are found. */
const ownerOf = (source: string): string => `source:${source}`;

async function dropFile(deps: TakeDeps, tenantId: TenantId, fileId: FileId | undefined): Promise<void> {
  if (fileId === undefined) return;
  await deps.deleteFile(tenantId, fileId).catch((error: unknown) => {
    // Somebody has deleted it.
    if (!(error instanceof Fault) || error.code !== "not_found") throw error;
  });
}

/** Waits while so many files of the collection are on their way. */
async function waitForRoom(
  { db, wait }: TakeDeps,
  { tenantId, collectionId, signal }: Run,
  { most, waitsMax = Number.POSITIVE_INFINITY }: { readonly most: number; readonly waitsMax?: number },
): Promise<void> {
  for (let waits = 0; waits < waitsMax && (await countUnderWay(db, tenantId, collectionId)) >= most; waits++) {
    await wait(LOOK_MS, signal);
    signal.throwIfAborted();
  }
}

/** Reads a document and gives it to the index. undefined: it has gone since it was listed. */
async function bring(deps: TakeDeps, run: Run, entry: Extract<SourceEntry, { kind: "item" }>): Promise<FileId | undefined> {
  const { tenantId, spec, collectionId, connector, signal } = run;
  if (entry.bytes > spec.fileBytesMax) throw new DocumentProblem(`It is longer than ${spec.fileBytesMax} bytes.`);
  await waitForRoom(deps, run, { most: UNDER_WAY_MAX });
  const bytes = await connector.read(entry, spec.fileBytesMax, signal);
  if (bytes === undefined) return undefined;
  const path = entry.key.length <= ATTRIBUTE_CHARS_MAX ? { path: entry.key } : {};
  const attributes = { ...spec.attributes, ...path, source: spec.name };
  // Whom it is for is said where it goes into the collection: until then, and where that fails, it is nobody's to see.
  const whose = { owner: ownerOf(spec.name), ownerOnly: true };
  const { id } = await deps.createFile(tenantId, { filename: baseName(entry.key), purpose: "user_data", bytes, ...whose });
  await deps.addFileToCollection(tenantId, collectionId, id, attributes);
  return id;
}

/** One document of a place, and its way into the collection. */
export function createTake(deps: TakeDeps) {
  const { db } = deps;

  async function refuse(run: Run, entry: SourceEntry, known: SourceItem | undefined, why: string): Promise<void> {
    const { tenantId, spec, collectionId } = run;
    run.counts.refused += 1;
    const etag = entry.kind === "item" ? entry.etag : "";
    await putItem(db, tenantId, spec.name, { key: entry.key, etag, bytes: 0, collectionId, fileId: undefined, error: why, run: run.run });
    await dropFile(deps, tenantId, known?.fileId);
  }

  async function takeItem(run: Run, entry: Extract<SourceEntry, { kind: "item" }>, known: SourceItem | undefined): Promise<void> {
    const { tenantId, spec, collectionId } = run;
    const fileId = await bring(deps, run, entry);
    // What has gone is found missing when all has been seen.
    if (fileId === undefined) return;
    const { key, etag, bytes } = entry;
    await putItem(db, tenantId, spec.name, { key, etag, bytes, collectionId, fileId, error: undefined, run: run.run });
    run.counts[known?.fileId === undefined ? "added" : "changed"] += 1;
    if (known?.fileId !== undefined) run.replaced.push(known.fileId);
  }

  return {
    drop: (tenantId: TenantId, fileId: FileId | undefined) => dropFile(deps, tenantId, fileId),
    async one(run: Run, entry: SourceEntry, known: SourceItem | undefined): Promise<void> {
      if (entry.kind === "refused") return await refuse(run, entry, known, entry.why);
      try {
        return await takeItem(run, entry, known);
      } catch (error) {
        const why = reasonOf(error);
        if (why === undefined) throw error;
        return await refuse(run, entry, known, why);
      }
    },
    /** The versions before are found until those that take their place are. */
    async settle(run: Run): Promise<void> {
      if (run.replaced.length > 0) await waitForRoom(deps, run, { most: 1, waitsMax: SETTLE_MS_MAX / LOOK_MS });
      for (const fileId of run.replaced) await dropFile(deps, run.tenantId, fileId);
    },
    /** What a run that was cut off left behind. */
    async dropStrays(tenantId: TenantId, source: string): Promise<void> {
      for (let strays = await listStrays(db, tenantId, source, ownerOf(source)); strays.length > 0;) {
        for (const fileId of strays) await dropFile(deps, tenantId, fileId);
        strays = await listStrays(db, tenantId, source, ownerOf(source));
      }
    },
  };
}

/** undefined: it is not the document that is at fault. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof DocumentProblem) return error.message;
  return error instanceof Fault && (error.code === "body_invalid" || error.code === "body_too_large") ? error.message : undefined;
}
