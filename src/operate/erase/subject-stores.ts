import type { TenantId } from "../../kernel/ids.ts";
import { endUserDigest, firstEndUserDigest, subjectIdOf } from "../../record/index.ts";
import { countEventsWith, listCollectionsOf, listFilesOf } from "../../store/attributed.ts";
import { findSubjectSalt, forgetSubject } from "../../store/subjects.ts";
import { countSubjectRows, deleteSubjectRows, listTenantTables, type SubjectNames } from "../../store/tenant-rows.ts";
import { findDigestSalt } from "../../store/tenants.ts";
import type { ErasureDeps, ErasureStore } from "./spec.ts";

/** What deleting a file or a collection deletes rows from: its name, its passages, its words. */
const KNOWLEDGE_TABLES = ["files", "collections", "collection_files", "documents", "chunks", "postings"] as const;

/** How an end user is named in what is kept. Known before the salt goes; afterwards nobody could tell. */
export type Subject = SubjectNames & {
  readonly endUser: string;
  /** Under the tenant's salt, as records of before version 0.2 have it. It stays linkable for whoever holds that salt. */
  readonly firstDigest: string;
};

/** undefined: the tenant is gone, and the end user with it. */
export async function findSubject({ db }: Pick<ErasureDeps, "db">, tenantId: TenantId, endUser: string): Promise<Subject | undefined> {
  const tenantSalt = await findDigestSalt(db, tenantId);
  if (tenantSalt === undefined) return undefined;
  const row = subjectIdOf(tenantSalt, endUser);
  const salt = await findSubjectSalt(db, tenantId, row);
  const digest = salt === undefined ? undefined : endUserDigest(salt, endUser);
  const firstDigest = firstEndUserDigest(tenantSalt, endUser);
  return { endUser, row, firstDigest, digests: [firstDigest, ...(digest === undefined ? [] : [digest])] };
}

/** Everything of one end user of a tenant. */
export async function listSubjectStores(deps: ErasureDeps, tenantId: TenantId, subject: Subject): Promise<readonly ErasureStore[]> {
  const { db, content, knowledge } = deps;
  const isTheirs = ({ endUser }: { readonly endUser: string | undefined }): boolean =>
    endUser !== undefined && subject.digests.includes(endUser);
  const tables = (await listTenantTables(db)).filter((table) => table.subjectColumns.length > 0);
  /** A call after the erasure makes a new salt: that one is no part of it. */
  const hasSalt = async (): Promise<boolean> => {
    const salt = await findSubjectSalt(db, tenantId, subject.row);
    return salt !== undefined && subject.digests.includes(endUserDigest(salt, subject.endUser));
  };
  return [
    {
      name: "table subjects",
      tables: ["subjects"],
      first: true,
      count: async () => ((await hasSalt()) ? 1 : 0),
      async erase() {
        if (await hasSalt()) await forgetSubject(db, tenantId, subject.row);
        deps.forget({ kind: "subject", tenantId, id: subject.row });
      },
    },
    ...listRecords(deps, tenantId, subject),
    {
      name: "chat logs",
      count: () => content.files.count(tenantId, isTheirs),
      async erase() {
        for await (const key of content.files.list(tenantId)) await content.files.keepOnly(tenantId, key, (line) => !isTheirs(line));
      },
    },
    {
      name: "files",
      tables: KNOWLEDGE_TABLES,
      count: async () => (await listFilesOf(db, tenantId, subject.endUser)).length,
      async erase() {
        for (const id of await listFilesOf(db, tenantId, subject.endUser)) await knowledge.deleteFile(tenantId, id);
        await knowledge.cleaned();
      },
    },
    {
      name: "collections",
      tables: KNOWLEDGE_TABLES,
      count: async () => (await listCollectionsOf(db, tenantId, subject.endUser)).length,
      async erase() {
        for (const id of await listCollectionsOf(db, tenantId, subject.endUser)) await knowledge.deleteCollection(tenantId, id);
        await knowledge.cleaned();
      },
    },
    ...tables.map((table) => ({
      name: `table ${table.name}`,
      tables: [table.name],
      count: () => countSubjectRows(db, table, tenantId, subject),
      erase: () => deleteSubjectRows(db, table, tenantId, subject),
    })),
  ];
}

/** Events stay: what they say of the end user is a digest. */
function listRecords({ db }: ErasureDeps, tenantId: TenantId, { digests, firstDigest }: Subject): readonly ErasureStore[] {
  let counted: Promise<ReadonlyMap<string, number>> | undefined;
  /** Read from end to end once for both. */
  const eventsWith = async (wanted: readonly string[]): Promise<number> => {
    const found = await (counted ??= countEventsWith(db, tenantId, digests));
    return wanted.reduce((sum, digest) => sum + (found.get(digest) ?? 0), 0);
  };
  const nothing = { count: async () => 0, erase: async () => undefined };
  return [
    {
      name: "table events",
      ...nothing,
      remains: {
        what: "events with the end user's digest under the salt that is gone: nobody can tie them to a person any more",
        count: () => eventsWith(digests.filter((digest) => digest !== firstDigest)),
      },
    },
    {
      name: "table events, of before version 0.2",
      ...nothing,
      remains: {
        what: "events whose digest was made under the tenant's one salt: who holds that salt and the name can still tie them, until retention.eventMonths deletes them",
        count: () => eventsWith([firstDigest]),
      },
    },
  ];
}
