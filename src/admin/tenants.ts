import type { Change } from "../admit/index.ts";
import type { TenantCreate, TenantPatch } from "../contract/admin.ts";
import type { Principal, TenantProfile } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { dollarsToMicro, microToDollars } from "../kernel/money.ts";
import { type Database, OPERATOR } from "../store/database.ts";
import { findProductionPrompt, SYSTEM_PROMPT } from "../store/prompts.ts";
import { createTenant, deleteTenant, findTenantBySlug, getTenant, listTenants, updateTenant } from "../store/tenants.ts";
import { changeBy, type Decisions, diff } from "./changed.ts";

/** A tenant as the admin API tells it. */
export type TenantView = Omit<TenantProfile, "budgetMicroUsd"> & { readonly budgetUsd: number | undefined };

export type TenantAdmin = {
  create(body: TenantCreate, by?: Principal): Promise<TenantView>;
  /** Throws `not_found`. */
  get(slug: string): Promise<TenantView>;
  list(page: { after: string | undefined; limit: number }): Promise<{ data: readonly TenantView[]; nextCursor: string | undefined }>;
  change(slug: string, body: TenantPatch, by?: Principal): Promise<TenantView>;
  remove(slug: string, by?: Principal): Promise<TenantProfile>;
};

export function createTenantAdmin(deps: {
  readonly db: Database;
  nowMs(): number;
  /** Cached keys of this process forget the tenant at once; other processes within two seconds. */
  changed(change: Change): void;
  readonly decisions: Decisions;
}): TenantAdmin {
  const { db, decisions } = deps;
  const shown = (before: Partial<TenantProfile>, after: Partial<TenantProfile>) =>
    diff(toShown(before), toShown(after), decisions.digestText);
  return {
    async create(body, by) {
      const fields = { slug: body.slug, name: body.name, tier: body.tier ?? undefined, region: body.region ?? undefined };
      const tenant = await decisions.change(OPERATOR, async (bound) => {
        const made = await createTenant(bound, deps.nowMs(), fields);
        return { made, tenantId: made.id, decision: changeBy(by, "tenant.create", { resource: made.id, changed: shown({}, made) }) };
      });
      return toView(tenant);
    },
    get: async (slug) => toView(await getBySlug(db, slug)),
    async list(page) {
      const { data, nextCursor } = await listTenants(db, page);
      return { data: data.map(toView), nextCursor };
    },
    async change(slug, body, by) {
      const { id } = await getBySlug(db, slug);
      const { budgetUsd, ...rest } = body;
      const budget = budgetUsd === undefined ? {} : { budgetMicroUsd: budgetUsd === null ? null : dollarsToMicro(budgetUsd) };
      const changed = await decisions.change(OPERATOR, async (bound) => {
        if (body.systemPrompt !== undefined && (await findProductionPrompt(bound, id, SYSTEM_PROMPT)) !== undefined)
          throw new Fault("conflict", { param: "systemPrompt", say: RELEASED });
        const before = await getTenant(bound, id);
        const made = await updateTenant(bound, id, { ...rest, ...budget });
        return { made, tenantId: id, decision: changeBy(by, "tenant.change", { resource: id, changed: shown(before, made) }) };
      });
      deps.changed({ kind: "tenant", tenantId: id, id });
      return toView(changed);
    },
    async remove(slug, by) {
      const tenant = await getBySlug(db, slug);
      await decisions.change(OPERATOR, async (bound) => {
        await deleteTenant(bound, deps.nowMs(), tenant.id);
        return {
          made: undefined,
          tenantId: tenant.id,
          decision: changeBy(by, "tenant.delete", { resource: tenant.id, changed: shown(tenant, {}) }),
        };
      });
      deps.changed({ kind: "tenant", tenantId: tenant.id, id: tenant.id });
      return tenant;
    },
  };
}

const RELEASED = "The tenant's prompt in production is released by two persons: POST /admin/v1/prompts makes a new version of it.";

/** Throws `not_found`. */
export async function getBySlug(db: Database, slug: string): Promise<TenantProfile> {
  const found = await findTenantBySlug(db, slug);
  if (found === undefined) throw new Fault("not_found", { say: "The tenant does not exist." });
  return found;
}

/** Rules for content are shown as their JSON: modes and hosts, no content. */
const toShown = ({ guard, ...rest }: Partial<TenantProfile>) => ({
  ...rest,
  guard: guard === undefined ? undefined : JSON.stringify(guard),
});

function toView({ budgetMicroUsd, ...tenant }: TenantProfile): TenantView {
  return { ...tenant, budgetUsd: budgetMicroUsd === undefined ? undefined : microToDollars(budgetMicroUsd) };
}
