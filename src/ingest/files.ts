import { createHash } from "node:crypto";
import type { Viewer } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { fileIds } from "../kernel/ids.ts";
import type { FileId, TenantId } from "../kernel/ids.ts";
import { FILE_BYTES_MAX } from "../kernel/limits.ts";
import type { ObjectStore } from "../object/index.ts";
import { detachFile, findCollectionsOf } from "../store/documents.ts";
import { findFile, hideFile, insertFile, listFiles } from "../store/files.ts";
import type { FileRecord, Page, PageAsk } from "../store/files.ts";
import type { Database } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import { removeFile } from "./clean.ts";

/** What file systems allow, and enough for a title. */
const FILENAME_CHARS_MAX = 255;

export type NewFile = {
  readonly filename: string;
  readonly purpose: string;
  readonly bytes: Uint8Array;
  readonly owner?: string | undefined;
  /** Until it stands in a collection it is its owner's alone. */
  readonly ownerOnly?: boolean | undefined;
};
export type FilesDeps = {
  readonly db: Database;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  /** Told when something was deleted that has to be cleaned away. */
  readonly cleanSoon: () => void;
};

/** What a tenant has uploaded. */
export function createFiles({ db, objects, clock, cleanSoon }: FilesDeps) {
  async function getFile(tenantId: TenantId, id: FileId, viewer?: Viewer): Promise<FileRecord> {
    const file = await findFile(db, tenantId, id, viewer);
    if (file === undefined) throw new Fault("not_found", { say: "The file does not exist." });
    return file;
  }

  return {
    /** The object first, then its row: a row always has its bytes. Throws body_too_large or body_invalid. */
    async createFile(tenantId: TenantId, made: NewFile): Promise<FileRecord> {
      if (made.bytes.length > FILE_BYTES_MAX) {
        throw new Fault("body_too_large", { say: `The file is larger than ${FILE_BYTES_MAX} bytes.`, param: "file" });
      }
      const nowMs = clock.nowMs();
      const id = fileIds.make(nowMs);
      const file: FileRecord = {
        id,
        filename: checkFilename(made.filename),
        purpose: made.purpose,
        bytes: made.bytes.length,
        sha256: createHash("sha256").update(made.bytes).digest("hex"),
        objectKey: `files/${id}`,
        createdAtMs: nowMs,
      };
      await objects.putObject(tenantId, file.objectKey, made.bytes);
      try {
        await insertFile(db, tenantId, file, made);
      } catch (error) {
        await objects.deleteObject(tenantId, file.objectKey);
        throw error;
      }
      return file;
    },
    getFile,
    listFiles: (
      tenantId: TenantId,
      ask: PageAsk & { readonly purpose?: string | undefined } = {},
      viewer?: Viewer,
    ): Promise<Page<FileRecord>> => listFiles(db, tenantId, ask, viewer),
    async readFile(tenantId: TenantId, id: FileId, viewer?: Viewer): Promise<{ readonly file: FileRecord; readonly bytes: Uint8Array }> {
      const file = await getFile(tenantId, id, viewer);
      const bytes = await objects.getObject(tenantId, file.objectKey);
      if (bytes === undefined) throw new Fault("not_found", { say: "The file does not exist." });
      return { file, bytes };
    },
    /** Nothing finds it or quotes it from the moment that this returns, in no collection. */
    async deleteFile(tenantId: TenantId, id: FileId, viewer?: Viewer): Promise<void> {
      const file = await getFile(tenantId, id, viewer);
      const now = new Date(clock.nowMs());
      const hidden = await db.transaction(tenantScope(tenantId), async (tx) => {
        if (!(await hideFile(tx, id, now))) return false;
        for (const collectionId of await findCollectionsOf(tx, id)) await detachFile(tx, collectionId, id, now);
        return true;
      });
      if (!hidden) throw new Fault("not_found", { say: "The file does not exist." });
      cleanSoon();
      await removeFile({ db, objects }, tenantId, file);
    },
  };
}

/** Only its last segment: a path tells about its owner's machine, and is of no use here. */
function checkFilename(filename: string): string {
  const name = filename.replace(/^.*[/\\]/, "").trim();
  if (name === "" || name.length > FILENAME_CHARS_MAX || /\p{Cc}/u.test(name)) {
    throw new Fault("body_invalid", {
      say: `The file needs a name of at most ${FILENAME_CHARS_MAX} characters, without control characters.`,
      param: "file",
    });
  }
  return name;
}
