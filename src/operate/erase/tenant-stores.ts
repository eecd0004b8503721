import type { TenantId } from "../../kernel/ids.ts";
import { listAllKeys } from "../../object/index.ts";
import {
  countMentions,
  countRemains,
  countTenantRows,
  deleteTenantRows,
  dropTenant,
  listTenantTables,
  REMAINS,
  stripTenantHours,
  type TenantTable,
} from "../../store/tenant-rows.ts";
import { isTenantThere } from "../../store/tenants.ts";
import type { ErasureDeps, ErasureStore } from "./spec.ts";

/** Tables of the platform's own about erasures: they outlive the tenant. */
const OWN_TABLES = new Set(["erasures", "erasure_parts"]);

/** Everything of one tenant, in the order in which it goes: what makes copies unreadable first, its own row last. */
export async function listTenantStores(deps: ErasureDeps, tenantId: TenantId): Promise<readonly ErasureStore[]> {
  const { db, dataKeys } = deps;
  const tables = await listTenantTables(db);
  return [
    { name: "data keys", count: () => dataKeys.count(tenantId), erase: () => dataKeys.drop(tenantId) },
    ...(await listAreas(deps, tenantId)),
    ...(deps.qdrant === undefined ? [] : [toQdrantStore(deps.qdrant, tenantId)]),
    ...tables.map((table) => toStore(deps, table, tenantId)),
    {
      name: "table tenants",
      tables: ["tenants"],
      count: async () => ((await isTenantThere(db, tenantId)) ? 1 : 0),
      erase: () => dropTenant(db, tenantId),
    },
  ];
}

const toQdrantStore = (qdrant: NonNullable<ErasureDeps["qdrant"]>, tenantId: TenantId): ErasureStore => ({
  name: "vectors in qdrant",
  count: () => qdrant.countTenant(tenantId),
  erase: async () => void (await qdrant.dropTenant(tenantId)),
});

/** What the second pass looks at beside the stores: rows in whatever table that name the tenant in whatever column. */
export async function listStrayRows({ db }: ErasureDeps, tenantId: TenantId): Promise<ReadonlyMap<string, number>> {
  return await countMentions(db, tenantId, OWN_TABLES);
}

async function listAreas({ objects }: ErasureDeps, tenantId: TenantId): Promise<readonly ErasureStore[]> {
  const areas = new Set<string>();
  for await (const key of listAllKeys(objects, tenantId, "")) areas.add(key.slice(0, key.indexOf("/")));
  return [...areas].map((area) => ({
    name: `objects ${area}`,
    count: async () => (await Array.fromAsync(listAllKeys(objects, tenantId, `${area}/`))).length,
    async erase() {
      for await (const key of listAllKeys(objects, tenantId, `${area}/`)) await objects.deleteObject(tenantId, key);
    },
  }));
}

function toStore(deps: ErasureDeps, table: TenantTable, tenantId: TenantId): ErasureStore {
  const { db, record, decisions } = deps;
  const { name } = table;
  /** Chains and sums are taken apart so that what remains of them still verifies. */
  const first: Readonly<Record<string, () => Promise<unknown>>> = {
    events: () => record.cutCalls(tenantId),
    decisions: () => decisions.cutDecisions(tenantId),
    usage_hours: () => stripTenantHours(db, tenantId),
  };
  const remains = REMAINS[name];
  return {
    name: `table ${name}`,
    tables: [name],
    count: () => countTenantRows(db, name, tenantId),
    async erase() {
      await first[name]?.();
      await deleteTenantRows(db, table, tenantId);
    },
    remains: remains === undefined ? undefined : { what: remains.what, count: () => countRemains(db, name, tenantId) },
  };
}
