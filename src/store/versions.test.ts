import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { Fault } from "../kernel/fault.ts";
import { tenantIds, type TenantId } from "../kernel/ids.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import { boundTo, PLATFORM_CHAIN } from "./decisions.ts";
import { listChangesSince, findLastChange } from "./changes.ts";
import type { Engine } from "./engine.ts";
import { policyVersions } from "./policies.ts";
import { createTenant } from "./tenants.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";
import type { VersionWrite } from "./versions.ts";

const NOW = 1_700_000_000_000;

for (const engine of listTestEngines()) {
  describe(engine, () => {
    let db: Engine;
    /** Ids sort by their millisecond. */
    let moments = 0;
    let acme: TenantId;
    let globex: TenantId;
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
      acme = (await createTenant(db, NOW, { slug: "acme", name: "Acme" })).id;
      globex = (await createTenant(db, NOW, { slug: "globex", name: "Globex" })).id;
    });
    afterAll(() => db.close());
    const as = <T>(by: string, work: (at: VersionWrite) => Promise<T>, tenantId = acme): Promise<T> =>
      db.transaction(OPERATOR, (tx) => work({ db: boundTo(db, tx, OPERATOR), tenantId, nowMs: NOW + ++moments, by }));
    const draft = (body: string, tenantId = acme) => as("ann", (at) => policyVersions.insert(at, "tenant", body), tenantId);

    test("one version of a kind is in production, and the one before it is retired", async () => {
      const [one, two] = [await draft('{"rpm": 1}'), await draft('{"rpm": 2}')];
      assert.deepEqual([two.version - one.version, one.environment, JSON.parse(two.body)], [1, "staging", { rpm: 2 }]);
      for (const each of [one, two]) {
        await as("ann", (at) => policyVersions.request(at, each.id, "a"));
        await as("bob", async (at) => policyVersions.release(at, await policyVersions.lock(at, each.id)));
      }
      const { data } = await policyVersions.list(db, acme, { name: "tenant" });
      assert.deepEqual(
        data.map(({ environment, approvedBy }) => [environment, approvedBy]),
        [
          ["retired", undefined],
          ["production", "bob"],
        ],
      );
      assert.equal((await policyVersions.findProduction(db, acme, "tenant"))?.id, two.id);
      assert.deepEqual((await policyVersions.list(db, acme, { name: "routes" })).data, []);
    });

    test("the database itself refuses that one person asks and approves, whatever the program believes", async () => {
      const made = await draft("{}");
      await as("ann", (at) => policyVersions.request(at, made.id, "a"));
      await assert.rejects(as("ann", (at) => policyVersions.release(at, made)));
      assert.equal((await policyVersions.get(db, acme, made.id)).environment, "staging");
    });

    test("a tenant reads no other's versions and writes none, its own neither", async () => {
      const theirs = await draft("{}", globex);
      await assert.rejects(policyVersions.get(db, acme, theirs.id), (error) => error instanceof Fault && error.code === "not_found");
      assert.deepEqual(await db.query(tenantScope(acme), "SELECT id FROM policies WHERE id = $1", [theirs.id]), []);
      for (const text of ["UPDATE policies SET approved_by = 'ann'", "DELETE FROM policies"])
        await assert.rejects(db.query(tenantScope(acme), text));
    });

    test("only what is the platform's own and in production is told to other processes by itself", async () => {
      const before = await findLastChange(db);
      const made = await as("ann", (at) => policyVersions.insert(at, "routes", '{"routes": {}}'), PLATFORM_CHAIN);
      await as("ann", (at) => policyVersions.request(at, made.id, "a"), PLATFORM_CHAIN);
      assert.deepEqual(await listChangesSince(db, before), []);
      await as("bob", (at) => policyVersions.release(at, made), PLATFORM_CHAIN);
      const told = await listChangesSince(db, before);
      assert.deepEqual(
        told.map(({ kind, tenantId, id }) => ({ kind, tenantId, id })),
        [{ kind: "policy", tenantId: tenantIds.parse(PLATFORM_CHAIN), id: made.id }],
      );
    });
  });
}
