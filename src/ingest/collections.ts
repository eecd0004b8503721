import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { collectionIds } from "../kernel/ids.ts";
import type { TenantId } from "../kernel/ids.ts";
import { findCollection, hideCollection, insertCollection, listCollections, updateCollection } from "../store/collections.ts";
import type { CollectionRecord } from "../store/collections.ts";
import type { Page, PageAsk } from "../store/files.ts";
import type { Database } from "../store/index.ts";
import { isUniqueViolation } from "../store/index.ts";

/** OpenAI's own limit for names. */
const NAME_CHARS_MAX = 256;

export type NewCollectionAsk = {
  readonly name?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly owner?: string | undefined;
};
export type CollectionsDeps = { readonly db: Database; readonly clock: Clock; readonly cleanSoon: () => void };

/** A tenant's sets of documents. They are named by name or id alike. */
export function createCollections({ db, clock, cleanSoon }: CollectionsDeps) {
  async function getCollection(tenantId: TenantId, nameOrId: string, onlyOwner?: string): Promise<CollectionRecord> {
    const found = await findCollection(db, tenantId, nameOrId, onlyOwner);
    if (found === undefined) throw new Fault("collection_unknown");
    return found;
  }

  return {
    getCollection,
    /** Without a name the id is the name. Throws conflict where the tenant has one of that name. */
    async createCollection(tenantId: TenantId, ask: NewCollectionAsk): Promise<CollectionRecord> {
      const nowMs = clock.nowMs();
      const id = collectionIds.make(nowMs);
      const name = ask.name === undefined || ask.name === "" ? id : checkName(ask.name);
      await refuseTaken(insertCollection(db, tenantId, { id, name, metadata: ask.metadata ?? {}, createdAtMs: nowMs, owner: ask.owner }));
      return await getCollection(tenantId, id);
    },
    /** Changes what is given. Throws conflict where another collection has the name. */
    async updateCollection(tenantId: TenantId, nameOrId: string, ask: NewCollectionAsk): Promise<CollectionRecord> {
      const { id } = await getCollection(tenantId, nameOrId);
      const name = ask.name === undefined ? undefined : checkName(ask.name);
      await refuseTaken(updateCollection(db, tenantId, id, { name, metadata: ask.metadata }));
      return await getCollection(tenantId, id);
    },
    listCollections: (
      tenantId: TenantId,
      ask: PageAsk & { readonly onlyOwner?: string | undefined } = {},
    ): Promise<Page<CollectionRecord>> => listCollections(db, tenantId, ask),
    /** Nothing finds it from the moment that this returns, and its name is free. Its files stay. */
    async deleteCollection(tenantId: TenantId, nameOrId: string): Promise<CollectionRecord> {
      const found = await getCollection(tenantId, nameOrId);
      if (!(await hideCollection(db, tenantId, found.id, new Date(clock.nowMs())))) throw new Fault("collection_unknown");
      cleanSoon();
      return found;
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
