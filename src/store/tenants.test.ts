import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { Fault } from "../kernel/fault.ts";
import type { FaultCode } from "../kernel/fault.ts";
import { keyIds, tenantIds } from "../kernel/ids.ts";
import type { TenantId } from "../kernel/ids.ts";
import { findLastChange, listChangesSince } from "./changes.ts";
import type { Engine } from "./engine.ts";
import { findKeyByDigest, insertKey, listKeys, revokeKey } from "./keys.ts";
import type { KeyNew } from "./keys.ts";
import { createTenant, deleteTenant, findDigestSalt, findTenantBySlug, getTenant, listTenants, updateTenant } from "./tenants.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";

const NOW = 1_700_000_000_000;
const is =
  (code: FaultCode) =>
  (error: unknown): boolean =>
    error instanceof Fault && error.code === code;
/** What a caller can tell of a failure. */
const told = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "no error",
    (error: unknown) => (error instanceof Fault ? { code: error.code, message: error.message, detail: error.detail } : error),
  );

let digests = 0;
const newKey = (change: Partial<KeyNew> = {}): KeyNew => ({
  digest: `digest-${digests++}`,
  prefix: "weir-abcd",
  madeBy: "admin-key",
  name: "ci",
  role: "member",
  team: undefined,
  models: undefined,
  rpm: undefined,
  tpm: undefined,
  budgetMicroUsd: undefined,
  expiresAtMs: undefined,
  ...change,
});

