import assert from "node:assert/strict";
import { test } from "bun:test";
import type { KeyProfile } from "../domain/principal.ts";
import { checkMintable, type Mintable, type WantedKey } from "./mintable.ts";
import { testPrincipal } from "./testing.ts";

const NO_LIMITS = { models: undefined, rpm: undefined, tpm: undefined, budgetMicroUsd: undefined, expiresAtMs: undefined };
const mint = (own: Partial<KeyProfile>, wanted: Partial<WantedKey>): Mintable => {
  const minter = testPrincipal({ role: "tenant-admin", ...own });
  return checkMintable(minter, { role: "member", tenantSlug: minter.tenant.slug, ...NO_LIMITS, ...wanted });
};
const paramOf = (answer: Mintable): string => (answer.ok ? "ok" : answer.param);

test("the admin may make any key, and a tenant-admin without limits any of its own tenant", () => {
  const wanted: WantedKey = { role: "tenant-admin", tenantSlug: "acme", ...NO_LIMITS };
  assert.ok(checkMintable({ kind: "admin", role: "admin" }, wanted).ok);
  assert.ok(mint({}, { role: "tenant-admin" }).ok);
  assert.equal(paramOf(mint({}, { tenantSlug: "another" })), "tenant");
});

test("a member makes no keys, not even weaker ones", () => {
  assert.equal(paramOf(mint({ role: "member" }, { rpm: 1 })), "tenant");
});

test("each limit of the maker's holds: equal passes, one more and none at all do not", () => {
  const limits = [
    ["rpm", "rpm"],
    ["tpm", "tpm"],
    ["budgetMicroUsd", "budgetUsd"],
    ["expiresAtMs", "expiresAt"],
  ] as const;
  for (const [field, param] of limits) {
    assert.ok(mint({ [field]: 100 }, { [field]: 100 }).ok, field);
    assert.ok(mint({ [field]: 100 }, { [field]: 0 }).ok, field);
    assert.equal(paramOf(mint({ [field]: 100 }, { [field]: 101 })), param);
    assert.equal(paramOf(mint({ [field]: 100 }, {})), param);
    assert.ok(mint({}, { [field]: 1_000_000 }).ok, field);
  }
});

test("models must be a part of the maker's, and named where the maker's are", () => {
  assert.ok(mint({ models: ["a", "b"] }, { models: ["b"] }).ok);
  assert.ok(mint({ models: ["a"] }, { models: [] }).ok);
  assert.ok(mint({}, { models: ["c"] }).ok);
  assert.equal(paramOf(mint({ models: ["a", "b"] }, { models: ["b", "c"] })), "models");
  assert.equal(paramOf(mint({ models: ["a", "b"] }, {})), "models");
});

test("a region and the narrowing to own documents are handed on, and never lost", () => {
  const own = { region: "eu-west-1", ownDocumentsOnly: true };
  assert.ok(mint(own, own).ok);
  assert.equal(paramOf(mint(own, {})), "region");
  assert.equal(paramOf(mint(own, { ...own, region: "us-east-1" })), "region");
  assert.equal(paramOf(mint(own, { ...own, ownDocumentsOnly: false })), "ownDocumentsOnly");
  assert.ok(mint({}, {}).ok);
});

test("of the platform's roles only the admin makes keys", () => {
  const wanted: WantedKey = { role: "member", tenantSlug: "acme", ...NO_LIMITS };
  for (const role of ["viewer", "prompter", "engineer"] as const)
    assert.equal(paramOf(checkMintable({ kind: "admin", role }, wanted)), "role");
  assert.ok(checkMintable({ kind: "admin", role: "admin" }, wanted).ok);
});
