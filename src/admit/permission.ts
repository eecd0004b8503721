import type { Principal, Role } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";

/**
 * Everything that a route can ask for. `own` is about the principal's own tenant and needs one; `named` is about a tenant that the
 * request may name; `platform` is about all of them.
 */
export const PERMISSIONS = {
  chat: "own",
  "models.read": "own",
  "files.read": "own",
  "files.write": "own",
  "collections.read": "own",
  "collections.write": "own",
  "receipts.read": "own",
  "tenants.read": "named",
  "keys.manage": "named",
  "usage.read": "named",
  "audit.read": "named",
  "tenants.manage": "platform",
  operate: "platform",
} as const satisfies Record<string, "own" | "named" | "platform">;

export type Permission = keyof typeof PERMISSIONS;

const MEMBER: readonly Permission[] = [
  "chat",
  "models.read",
  "files.read",
  "files.write",
  "collections.read",
  "collections.write",
  "receipts.read",
];
const NAMED: readonly Permission[] = ["tenants.read", "keys.manage", "usage.read", "audit.read"];

/** The admin key has no tenant, so it has none of the permissions on tenant data. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  member: new Set(MEMBER),
  "tenant-admin": new Set([...MEMBER, ...NAMED]),
  admin: new Set<Permission>([...NAMED, "tenants.manage", "operate"]),
};

/**
 * Throws `forbidden` unless the principal may do this, to this tenant where the request names one. Returns the slug of the only tenant
 * whose data it reaches by this permission; undefined only for the admin, who reaches all of them. A tenant's key that names no tenant means its own, and
 * another tenant's name is refused alike whether that tenant exists or not.
 */
export function authorise(principal: Principal, permission: Permission, tenantSlug?: string): string | undefined {
  if (!ROLE_PERMISSIONS[principal.role].has(permission)) throw refusalOf(principal, permission);
  if (principal.kind === "admin") return tenantSlug;
  if (tenantSlug !== undefined && tenantSlug !== principal.tenant.slug) throw new Fault("forbidden");
  return principal.tenant.slug;
}

const ADMIN_HAS_NO_TENANT = "The admin key belongs to no tenant. Use a key of the tenant.";

function refusalOf(principal: Principal, permission: Permission): Fault {
  const own = principal.kind === "admin" && PERMISSIONS[permission] === "own";
  return new Fault("forbidden", own ? { say: ADMIN_HAS_NO_TENANT } : {});
}
