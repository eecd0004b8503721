import type { Principal, Role } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";

/**
 * Everything that a route can ask for. `own` is about the principal's own tenant and needs one; `named` is about a tenant that the
 * request may name; `platform` is about all of them.
 */
export const PERMISSIONS = {
  // Who they are themselves, and what they may do. Everybody's.
  "self.read": "named",
  chat: "own",
  "models.read": "own",
  "files.read": "own",
  "files.write": "own",
  "collections.read": "own",
  "collections.write": "own",
  // Held text is what an attacker wrote: who lets it be found answers for it.
  "quarantine.review": "own",
  // Another model for all of a collection costs as its first one did, and changes what everybody finds.
  "collections.embed": "own",
  "receipts.read": "own",
  "guard.report": "own",
  // What the rules would do tells an attacker what to write: not for every key.
  "guard.try": "named",
  "tenants.read": "named",
  "prompts.read": "named",
  "prompts.write": "named",
  "prompts.promote": "named",
  "prompts.approve": "named",
  "policies.read": "named",
  "policies.write": "named",
  "policies.promote": "named",
  "policies.approve": "named",
  "rollouts.read": "named",
  // Of what: a tenant's own people may roll out its prompts, and nothing else.
  "rollouts.manage": "named",
  "keys.manage": "named",
  "usage.read": "named",
  "audit.read": "named",
  "subjects.manage": "named",
  "tenants.list": "platform",
  // How models and this server are doing: whoever follows an outage may look.
  "operations.read": "platform",
  "tenants.manage": "platform",
  // What callers sent with their reports is content, sent to be seen.
  "guard.review": "platform",
  operate: "platform",
  // Everything of everybody in one file.
  backup: "platform",
} as const satisfies Record<string, "own" | "named" | "platform">;

export type Permission = keyof typeof PERMISSIONS;

const MEMBER: readonly Permission[] = [
  "self.read",
  "chat",
  "models.read",
  "files.read",
  "files.write",
  "collections.read",
  "collections.write",
  "receipts.read",
  "guard.report",
];
/** Prompts change what every answer says, so writing them is a permission of its own, and so is taking them into production. */
const RELEASE: readonly Permission[] = ["prompts.promote", "prompts.approve"];
/** Costs, keys, the audit trail and the erasure of end users: who runs the machines has no business there. */
const ACCOUNTS: readonly Permission[] = ["keys.manage", "usage.read", "audit.read", "subjects.manage"];
/** What a tenant may do, and where its calls go: for those who run the platform. A tenant that could write it would lift its own limits. */
const POLICY: readonly Permission[] = ["policies.write", "policies.promote", "policies.approve"];
const VIEWER: readonly Permission[] = [
  "self.read",
  "tenants.list",
  "tenants.read",
  "prompts.read",
  "policies.read",
  "rollouts.read",
  "operations.read",
];
const PROMPTER: readonly Permission[] = [...VIEWER, "prompts.write"];
const ENGINEER: readonly Permission[] = [...PROMPTER, ...RELEASE, ...POLICY, "rollouts.manage", "operate"];

/** Who runs the platform has no tenant, so no role of it holds a permission on tenant data. docs/roles.md is made from this table. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  member: new Set(MEMBER),
  "tenant-admin": new Set([
    ...MEMBER,
    "quarantine.review",
    "collections.embed",
    "guard.try",
    "tenants.read",
    "policies.read",
    "prompts.read",
    "prompts.write",
    ...RELEASE,
    "rollouts.read",
    "rollouts.manage",
    ...ACCOUNTS,
  ]),
  viewer: new Set(VIEWER),
  prompter: new Set(PROMPTER),
  engineer: new Set(ENGINEER),
  admin: new Set([...ENGINEER, ...ACCOUNTS, "tenants.manage", "guard.try", "guard.review", "backup"]),
};

/** Whether the role holds it at all. Whether for this tenant, `authorise` says. */
export const holds = (principal: Principal, permission: Permission): boolean => ROLE_PERMISSIONS[principal.role].has(permission);

/**
 * Throws `forbidden` unless the principal may do this, to this tenant where the request names one. Returns the slug of the only tenant
 * whose data it reaches by this permission; undefined only for the platform's roles, which reach all of them. A tenant's key that names no tenant means its own, and
 * another tenant's name is refused alike whether that tenant exists or not.
 */
export function authorise(principal: Principal, permission: Permission, tenantSlug?: string): string | undefined {
  if (!holds(principal, permission)) throw refusalOf(principal, permission);
  if (principal.kind === "admin") return tenantSlug;
  if (tenantSlug !== undefined && tenantSlug !== principal.tenant.slug) throw new Fault("forbidden");
  return principal.tenant.slug;
}

const ADMIN_HAS_NO_TENANT = "The admin key belongs to no tenant. Use a key of the tenant.";
const PLATFORM_HAS_NO_TENANT = "A role of the platform belongs to no tenant. Use a key or token of the tenant.";

function refusalOf(principal: Principal, permission: Permission): Fault {
  const own = principal.kind === "admin" && PERMISSIONS[permission] === "own";
  const say = principal.role === "admin" ? ADMIN_HAS_NO_TENANT : PLATFORM_HAS_NO_TENANT;
  return new Fault("forbidden", own ? { say } : {});
}
