import assert from "node:assert/strict";
import { test } from "bun:test";
import { testPrincipal } from "../admit/testing.ts";
import type { InjectionMode } from "../domain/guard-policy.ts";
import { createFakeClock } from "../kernel/clock.ts";
import { createLocalJobs } from "../queue/testing.ts";
import { createDecisionLog } from "../record/index.ts";
import { createTenant, updateTenant } from "../store/tenants.ts";
import { openTestDatabase } from "../store/testing.ts";
import { silentLog } from "../telemetry/index.ts";
import { composeIngest } from "./ingest.ts";

test("what is held follows the tenant's rules, then the configuration's; holding, releasing and deleting are in the tenant's audit log", async () => {
  const db = await openTestDatabase();
  const clock = createFakeClock(1_700_000_000_000);
  const decisions = createDecisionLog({
    db,
    clock,
    log: silentLog,
    secret: new Uint8Array(32),
    findTenantId: () => Promise.resolve(undefined),
  });
  let mode: InjectionMode = "detect";
  const held = new Map<string, Uint8Array>();
  const { ingest } = composeIngest({
    db,
    clock,
    decisions,
    log: silentLog,
    jobs: createLocalJobs(),
    indexed: () => undefined,
    detectors: { rev: 1, find: () => [], scoreInjection: () => ({ score: 0.95, saw: ["planted"] }) },
    policy: () => ({ injection: mode }),
    objects: {
      putObject: (_, key, bytes) => Promise.resolve(void held.set(key, bytes)),
      getObject: (_, key) => Promise.resolve(held.get(key)),
      deleteObject: (_, key) => Promise.resolve(void held.delete(key)),
      listObjects: () => Promise.resolve([...held.keys()]),
    },
  });
  const { id } = await createTenant(db, clock.nowMs(), { slug: "acme", name: "Acme" });
  const { tenant, ...rest } = testPrincipal({ role: "tenant-admin" });
  const who = { ...rest, tenant: { ...tenant, id } };
  await ingest.createCollection(id, { name: "house" });
  let made = 0;
  const add = async () => {
    const bytes = Buffer.from(`Words number ${++made}.`);
    const file = await ingest.createFile(id, { filename: "a.txt", purpose: "user_data", bytes });
    const { judgement } = await ingest.addFileToCollection(id, "house", file.id);
    return `${judgement?.flagged ?? 0} flagged, ${judgement?.quarantined ?? 0} quarantined`;
  };
  assert.equal(await add(), "1 flagged, 0 quarantined");
  mode = "block";
  assert.equal(await add(), "0 flagged, 1 quarantined");
  await updateTenant(db, id, { guard: { injection: "off" } });
  assert.equal(await add(), "0 flagged, 0 quarantined");
  await updateTenant(db, id, { guard: { injection: "block" } });
  mode = "off";
  assert.equal(await add(), "0 flagged, 1 quarantined");

  const [first, second] = (await ingest.listQuarantine(id, "house", { after: 0, limit: 10 })).data;
  await ingest.releaseChunk(who, "house", first?.no ?? 0);
  await ingest.deleteChunk(who, "house", second?.no ?? 0);
  await assert.rejects(ingest.releaseChunk(who, "house", first?.no ?? 0), { code: "not_found" });
  const { data } = await decisions.listDecisions(id, { category: "security" });
  assert.deepEqual(
    data.map(({ action, outcome, actor, changed }) => [action, outcome, actor, changed?.["quarantine"]?.new]),
    [
      ["quarantine.release", "granted", who.key.id, "released"],
      ["quarantine.delete", "granted", who.key.id, "deleted"],
      ["quarantine.hold", "denied", "server", undefined],
      ["quarantine.hold", "denied", "server", undefined],
    ],
  );
  assert.deepEqual(await decisions.verifyDecisions(id), { ok: true, entries: data.length });
  await ingest.close();
  await db.close();
});
