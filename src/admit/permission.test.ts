import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Principal } from "../domain/principal.ts";
import type { Fault } from "../kernel/fault.ts";
import { authorise, PERMISSIONS, ROLE_PERMISSIONS, type Permission } from "./permission.ts";
import { testPrincipal } from "./testing.ts";

const admin: Principal = { kind: "admin", role: "admin" };
const member = testPrincipal();
const tenantAdmin = testPrincipal({ role: "tenant-admin" });
const forbidden = (fault: Fault): boolean => fault.code === "forbidden" && fault.status === 403;

/** What each role may, written out: a change of the table must be meant. */
const MAY: Readonly<Record<Permission, string>> = {
  "self.read": "member tenant-admin viewer prompter engineer admin",
  chat: "member tenant-admin",
  "models.read": "member tenant-admin",
  "files.read": "member tenant-admin",
  "files.write": "member tenant-admin",
  "collections.read": "member tenant-admin",
  "collections.write": "member tenant-admin",
  "quarantine.review": "tenant-admin",
  "collections.embed": "tenant-admin",
  "receipts.read": "member tenant-admin",
  "guard.report": "member tenant-admin",
  "guard.try": "tenant-admin admin",
  "tenants.read": "tenant-admin viewer prompter engineer admin",
  "prompts.read": "tenant-admin viewer prompter engineer admin",
  "prompts.write": "tenant-admin prompter engineer admin",
  "prompts.promote": "tenant-admin engineer admin",
  "prompts.approve": "tenant-admin engineer admin",
  "policies.read": "tenant-admin viewer prompter engineer admin",
  "policies.write": "engineer admin",
  "policies.promote": "engineer admin",
  "policies.approve": "engineer admin",
  "rollouts.read": "tenant-admin viewer prompter engineer admin",
  "rollouts.manage": "tenant-admin engineer admin",
  "keys.manage": "tenant-admin admin",
  "usage.read": "tenant-admin admin",
  "audit.read": "tenant-admin admin",
  "subjects.manage": "tenant-admin admin",
  "tenants.list": "viewer prompter engineer admin",
  "operations.read": "viewer prompter engineer admin",
  "tenants.manage": "admin",
  "guard.review": "admin",
  operate: "engineer admin",
  backup: "admin",
};
const PLATFORM = (["viewer", "prompter", "engineer", "admin"] as const).map((role): Principal => ({ kind: "admin", role }));

test("every role may what the table says and nothing else", () => {
  let cases = 0;
  const roles = [member, tenantAdmin, ...PLATFORM];
  for (const permission of Object.keys(PERMISSIONS) as Permission[]) {
    for (const who of roles) {
      cases++;
      if (MAY[permission].split(" ").includes(who.role)) authorise(who, permission);
      else assert.throws(() => authorise(who, permission), forbidden, `${who.role} ${permission}`);
    }
  }
  assert.equal(cases, roles.length * Object.keys(MAY).length);
});

test("each role of the platform may all that the one below it may", () => {
  for (const [at, { role }] of PLATFORM.entries())
    for (const permission of ROLE_PERMISSIONS[PLATFORM[at - 1]?.role ?? role]) assert.ok(ROLE_PERMISSIONS[role].has(permission));
});

test("a tenant's key reaches its own tenant only, whether the other one exists or not", () => {
  assert.equal(authorise(tenantAdmin, "usage.read"), tenantAdmin.tenant.slug);
  assert.equal(authorise(tenantAdmin, "usage.read", tenantAdmin.tenant.slug), tenantAdmin.tenant.slug);
  for (const slug of [member.tenant.slug, "nobody", ""]) assert.throws(() => authorise(tenantAdmin, "keys.manage", slug), forbidden);
});

test("the admin reaches the tenant that is named, or all of them", () => {
  assert.equal(authorise(admin, "usage.read"), undefined);
  assert.equal(authorise(admin, "usage.read", "acme"), "acme");
});

test("the admin is told that it has no tenant where it asks for tenant data", () => {
  assert.throws(() => authorise(admin, "chat"), /belongs to no tenant/);
});

test("no role of a tenant holds a permission over the platform, and none of the platform one over tenant data", () => {
  for (const [permission, about] of Object.entries(PERMISSIONS) as [Permission, string][]) {
    if (about === "platform") assert.ok(!ROLE_PERMISSIONS["tenant-admin"].has(permission) && !ROLE_PERMISSIONS.member.has(permission));
    if (about === "own") assert.ok(PLATFORM.every(({ role }) => !ROLE_PERMISSIONS[role].has(permission)));
  }
});
