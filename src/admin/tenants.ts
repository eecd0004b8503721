import type { Change } from "../admit/index.ts";
import type { TenantCreate, TenantPatch } from "../contract/admin.ts";
import type { TenantProfile } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { dollarsToMicro, microToDollars } from "../kernel/money.ts";
import type { Database } from "../store/database.ts";
import { createTenant, deleteTenant, findTenantBySlug, listTenants, updateTenant } from "../store/tenants.ts";

/** A tenant as the admin API tells it. */
export type TenantView = Omit<TenantProfile, "budgetMicroUsd"> & { readonly budgetUsd: number | undefined };

export type TenantAdmin = {
  create(body: TenantCreate): Promise<TenantView>;
  /** Throws `not_found`. */
  get(slug: string): Promise<TenantView>;
  list(page: { after: string | undefined; limit: number }): Promise<{ data: readonly TenantView[]; nextCursor: string | undefined }>;
  change(slug: string, body: TenantPatch): Promise<TenantView>;
  remove(slug: string): Promise<TenantProfile>;
};

export function createTenantAdmin(deps: {
  readonly db: Database;
  nowMs(): number;
  /** Cached keys of this process forget the tenant at once; other processes within two seconds. */
  changed(change: Change): void;
}): TenantAdmin {
  const { db } = deps;
  return {
    create: async (body) =>
      toView(
        await createTenant(db, deps.nowMs(), {
          slug: body.slug,
          name: body.name,
          tier: body.tier ?? undefined,
          region: body.region ?? undefined,
        }),
      ),
    get: async (slug) => toView(await getBySlug(db, slug)),
    async list(page) {
      const { data, nextCursor } = await listTenants(db, page);
      return { data: data.map(toView), nextCursor };
    },
    async change(slug, body) {
      const { id } = await getBySlug(db, slug);
      const { budgetUsd, ...rest } = body;
      const budget = budgetUsd === undefined ? {} : { budgetMicroUsd: budgetUsd === null ? null : dollarsToMicro(budgetUsd) };
      const changed = await updateTenant(db, id, { ...rest, ...budget });
      deps.changed({ kind: "tenant", tenantId: id, id });
      return toView(changed);
    },
    async remove(slug) {
      const tenant = await getBySlug(db, slug);
      await deleteTenant(db, deps.nowMs(), tenant.id);
      deps.changed({ kind: "tenant", tenantId: tenant.id, id: tenant.id });
      return tenant;
    },
  };
}

/** Throws `not_found`. */
export async function getBySlug(db: Database, slug: string): Promise<TenantProfile> {
  const found = await findTenantBySlug(db, slug);
  if (found === undefined) throw new Fault("not_found", { say: "The tenant does not exist." });
  return found;
}

function toView({ budgetMicroUsd, ...tenant }: TenantProfile): TenantView {
  return { ...tenant, budgetUsd: budgetMicroUsd === undefined ? undefined : microToDollars(budgetMicroUsd) };
}
