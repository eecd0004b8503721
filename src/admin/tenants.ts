import type { Change } from "../admit/index.ts";
import type { TenantCreate, TenantPatch } from "../contract/admin.ts";
import type { GuardPolicy } from "../domain/guard-policy.ts";
import type { Principal, TenantProfile } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import { type Database, OPERATOR } from "../store/database.ts";
import { promptVersions, SYSTEM_PROMPT } from "../store/prompts.ts";
import { createTenant, findTenantBySlug, lockTenant, updateTenant } from "../store/tenants.ts";
import { changeBy, type Decisions, diff } from "./changed.ts";
import { listLoosened } from "./loosening.ts";
import { toChange, toShown, toView, type TenantView } from "./tenant-fields.ts";

export type TenantAdmin = {
  create(body: TenantCreate, by?: Principal): Promise<TenantView>;
  /** Throws `not_found`. */
  get(slug: string): Promise<TenantView>;
  change(slug: string, body: TenantPatch, by?: Principal): Promise<TenantView>;
};

export function createTenantAdmin(deps: {
  readonly db: Database;
  nowMs(): number;
  /** Cached keys of this process forget the tenant at once; other processes within two seconds. */
  changed(change: Change): void;
  readonly decisions: Decisions;
  /** What one person alone may not bring into production. */
  readonly approvals: Approvals;
  /** Rules for content that everybody has: a tenant's own go over them. */
  readonly guard: GuardPolicy;
  /** What a prompt's text stands for, where it refers to a file. Throws `body_invalid`. Absent: no text refers to any. */
  readonly resolvePrompt?: ((text: string, param: string, who: Principal | undefined) => string) | undefined;
}): TenantAdmin {
  const { db, decisions, approvals } = deps;
  const checkPrompt = async (bound: Database, id: TenantId): Promise<void> => {
    if ((await promptVersions.findProduction(bound, id, SYSTEM_PROMPT)) !== undefined)
      throw new Fault("conflict", { param: "systemPrompt", say: RELEASED });
    if (approvals.prompts === "required") throw new Fault("forbidden", { param: "systemPrompt", say: NEEDS_RELEASE });
  };
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
    async change(slug, asked, by) {
      const { systemPrompt } = asked;
      const isText = typeof systemPrompt === "string" && deps.resolvePrompt !== undefined;
      const body = isText ? { ...asked, systemPrompt: deps.resolvePrompt(systemPrompt, "systemPrompt", by) } : asked;
      const { id } = await getBySlug(db, slug);
      const changed = await decisions.change(OPERATOR, async (bound) => {
        if (body.systemPrompt !== undefined) await checkPrompt(bound, id);
        const before = await lockTenant(bound, id);
        const made = await updateTenant(bound, id, toChange(body));
        if (approvals.policies === "required") checkTightens(before, made, deps.guard);
        return { made, tenantId: id, decision: changeBy(by, "tenant.change", { resource: id, changed: shown(before, made) }) };
      });
      deps.changed({ kind: "tenant", tenantId: id, id });
      return toView(changed);
    },
  };
}

export type Approvals = { readonly policies: "direct" | "required"; readonly prompts: "direct" | "required" };

/** Thrown inside the change's transaction, which then leaves nothing. */
function checkTightens(before: TenantProfile, after: TenantProfile, guard: GuardPolicy): void {
  const loosened = listLoosened(toView(before), toView(after), guard);
  const [param] = loosened;
  if (param === undefined) return;
  const say = `${loosened.join(", ")}: this would let the tenant do more than now, which takes a second person on this server. Send it to POST /admin/v1/policies (kind "tenant"), ask for production with …/promote, and let somebody else …/approve it.`;
  throw new Fault("forbidden", { param, say });
}

const NEEDS_RELEASE =
  "A prompt reaches production by two persons on this server: POST /admin/v1/prompts makes a version, …/promote asks, and somebody else …/approve.";
const RELEASED = "The tenant's prompt in production is released by two persons: POST /admin/v1/prompts makes a new version of it.";

/** Throws `not_found`. */
export async function getBySlug(db: Database, slug: string): Promise<TenantProfile> {
  const found = await findTenantBySlug(db, slug);
  if (found === undefined) throw new Fault("not_found", { say: "The tenant does not exist." });
  return found;
}

/** The maker's own tenant needs no question. */
export async function tenantIdOf(db: Database, maker: Principal, slug: string): Promise<TenantId> {
  return maker.kind === "tenant" && maker.tenant.slug === slug ? maker.tenant.id : (await getBySlug(db, slug)).id;
}
