import type { CollectionAccess } from "../domain/access.ts";
import type { CollectionSettings } from "../domain/collection.ts";
import type { Viewer } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { collectionIds, tenantIds } from "../kernel/ids.ts";
import type { TenantId } from "../kernel/ids.ts";
import { expireCollection, findExpiredCollections, hideCollection } from "../store/collection-end.ts";
import { findCollection, insertCollection, listCollections, updateCollection } from "../store/collections.ts";
import type { CollectionChange, CollectionPage, CollectionRecord } from "../store/collections.ts";
import type { Page } from "../store/files.ts";
import type { Database } from "../store/index.ts";
import { isUniqueViolation } from "../store/index.ts";

/** OpenAI's own limit for names. */
const NAME_CHARS_MAX = 256;

export type NewCollectionAsk = {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly settings?: CollectionSettings | undefined;
  readonly access?: CollectionAccess | undefined;
  readonly owner?: string | undefined;
};
export type CollectionsDeps = { readonly db: Database; readonly clock: Clock; readonly cleanSoon: () => void };

/** A tenant's sets of documents. They are named by name or id alike. What a viewer may not find is unknown to it. */
export function createCollections({ db, clock, cleanSoon }: CollectionsDeps) {
  async function getCollection(tenantId: TenantId, nameOrId: string, viewer?: Viewer): Promise<CollectionRecord> {
    const found = await findCollection(db, tenantId, nameOrId, viewer);
    if (found === undefined) throw new Fault("collection_unknown");
    return found;
  }

  return {
    getCollection,
    /** Without a name the id is the name. Throws conflict where the tenant has one of that name. */
    async createCollection(tenantId: TenantId, { name: asked, metadata = {}, ...rest }: NewCollectionAsk): Promise<CollectionRecord> {
      const nowMs = clock.nowMs();
      const id = collectionIds.make(nowMs);
      const name = asked === undefined || asked === "" ? id : checkName(asked);
      await refuseTaken(insertCollection(db, tenantId, { ...rest, id, name, metadata, createdAtMs: nowMs }));
      return await getCollection(tenantId, id);
    },
    /** Changes what is given. Throws conflict where another collection has the name, `collection_unknown` where the viewer has hidden it from itself. */
    async updateCollection(tenantId: TenantId, nameOrId: string, change: CollectionChange, viewer?: Viewer): Promise<CollectionRecord> {
      const { id } = await getCollection(tenantId, nameOrId, viewer);
      const name = change.name === undefined ? undefined : checkName(change.name);
      await refuseTaken(updateCollection(db, tenantId, id, { ...change, name }));
      return await getCollection(tenantId, id, viewer);
    },
    listCollections: (tenantId: TenantId, ask: CollectionPage = {}, viewer?: Viewer): Promise<Page<CollectionRecord>> =>
      listCollections(db, tenantId, ask, viewer),
    /** Nothing finds it from the moment that this returns, and its name is free. Its files stay. */
    async deleteCollection(tenantId: TenantId, nameOrId: string, viewer?: Viewer): Promise<CollectionRecord> {
      const found = await getCollection(tenantId, nameOrId, viewer);
      if (!(await hideCollection(db, tenantId, found.id, new Date(clock.nowMs())))) throw new Fault("collection_unknown");
      cleanSoon();
      return found;
    },
    /** Deletes those whose time without a use is over. Searches do not find them any more anyway. */
    async expireCollections(): Promise<void> {
      const now = new Date(clock.nowMs());
      for (const { tenantId, id } of await findExpiredCollections(db, now))
        if (await expireCollection(db, tenantIds.parse(tenantId), collectionIds.parse(id), now)) cleanSoon();
    },
  };
}

async function refuseTaken(written: Promise<unknown>): Promise<void> {
  try {
    await written;
  } catch (error) {
    if (!isUniqueViolation(error, "collections_name_key")) throw error;
    throw new Fault("conflict", { say: "There is a collection of that name already.", param: "name" });
  }
}

function checkName(name: string): string {
  const sound = name.length <= NAME_CHARS_MAX && name.trim() === name && !/\p{Cc}/u.test(name);
  // A name in the form of an id would hide the collection that has the id.
  if (sound && !collectionIds.is(name)) return name;
  throw new Fault("body_invalid", {
    say: `A collection's name has at most ${NAME_CHARS_MAX} characters, no blanks around it, and not the form of an id.`,
    param: "name",
  });
}
