import type { TenantPrincipal } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import { findCollectionId } from "../store/collections.ts";
import type { Page } from "../store/files.ts";
import type { Database } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import { deleteHeld, listHeldChunks, releaseHeld, type HeldChunk, type HeldText } from "../store/quarantine.ts";
import { unmarkEmbedded } from "../store/vector-generations.ts";
import { buildSegment } from "./segment.ts";

/** A change by somebody and its entry in the audit log, in one transaction; `work` uses the database that it is given. */
export type Audited = (
  who: TenantPrincipal,
  change: { readonly action: string; readonly resource: string; readonly to: "released" | "deleted" },
  work: (db: Database) => Promise<void>,
) => Promise<void>;

export type QuarantineDeps = { readonly db: Database; readonly clock: Clock; readonly audited: Audited };

const missing = (): Fault => new Fault("not_found", { say: "No such chunk is quarantined." });

/** What a reviewer does with chunks that are held. Throws `collection_unknown` and `not_found`. */
export function createQuarantine({ db, clock, audited }: QuarantineDeps) {
  async function place(tenantId: TenantId, nameOrId: string): Promise<CollectionId> {
    const id = await findCollectionId(db, tenantId, nameOrId);
    if (id === undefined) throw new Fault("collection_unknown");
    return id;
  }

  return {
    /** In order of their numbers; `after` is the last one seen. */
    async listQuarantine(
      tenantId: TenantId,
      nameOrId: string,
      { after, limit }: { readonly after: number; readonly limit: number },
    ): Promise<Page<HeldChunk> & { readonly collectionId: CollectionId }> {
      const collectionId = await place(tenantId, nameOrId);
      const found = await listHeldChunks(db, tenantId, collectionId, { after, limit: limit + 1 });
      return { collectionId, data: found.slice(0, limit), hasMore: found.length > limit };
    },
    /** It is found from the moment that this returns, and no call withholds it. */
    async releaseChunk(who: TenantPrincipal, nameOrId: string, no: number): Promise<void> {
      const tenantId = who.tenant.id;
      const collectionId = await place(tenantId, nameOrId);
      const change = { action: "quarantine.release", resource: `${collectionId}#${no}`, to: "released" } as const;
      await audited(who, change, (bound) =>
        bound.transaction(tenantScope(tenantId), async (tx) => {
          // Its neighbours keep the postings that they have: they are found without its words.
          const index = (of: HeldText) =>
            buildSegment(of, [
              { ...of, context: of.context ?? undefined, no, start: 0, end: of.text.length, beside: of.isWindowed ? "" : undefined },
            ]);
          if (!(await releaseHeld(tx, tenantId, { collectionId, no }, index, new Date(clock.nowMs())))) throw missing();
          await unmarkEmbedded(tx, collectionId, no);
        }),
      );
    },
    /** Its text is gone for good; the rest of its file stays. */
    async deleteChunk(who: TenantPrincipal, nameOrId: string, no: number): Promise<void> {
      const tenantId = who.tenant.id;
      const collectionId = await place(tenantId, nameOrId);
      const change = { action: "quarantine.delete", resource: `${collectionId}#${no}`, to: "deleted" } as const;
      await audited(who, change, (bound) =>
        bound.transaction(tenantScope(tenantId), async (tx) => {
          if (!(await deleteHeld(tx, { collectionId, no }))) throw missing();
        }),
      );
    },
  };
}