for (const engine of listTestEngines()) {
  describe(engine, () => {
    let db: Engine;
    let slugs = 0;
    const newTenant = (): Promise<{ id: TenantId; slug: string }> => createTenant(db, NOW, { slug: `t-${slugs++}`, name: "T" });
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
    });
    afterAll(() => db.close());

    test("a new tenant has no limits, keeps no content, and is found by slug and id", async () => {
      const made = await createTenant(db, NOW, { slug: "acme", name: "Acme", tier: "gold" });
      assert.deepEqual(made, {
        id: made.id,
        slug: "acme",
        name: "Acme",
        tier: "gold",
        region: undefined,
        contentPolicy: "none",
        systemPrompt: undefined,
        models: undefined,
        rpm: undefined,
        tpm: undefined,
        budgetMicroUsd: undefined,
        context: undefined,
        guard: undefined,
      });
      assert.deepEqual(await findTenantBySlug(db, "acme"), made);
      assert.deepEqual(await getTenant(db, made.id), made);
      assert.equal(await findTenantBySlug(db, "nobody"), undefined);
      assert.equal(await findTenantBySlug(db, "acme\0"), undefined);
      await assert.rejects(getTenant(db, tenantIds.make(NOW)), is("not_found"));
      await assert.rejects(createTenant(db, NOW, { slug: "acme", name: "Again" }), is("conflict"));
    });

    test("each tenant has a salt of its own, which only its own scope reads", async () => {
      const [one, two] = [await newTenant(), await newTenant()];
      const salt = await findDigestSalt(db, one.id);
      assert.equal(salt?.length, 32);
      assert.notDeepEqual(salt, await findDigestSalt(db, two.id));
      assert.equal(await findDigestSalt(db, tenantIds.make(NOW)), undefined);
    });

    test("a change sets what it names, clears what is null and leaves the rest", async () => {
      const { id } = await newTenant();
      const set = {
        tier: "gold",
        region: "eu",
        contentPolicy: "full",
        systemPrompt: "Be brief.",
        models: ["a", 'b"'],
        rpm: 5,
        tpm: 6,
        budgetMicroUsd: 10 ** 15,
      } as const;
      assert.deepEqual(await updateTenant(db, id, set), { ...(await getTenant(db, id)), ...set });
      const cleared = await updateTenant(db, id, { models: null, budgetMicroUsd: null, systemPrompt: null });
      assert.deepEqual(
        [cleared.models, cleared.budgetMicroUsd, cleared.systemPrompt, cleared.region, cleared.rpm],
        [undefined, undefined, undefined, "eu", 5],
      );
      assert.deepEqual((await updateTenant(db, id, { models: [] })).models, []);
      assert.deepEqual(await updateTenant(db, id, {}), await getTenant(db, id));
      await assert.rejects(updateTenant(db, tenantIds.make(NOW), { name: "x" }), is("not_found"));
    });

    test("listings are paged without gap or repeat", async () => {
      const tenant = await newTenant();
      for (let n = 0; n < 5; n++) await insertKey(db, NOW + n, tenant.id, newKey({ name: `k${n}` }));
      const names: string[] = [];
      let after: string | undefined;
      let pages = 0;
      do {
        const page = await listKeys(db, tenant.id, { after, limit: 2 });
        names.push(...page.data.map((key) => key.name));
        after = page.nextCursor;
        pages++;
      } while (after !== undefined);
      assert.deepEqual(names, ["k0", "k1", "k2", "k3", "k4"]);
      assert.equal(pages, 3);
      assert.equal((await listKeys(db, tenant.id, { limit: 5 })).nextCursor, undefined);
      const all = await listTenants(db);
      assert.deepEqual(new Set((await listTenants(db, { limit: 1000 })).data.map((one) => one.id)).size, all.data.length);
      assert.ok(all.data.some((one) => one.id === tenant.id));
    });

    test("a key is found by its digest with its tenant, until it is revoked", async () => {
      const tenant = await newTenant();
      const wanted = newKey({
        role: "tenant-admin",
        team: "ops",
        models: ["m"],
        rpm: 1,
        tpm: 2,
        budgetMicroUsd: 3,
        expiresAtMs: NOW + 1000,
      });
      const made = await insertKey(db, NOW, tenant.id, wanted);
      const { digest, prefix, madeBy: _maker, ...profile } = wanted;
      assert.deepEqual(made, { ...profile, id: made.id, prefix, createdAtMs: NOW, revokedAtMs: undefined });
      const found = await findKeyByDigest(db, digest);
      assert.deepEqual(found, { tenant: await getTenant(db, tenant.id), key: { ...profile, id: made.id } });
      assert.equal(await findKeyByDigest(db, "unknown"), undefined);
      assert.equal((await revokeKey(db, NOW + 5, tenant.id, made.id)).revokedAtMs, NOW + 5);
      assert.equal((await revokeKey(db, NOW + 9, tenant.id, made.id)).revokedAtMs, NOW + 5, "once");
      assert.equal(await findKeyByDigest(db, digest), undefined);
      assert.equal((await listKeys(db, tenant.id)).data[0]?.revokedAtMs, NOW + 5);
    });

    test("another tenant's key is the same as one that never was", async () => {
      const [one, two] = [await newTenant(), await newTenant()];
      const key = await insertKey(db, NOW, one.id, newKey());
      const foreign = await told(revokeKey(db, NOW, two.id, key.id));
      assert.deepEqual(foreign, await told(revokeKey(db, NOW, two.id, keyIds.make(NOW))));
      assert.deepEqual(foreign, { code: "not_found", message: "The key does not exist.", detail: { say: "The key does not exist." } });
      assert.deepEqual((await listKeys(db, two.id)).data, []);
      assert.equal((await listKeys(db, one.id)).data[0]?.revokedAtMs, undefined);
    });

    test("a deleted tenant is one that never was, and its keys open nothing", async () => {
      const tenant = await newTenant();
      const key = newKey();
      await insertKey(db, NOW, tenant.id, key);
      await deleteTenant(db, NOW, tenant.id);
      const never = tenantIds.make(NOW);
      assert.equal(await findTenantBySlug(db, tenant.slug), undefined);
      assert.equal(await findKeyByDigest(db, key.digest), undefined);
      assert.ok(!(await listTenants(db, { limit: 1000 })).data.some((one) => one.id === tenant.id));
      for (const call of [
        getTenant,
        (on: Engine, id: TenantId) => updateTenant(on, id, { name: "x" }),
        (on: Engine, id: TenantId) => deleteTenant(on, NOW, id),
      ]) {
        assert.deepEqual(await told(call(db, tenant.id)), await told(call(db, never)));
      }
      assert.deepEqual(await told(insertKey(db, NOW, tenant.id, newKey())), await told(insertKey(db, NOW, never, newKey())));
      await assert.rejects(createTenant(db, NOW, { slug: tenant.slug, name: "again" }), is("conflict"));
    });

    test("every change that a cache must hear of is in the feed, in order, once committed", async () => {
      const from = await findLastChange(db);
      const tenant = await newTenant();
      const key = await insertKey(db, NOW, tenant.id, newKey());
      await updateTenant(db, tenant.id, { rpm: 1 });
      await revokeKey(db, NOW, tenant.id, key.id);
      await deleteTenant(db, NOW, tenant.id);
      const changes = await listChangesSince(db, from);
      assert.deepEqual(
        changes.map((one) => [one.kind, one.tenantId, one.id]),
        [
          ["tenant", tenant.id, tenant.id],
          ["key", tenant.id, key.id],
          ["tenant", tenant.id, tenant.id],
          ["key", tenant.id, key.id],
          ["tenant", tenant.id, tenant.id],
        ],
      );
      assert.deepEqual(
        changes.map((one) => one.seq),
        changes.map((one) => one.seq).toSorted((a, b) => a - b),
      );
      assert.equal(await findLastChange(db), changes.at(-1)?.seq);
      assert.deepEqual(await listChangesSince(db, changes.at(-1)?.seq ?? 0), []);
    });

    test("a poller misses no change, however writers overlap", async () => {
      const tenant = await newTenant();
      let seq = await findLastChange(db);
      const seen: string[] = [];
      let writing = true;
      const poll = async (): Promise<void> => {
        for (let last = false; !last;) {
          last = !writing;
          const changes = await listChangesSince(db, seq);
          seen.push(...changes.map((one) => one.id));
          seq = changes.at(-1)?.seq ?? seq;
        }
      };
      const polling = poll();
      const keys = await Promise.all(Array.from({ length: 60 }, () => insertKey(db, NOW, tenant.id, newKey())));
      writing = false;
      await polling;
      assert.deepEqual(seen.toSorted(), keys.map((key) => key.id as string).toSorted());
    });
  });
}
