import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { type JobId, jobIds, type TenantId, tenantIds } from "../kernel/ids.ts";
import { OPERATOR } from "./database.ts";
import type { Engine } from "./engine.ts";
import { adoptErasure, type ErasureAsk, findErasure, insertErasure, listDeletedWithoutJob, listOpenErasuresOf } from "./erasures.ts";
import { readMigrations } from "./migrate.ts";
import { isUniqueViolation } from "./sql-error.ts";
import { explainUses, listTestEngines, openTestDatabase } from "./testing.ts";
import { createTenant } from "./tenants.ts";

const AT_MS = Date.UTC(2026, 10, 21);
const INDEXES = ["erasures_one_open", "erasures_of_tenant", "erasures_to_check"];

const ask = (tenantId: TenantId, kind: ErasureAsk["kind"] = "tenant", atMs = AT_MS): ErasureAsk => ({
  id: jobIds.make(atMs),
  kind,
  tenantId,
  askedAtMs: atMs,
  askedBy: "server",
  subject: kind === "subject" ? new Uint8Array([1]) : undefined,
});

for (const engine of listTestEngines())
  describe(engine, () => {
    let db: Engine;
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
    });
    afterAll(() => db.close());

    test("replicas that adopt the same deleted tenant at once make one job; end users of one tenant may have many", async () => {
      const { id: tenantId } = await createTenant(db, AT_MS, { slug: "gone", name: "Gone" });
      await db.query(OPERATOR, "UPDATE tenants SET deleted_at = now() WHERE id = $1", [tenantId]);
      assert.deepEqual(await listDeletedWithoutJob(db), [tenantId]);
      await Promise.all(Array.from({ length: 8 }, () => adoptErasure(db, ask(tenantId))));
      assert.equal((await listOpenErasuresOf(db, tenantId)).length, 1);
      assert.deepEqual(await listDeletedWithoutJob(db), []);
      await assert.rejects(insertErasure(db, ask(tenantId)), (error) => isUniqueViolation(error, "erasures_one_open"));
      for (let each = 0; each < 3; each++) await insertErasure(db, ask(tenantId, "subject"));
      assert.equal((await listOpenErasuresOf(db, tenantId)).length, 4);
      // A planted fault: without the uniqueness the same eight make eight.
      const { id: other } = await createTenant(db, AT_MS, { slug: "other", name: "Other" });
      await db.asOwner((owner) => owner.script("DROP INDEX erasures_one_open"));
      await Promise.all(Array.from({ length: 8 }, () => adoptErasure(db, ask(other))));
      assert.equal((await listOpenErasuresOf(db, other)).length, 8);
      await db.query(OPERATOR, "UPDATE erasures SET state = 'done'");
      await db.asOwner((owner) =>
        owner.script("CREATE UNIQUE INDEX erasures_one_open ON erasures (of_tenant) WHERE kind = 'tenant' AND state <> 'done'"),
      );
      console.log("# erasures: 8 replicas at once made 1 job; 8 without the index");
    });

    test("jobs that are double already: the oldest stays, certificates stay, and what proved nothing goes with its parts", async () => {
      const fifteenth = readMigrations().find(({ name }) => name.startsWith("0015_"));
      assert.ok(fifteenth !== undefined);
      await db.asOwner((owner) => owner.script(`DROP INDEX ${INDEXES.join(", ")}`));
      const tenantId = tenantIds.make(AT_MS);
      const jobs: JobId[] = [];
      for (let each = 0; each < 4; each++) {
        const made = ask(tenantId, "tenant", AT_MS + each);
        jobs.push(made.id);
        await insertErasure(db, made);
        await db.query(OPERATOR, "INSERT INTO erasure_parts (erasure_id, round, process_id) VALUES ($1, 1, 'prc_x')", [made.id]);
      }
      const [oldest, double, proved, reopened] = jobs;
      const certify = "UPDATE erasures SET certificate = '{}', state = $2, check_at = now() WHERE id = $1";
      await db.query(OPERATOR, certify, [proved ?? "", "done"]);
      await db.query(OPERATOR, certify, [reopened ?? "", "running"]);
      const subject = ask(tenantId, "subject", AT_MS + 9);
      await insertErasure(db, subject);
      await db.asOwner((owner) => owner.script(fifteenth.text));

      assert.deepEqual(
        (await listOpenErasuresOf(db, tenantId)).map(({ id }) => id),
        [oldest, subject.id],
      );
      assert.equal(await findErasure(db, double ?? assert.fail()), undefined);
      for (const id of [proved, reopened]) {
        const job = await findErasure(db, id ?? assert.fail());
        assert.deepEqual([job?.state, job?.certificate === undefined], ["done", false]);
      }
      const parts = await db.query(OPERATOR, "SELECT count(*) AS n FROM erasure_parts WHERE erasure_id = $1", [double ?? ""]);
      assert.deepEqual(parts, [{ n: 0 }]);
      const checked = await db.query(OPERATOR, "SELECT count(*) AS n FROM erasures WHERE of_tenant = $1 AND check_at IS NOT NULL", [
        tenantId,
      ]);
      assert.deepEqual(checked, [{ n: 0 }], "what comes late is the oldest one's to look for");
    });

    test("lists of one tenant's jobs and of those to look at again enter an index", async () => {
      await db.asOwner((owner) =>
        owner.query(
          `INSERT INTO erasures (id, kind, of_tenant, state, asked_at, asked_by) SELECT 'job_' || lpad(n::text, 8, '0'), 'subject', 'ten_' || n % 500, 'done', now(), 'x' FROM generate_series(1, 5000) n`,
        ),
      );
      const open = await explainUses(db, OPERATOR, "SELECT id FROM erasures WHERE of_tenant = $1 AND state <> 'done' ORDER BY id", [
        "ten_1",
      ]);
      assert.match(JSON.stringify(open.indexes), /erasures_of_tenant.*of_tenant/);
      const text = "SELECT id FROM erasures WHERE check_at <= $1 ORDER BY check_at LIMIT 20";
      const late = await explainUses(db, OPERATOR, text, [new Date(AT_MS)]);
      assert.match(JSON.stringify(late.indexes), /erasures_to_check.*check_at/);
    });
  });
