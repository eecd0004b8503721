import { toIso } from "../kernel/clock.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Database } from "../store/database.ts";
import { PLATFORM_CHAIN } from "../store/decisions.ts";
import { listPeople } from "../store/people.ts";
import { parseCursor, toCursor } from "./sorted-cursor.ts";
import { getBySlug } from "./tenants.ts";

export type Person = {
  /** A digest; of keys their id. */
  readonly id: string;
  readonly role: string;
  /** Slug; null: of the platform. */
  readonly tenant: string | null;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly signIns: number;
};
export type PeopleAsk = {
  readonly means: "token" | "key";
  readonly search?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
};
/** Who signed in, as far as the audit trail knows: no names are kept anywhere. */
export type People = {
  /** Without a slug: people of the platform. */
  list(
    slug: string | undefined,
    ask: PeopleAsk,
  ): Promise<{ readonly data: readonly Person[]; readonly since: string | null; readonly nextCursor: string | undefined }>;
};

export function createPeople({
  db,
  flush,
}: {
  readonly db: Database;
  /** What was decided so far can be read. */ flush(): Promise<void>;
}): People {
  return {
    async list(slug, { cursor, ...ask }) {
      const tenantId: TenantId = slug === undefined ? PLATFORM_CHAIN : (await getBySlug(db, slug)).id;
      const after = parseCursor(cursor, "last-seen");
      await flush();
      const place = after === undefined ? undefined : ([Number(after[0]), after[1]] as const);
      const { data, next, lookedFromMs } = await listPeople(db, tenantId, { ...ask, after: place });
      const people = data.map(({ id, role, firstAtMs, lastAtMs, signIns }) => {
        const seen = { firstSeenAt: toIso(firstAtMs), lastSeenAt: toIso(lastAtMs), signIns };
        return { id, role, tenant: slug ?? null, ...seen };
      });
      return { data: people, since: lookedFromMs === undefined ? null : toIso(lookedFromMs), nextCursor: toCursor(next, "last-seen") };
    },
  };
}
