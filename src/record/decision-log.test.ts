import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { createFakeClock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { tenantIds, type TenantId } from "../kernel/ids.ts";
import { tenantScope, type Database } from "../store/database.ts";
import type { Engine } from "../store/engine.ts";
import { lintCatalogue } from "../store/catalogue-lint.ts";
import { openTestDatabase } from "../store/testing.ts";
import { DISTINCT_MAX } from "./decision-counter.ts";
import { createDecisionLog } from "./decision-log.ts";
import type { Decision } from "./decision.ts";

let db: Engine;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

let made = 0;
const newTenant = (): TenantId => tenantIds.make(1_000 + made++);
const denied: Decision = { category: "sign-ins", action: "sign-in", outcome: "denied", code: "key_unknown" };

function setUp(database: Database = db) {
  const clock = createFakeClock(1_700_000_000_000);
  const secret = new Uint8Array(32).fill(3);
  const log = { warn: () => undefined, error: () => undefined };
  return { clock, log: createDecisionLog({ db: database, clock, log, secret, findTenantId: () => Promise.resolve(undefined) }) };
}

test("10,000 refusals of one kind are one row a minute, and no refusal is left out", async () => {
  const { clock, log } = setUp();
  const tenantId = newTenant();
  for (let at = 0; at < 10_000; at++) {
    log.note({ ...denied, tenantId, requestId: undefined });
    clock.advance(12);
  }
  const { data } = await log.listDecisions(tenantId, {});
  assert.equal(
    data.reduce((sum, { count }) => sum + count, 0),
    10_000,
  );
  assert.ok(data.length <= 6, `${data.length} rows`);
  console.log(`# decisions: 10,000 refusals over two minutes in ${data.length} rows`);
});

test("decisions of more kinds than are told apart in a minute are counted together", async () => {
  const { log } = setUp();
  const tenantId = newTenant();
  for (let at = 0; at < DISTINCT_MAX + 500; at++) log.note({ ...denied, tenantId, actor: `key_${at}` });
  const { data } = await log.listDecisions(undefined, { limit: 1000 });
  const overflow = data.filter(({ action }) => action === "overflow");
  assert.equal(
    overflow.reduce((sum, { count }) => sum + count, 0),
    500,
  );
});

test("a change and its entry are there together or not at all", async () => {
  const { log } = setUp();
  const tenantId = newTenant();
  const decision: Decision = { category: "configuration", action: "test.change", outcome: "granted", actor: "admin-key" };
  await log.change(tenantScope(tenantId), () => Promise.resolve({ made: 1, tenantId, decision }));
  await assert.rejects(
    log.change(tenantScope(tenantId), async (bound) => {
      await bound.query(tenantScope(tenantId), "SELECT 1");
      throw new Fault("conflict");
    }),
  );
  // A statement of another scope would leave the transaction.
  await assert.rejects(
    log.change(tenantScope(tenantId), async (bound) => {
      await bound.query(tenantScope(newTenant()), "SELECT 1");
      return { made: 1, tenantId, decision };
    }),
    TypeError,
  );
  const { data } = await log.listDecisions(tenantId, { category: "configuration" });
  assert.equal(data.length, 1);
});

test("what could not be written waits, in order and once, until the database is back", async () => {
  let away = true;
  const flaky: Database = {
    ...db,
    transaction: (scope, body) => (away ? Promise.reject(new Fault("store_unavailable")) : db.transaction(scope, body)),
  };
  const { log } = setUp(flaky);
  const tenantId = newTenant();
  for (let at = 0; at < 500; at++) log.note({ ...denied, tenantId, actor: `a${at}` });
  await assert.rejects(log.flush());
  away = false;
  const { data } = await log.listDecisions(tenantId, { limit: 1000 });
  assert.deepEqual(
    data.map(({ actor }) => actor),
    Array.from({ length: 500 }, (_, at) => `a${at}`),
  );
});

test("a decision that the database does not take stops no other", async () => {
  const { log } = setUp();
  const tenantId = newTenant();
  for (const actor of ["a", "b\u0000", "c"])
    log.note({ ...denied, tenantId, actor, category: actor === "b\u0000" ? ("nothing" as "security") : "sign-ins" });
  const { data } = await log.listDecisions(tenantId, {});
  assert.deepEqual(
    data.map(({ actor }) => actor),
    ["a", "c"],
  );
  assert.deepEqual(await log.verifyDecisions(tenantId), { ok: true, entries: 2 });
});

test("a page follows the one before, and every entry names the hash of the one before it, whichever category is asked for", async () => {
  const { log } = setUp();
  const tenantId = newTenant();
  for (let at = 0; at < 30; at++) log.note({ ...denied, category: at % 3 === 0 ? "security" : "sign-ins", tenantId, actor: `a${at}` });
  const all = (await log.listDecisions(tenantId, {})).data;
  for (const [at, entry] of all.entries()) if (at > 0) assert.equal(entry.prevHash, all[at - 1]?.hash);
  const first = await log.listDecisions(tenantId, { category: "security", limit: 7 });
  const second = await log.listDecisions(tenantId, { category: "security", limit: 7, cursor: first.nextCursor });
  const some = [...first.data, ...second.data];
  assert.equal(some.length, 10);
  assert.equal(second.nextCursor, undefined);
  for (const entry of some) assert.equal(entry.prevHash, all.find(({ seq }) => seq === entry.seq)?.prevHash);
});

test("every single mutation of the chain is found, and a clean chain raises no alarm", async () => {
  const { log } = setUp();
  const tenantId = newTenant();
  for (let at = 0; at < 40; at++) log.note({ ...denied, tenantId, actor: `a${at}` });
  assert.deepEqual(await log.verifyDecisions(tenantId), { ok: true, entries: 40 });
  const mutations: readonly string[] = [
    "UPDATE decisions SET body = replace(body, 'denied', 'granted') WHERE seq = 7",
    "UPDATE decisions SET category = 'security' WHERE seq = 9",
    "UPDATE decisions SET created_at = created_at + interval '1 second' WHERE seq = 9",
    "UPDATE decisions SET event_hash = decode(repeat('00', 32), 'hex') WHERE seq = 3",
    "UPDATE decisions SET chain_hash = decode(repeat('00', 32), 'hex') WHERE seq = 40",
    "DELETE FROM decisions WHERE seq = 1",
    "DELETE FROM decisions WHERE seq = 20",
    "DELETE FROM decisions WHERE seq > 35",
    "DELETE FROM decisions WHERE true",
    "UPDATE decisions SET seq = 100 WHERE seq = 40",
    "UPDATE decision_heads SET seq = 39",
    "UPDATE decision_heads SET mac = decode(repeat('00', 32), 'hex')",
    "DELETE FROM decision_heads WHERE true",
    "INSERT INTO decisions SELECT tenant_id, 41, created_at, category, event_hash, chain_hash, body FROM decisions WHERE seq = 40",
    "WITH last AS (DELETE FROM decisions WHERE seq = 40 RETURNING 1) UPDATE decision_heads h SET seq = 39, chain_hash = d.chain_hash FROM decisions d WHERE d.seq = 39 AND d.tenant_id = h.tenant_id",
  ];
  let found = 0;
  const forger = createForger(tenantId);
  for (const mutation of mutations) {
    await forger.run(mutation);
    const verdict = await log.verifyDecisions(tenantId);
    if (!verdict.ok) found++;
    else assert.fail(mutation);
    await forger.restore();
    assert.equal((await log.verifyDecisions(tenantId)).ok, true);
  }
  console.log(`# decisions: ${found} of ${mutations.length} mutations found, ${mutations.length + 1} clean readings without an alarm`);
});

/** Somebody with the owner's login, past every policy: what hashes are for. */
function createForger(tenantId: TenantId) {
  const own = (text: string): string =>
    text
      .replace(/ WHERE /, ` WHERE tenant_id = '${tenantId}' AND `)
      .replace(/(UPDATE decision_heads SET [^;]*?)$/, (all) => (all.includes("WHERE") ? all : `${all} WHERE tenant_id = '${tenantId}'`));
  let copied = false;
  return {
    async run(mutation: string): Promise<void> {
      await db.asOwner(async (owner) => {
        await owner.script("ALTER TABLE decisions DISABLE ROW LEVEL SECURITY; ALTER TABLE decision_heads DISABLE ROW LEVEL SECURITY");
        if (!copied)
          await owner.script("CREATE TABLE kept AS SELECT * FROM decisions; CREATE TABLE kept_heads AS SELECT * FROM decision_heads");
        copied = true;
        await owner.script(
          mutation.startsWith("WITH last")
            ? mutation
                .replace("seq = 40 RETURNING", `seq = 40 AND tenant_id = '${tenantId}' RETURNING`)
                .replace("AND d.tenant_id", `AND h.tenant_id = '${tenantId}' AND d.tenant_id`)
            : own(mutation),
        );
      });
    },
    restore: () =>
      db.asOwner((owner) =>
        owner.script(
          "DELETE FROM decisions; DELETE FROM decision_heads; INSERT INTO decisions SELECT * FROM kept; INSERT INTO decision_heads SELECT * FROM kept_heads",
        ),
      ),
  };
}

test("the tables keep the rules of tenants' data", async () => {
  const fresh = await openTestDatabase();
  try {
    const { problems, checked } = await lintCatalogue(fresh);
    assert.deepEqual(problems, []);
    console.log(`# catalogue: ${checked.tenantTables} tables, ${checked.policies} policies, 0 problems`);
  } finally {
    await fresh.close();
  }
});
