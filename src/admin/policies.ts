import { ROLE_PERMISSIONS, type Permission } from "../admit/index.ts";
import { POLICY_BODIES, type PolicyCreate, type PolicyKind } from "../contract/policy.ts";
import type { Principal } from "../domain/principal.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { type PolicyId, policyIds, type TenantId } from "../kernel/ids.ts";
import type { Changed } from "../record/index.ts";
import type { Database } from "../store/database.ts";
import { PLATFORM_CHAIN } from "../store/decisions.ts";
import { type PolicyRecord, policyVersions } from "../store/policies.ts";
import type { VersionAsk } from "../store/versions.ts";
import type { Decisions } from "./changed.ts";
import { createPolicyKinds, type AnyKind, type PolicyKindDeps } from "./policy-kinds.ts";
import { createReleases, isRequested, type Refused, type Releases } from "./release.ts";
import { getBySlug } from "./tenants.ts";
import { parseKnownId } from "./known-id.ts";

/** Under which the platform's own policies are kept: an id that no tenant can have. */
export const PLATFORM: TenantId = PLATFORM_CHAIN;

type Allowed = { readonly allowed: boolean; readonly reason?: Refused["reason"] | "permission"; readonly say?: string };

/** A version of a policy as the admin API tells it. */
export type PolicyView = {
  readonly id: string;
  /** undefined: the platform's own. */
  readonly tenant: string | undefined;
  readonly kind: string;
  readonly version: number;
  readonly environment: string;
  /** A second person's approval is waited for. */
  readonly requested: boolean;
  readonly body: unknown;
  /** What it would change if it went into production now; left out of listings. */
  readonly changes?: Changed | undefined;
  /** What the caller may do with it now; left out of listings. */
  readonly may?: { readonly promote: Allowed; readonly approve: Allowed } | undefined;
  readonly author: string;
  readonly createdAt: string;
  readonly requestedBy: string | undefined;
  readonly approvedBy: string | undefined;
  readonly approvedAt: string | undefined;
};

type Page = Pick<VersionAsk, "after" | "limit" | "state" | "order"> & { readonly kind?: PolicyKind | undefined };

/** `slug` undefined: the platform's own policies. */
export type PolicyAdmin = {
  /** A new version in staging, which no call sees. Throws `body_invalid`. */
  create(who: Principal, slug: string | undefined, draft: PolicyCreate): Promise<PolicyView>;
  /** With what `who` may do with it. */
  get(who: Principal, slug: string | undefined, id: string): Promise<PolicyView>;
  list(slug: string | undefined, page: Page): Promise<{ data: readonly PolicyView[]; nextCursor: string | undefined }>;
  /** Asks for a version to go into production. */
  promote(who: Principal, slug: string | undefined, id: string): Promise<PolicyView>;
  /** Takes it there, and it counts. Throws `forbidden` to who asked for it. */
  approve(who: Principal, slug: string | undefined, id: string): Promise<PolicyView>;
  /** What rollouts of versions need. */
  readonly releases: Pick<Releases<PolicyId>, "checkApproval" | "release">;
};

type Deps = PolicyKindDeps & { readonly db: Database; nowMs(): number; readonly decisions: Decisions };

export function createPolicyAdmin(deps: Deps): PolicyAdmin {
  const { db } = deps;
  const kinds = createPolicyKinds(deps);
  const releases = createReleases<PolicyId>(deps, {
    word: "policy",
    versions: policyVersions,
    diff: ({ db: bound, tenantId }, version) => kindOf(kinds, version).diff(bound, tenantId, JSON.parse(version.body)),
    apply: ({ db: bound, tenantId }, version) => kindOf(kinds, version).apply(bound, tenantId, JSON.parse(version.body)),
  });
  const scopeOf = async (slug: string | undefined): Promise<TenantId> => (slug === undefined ? PLATFORM : (await getBySlug(db, slug)).id);
  const detailed = async (who: Principal, slug: string | undefined, tenantId: TenantId, version: PolicyRecord): Promise<PolicyView> => {
    const changes = await kindOf(kinds, version).diff(db, tenantId, JSON.parse(version.body));
    const { promote, approve } = await releases.judge(who, tenantId, version, changes);
    const may = { promote: toAllowed(who, "policies.promote", promote), approve: toAllowed(who, "policies.approve", approve) };
    return { ...toView(slug, version), changes, may };
  };

  return {
    releases,
    async create(who, slug, { kind: name, body }) {
      const kind = kinds[name];
      if (kind.of === "tenant" && slug === undefined)
        throw new Fault("body_invalid", { param: "tenant", say: "tenant: name the tenant that is meant." });
      const tenantId = await scopeOf(slug);
      const whole = await kind.complete(db, tenantId, body);
      return await detailed(who, slug, tenantId, await releases.create(who, tenantId, { name, body: JSON.stringify(whole) }));
    },
    async get(who, slug, id) {
      const tenantId = await scopeOf(slug);
      return await detailed(who, slug, tenantId, await policyVersions.get(db, tenantId, parseKnownId(policyIds, id, "policy")));
    },
    async list(slug, { kind, ...page }) {
      const { data, nextCursor } = await policyVersions.list(db, await scopeOf(slug), { ...page, name: kind });
      return { data: data.map((version) => toView(slug, version)), nextCursor };
    },
    async promote(who, slug, id) {
      const tenantId = await scopeOf(slug);
      return await detailed(who, slug, tenantId, await releases.promote(who, tenantId, parseKnownId(policyIds, id, "policy")));
    },
    async approve(who, slug, id) {
      const tenantId = await scopeOf(slug);
      const released = await releases.approve(who, tenantId, parseKnownId(policyIds, id, "policy"));
      kindOf(kinds, released).applied(tenantId, JSON.parse(released.body));
      return await detailed(who, slug, tenantId, released);
    },
  };
}

function toAllowed({ role }: Principal, permission: Permission, refused: Refused | undefined): Allowed {
  if (!ROLE_PERMISSIONS[role].has(permission))
    return { allowed: false, reason: "permission", say: `The role ${role} does not hold ${permission}.` };
  return refused === undefined ? { allowed: true } : { allowed: false, ...refused };
}

function kindOf(kinds: Readonly<Record<PolicyKind, AnyKind>>, { name }: PolicyRecord): AnyKind {
  if (isKind(name)) return kinds[name];
  throw new Fault("conflict", { say: "This policy is of a kind that this version of the server does not know." });
}
const isKind = (name: string): name is PolicyKind => Object.hasOwn(POLICY_BODIES, name);

const toView = (tenant: string | undefined, version: PolicyRecord): PolicyView => ({
  id: version.id,
  tenant,
  kind: version.name,
  version: version.version,
  environment: version.environment,
  requested: isRequested(version),
  body: JSON.parse(version.body),
  author: version.authorId,
  createdAt: toIso(version.createdAtMs),
  requestedBy: version.requestedBy,
  approvedBy: version.approvedBy,
  approvedAt: version.approvedAtMs === undefined ? undefined : toIso(version.approvedAtMs),
});
