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
  chat: "member tenant-admin",
  "models.read": "member tenant-admin",
  "files.read": "member tenant-admin",
  "files.write": "member tenant-admin",
  "collections.read": "member tenant-admin",
  "collections.write": "member tenant-admin",
  "receipts.read": "member tenant-admin",
  "tenants.read": "tenant-admin admin",
  "keys.manage": "tenant-admin admin",
  "usage.read": "tenant-admin admin",
  "audit.read": "tenant-admin admin",
  "tenants.manage": "admin",
  operate: "admin",
};

test("every role may what the table says and nothing else", () => {
  let cases = 0;
  for (const permission of Object.keys(PERMISSIONS) as Permission[]) {
    for (const who of [member, tenantAdmin, admin]) {
      cases++;
      if (MAY[permission].split(" ").includes(who.role)) authorise(who, permission);
      else assert.throws(() => authorise(who, permission), forbidden, `${who.role} ${permission}`);
    }
  }
  assert.equal(cases, 3 * Object.keys(MAY).length);
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

test("no role of a tenant holds a permission over the platform, and the admin none over tenant data", () => {
  for (const [permission, about] of Object.entries(PERMISSIONS) as [Permission, string][]) {
    if (about === "platform") assert.ok(!ROLE_PERMISSIONS["tenant-admin"].has(permission) && !ROLE_PERMISSIONS.member.has(permission));
    if (about === "own") assert.ok(!ROLE_PERMISSIONS.admin.has(permission));
  }
});
