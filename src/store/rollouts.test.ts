import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import type { Fault } from "../kernel/fault.ts";
import { processIds, rolloutIds, type TenantId } from "../kernel/ids.ts";
import { type Database, OPERATOR } from "./database.ts";
import { boundTo, PLATFORM_CHAIN } from "./decisions.ts";
import type { Engine } from "./engine.ts";
import {
  getRollout,
  insertRollout,
  listCounts,
  listInForce,
  listMoves,
  listRollouts,
  lockRollout,
  moveRollout,
  saveCounts,
  takeLead,
  type RolloutRecord,
} from "./rollouts.ts";
import { createTenant } from "./tenants.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";

const NOW = 1_700_000_000_000;
const COUNTS = {
  calls: 3,
  failures: 1,
  latency: { "40": 2 },
  costMicroUsd: 7,
  costSquares: 1e19,
  scores: 1,
  scoreSum: 0.5,
  scoreSquares: 0.25,
};

for (const engine of listTestEngines()) {
  describe(engine, () => {
    let db: Engine;
    let acme: TenantId;
    let globex: TenantId;
    let made = 0;
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
      acme = (await createTenant(db, NOW, { slug: "acme", name: "Acme" })).id;
      globex = (await createTenant(db, NOW, { slug: "globex", name: "Globex" })).id;
    });
    afterAll(() => db.close());
    const make = (ownerId: TenantId, change: Partial<RolloutRecord> = {}): RolloutRecord => ({
      id: rolloutIds.make(NOW + ++made),
      ownerId,
      tenantId: ownerId === PLATFORM_CHAIN ? undefined : ownerId,
      change: { kind: "model", model: "old", to: "new" },
      unit: "end-user",
      steps: [0.5, 20, 100],
      step: 0,
      gates: { callsMin: 50, stepSeconds: 60, failuresAbove: 0.02, latencyRatio: undefined, costRatio: 1.25, scoreBelow: undefined },
      state: "running",
      stepAtMs: NOW,
      createdAtMs: NOW,
      createdBy: "admin-key",
      ...change,
    });
    const within = <T>(work: (bound: Database) => Promise<T>): Promise<T> =>
      db.transaction(OPERATOR, (tx) => work(boundTo(db, tx, OPERATOR)));
    const isFault = (code: string) => (error: Fault) => error.code === code;

    test("a rollout is read as it was written, and what it became is in its history", async () => {
      const rollout = make(acme);
      await insertRollout(db, rollout, "old");
      assert.deepEqual(await getRollout(db, acme, rollout.id), rollout);
      const compared = [{ gate: "failures", candidate: 0.3, baseline: 0, limit: 0.02 }];
      const moved: RolloutRecord = { ...rollout, step: 1, state: "paused", stepAtMs: NOW + 5 };
      await within(async (bound) => {
        assert.deepEqual(await lockRollout(bound, acme, rollout.id), rollout);
        await moveRollout(bound, moved, { atMs: NOW + 5, act: "pause", share: 20, by: "key_1", reason: "by hand", compared });
        await moveRollout(bound, moved, { atMs: NOW + 6, act: "resume", share: 20, by: "key_1", reason: "", compared: [] });
      });
      assert.deepEqual(await getRollout(db, acme, rollout.id), moved);
      const moves = await listMoves(db, acme, rollout.id);
      assert.deepEqual(moves[0], { atMs: NOW + 5, act: "pause", share: 20, by: "key_1", reason: "by hand", compared });
      assert.equal(moves.length, 2);
      await moveRollout(db, { ...moved, state: "rolled-back" }, { atMs: NOW, act: "rollback", share: 0, by: "", reason: "", compared: [] });
    });

    test("of one thing there is one open rollout, of each owner", async () => {
      const first = make(acme);
      await insertRollout(db, first, "auto");
      await assert.rejects(insertRollout(db, make(acme, { state: "paused" }), "auto"), isFault("conflict"));
      await insertRollout(db, make(globex), "auto");
      await insertRollout(db, make(PLATFORM_CHAIN), "auto");
      await moveRollout(
        db,
        { ...first, state: "finished" },
        { atMs: NOW, act: "finish", share: 100, by: "server", reason: "", compared: [] },
      );
      await insertRollout(db, make(acme), "auto");
    });

    test("another tenant's rollout is not there, and neither are its history and counts", async () => {
      const rollout = make(acme);
      await insertRollout(db, rollout, "mine");
      await saveCounts(db, processIds.make(NOW), [{ ownerId: acme, rolloutId: rollout.id, step: 0, variant: "baseline", counts: COUNTS }]);
      await assert.rejects(getRollout(db, globex, rollout.id), isFault("not_found"));
      await assert.rejects(getRollout(db, PLATFORM_CHAIN, rollout.id), isFault("not_found"));
      assert.deepEqual(await listCounts(db, globex, rollout.id), []);
      assert.ok((await listRollouts(db, globex, {})).data.every(({ ownerId }) => ownerId === globex));
      const { data } = await listRollouts(db, acme, { limit: 1 });
      assert.equal(data.length, 1);
    });

    test("what is in force is what is open, and models that others took the place of", async () => {
      const end = async (rollout: RolloutRecord, state: RolloutRecord["state"]): Promise<RolloutRecord> => {
        await insertRollout(db, rollout, `s${String(made)}`);
        await moveRollout(db, { ...rollout, state }, { atMs: NOW, act: "finish", share: 0, by: "server", reason: "", compared: [] });
        return rollout;
      };
      const model = await end(make(acme), "finished");
      const back = await end(make(acme), "rolled-back");
      const prompt = await end(make(acme, { change: { kind: "prompt", version: "prm_1" as never } }), "finished");
      const ids = (await listInForce(db)).map(({ id }) => id);
      assert.deepEqual(
        [model, back, prompt].map(({ id }) => ids.includes(id)),
        [true, false, false],
      );
      assert.deepEqual(ids, ids.toSorted());
      const late = make(globex);
      await insertRollout(db, late, "late");
      const all = await listInForce(db);
      const open = all.filter(({ state }) => state !== "finished");
      const some = await listInForce(db, open.length + 1);
      assert.deepEqual(
        some.filter(({ state }) => state !== "finished"),
        open,
        "where there are too many none that is open is left out",
      );
      assert.equal(some.find(({ state }) => state === "finished")?.id, all.findLast(({ state }) => state === "finished")?.id);
      assert.ok((await listInForce(db, 2)).some(({ ownerId }) => ownerId === PLATFORM_CHAIN));
      assert.deepEqual(
        some.map(({ id }) => id),
        some.map(({ id }) => id).toSorted(),
      );
    });

    test("counts that a process writes twice count once, and those of two processes are two", async () => {
      const rollout = make(acme);
      await insertRollout(db, rollout, "counted");
      const row = { ownerId: acme, rolloutId: rollout.id, step: 0, variant: "candidate", counts: COUNTS } as const;
      const [one, two] = [processIds.make(NOW), processIds.make(NOW)];
      await saveCounts(db, one, [row, { ...row, variant: "baseline" }]);
      await saveCounts(db, one, [{ ...row, counts: { ...COUNTS, calls: 9 } }]);
      await saveCounts(db, two, [row, { ...row, rolloutId: rolloutIds.make(NOW) }]);
      const rows = (await listCounts(db, acme, rollout.id)).filter(({ variant }) => variant === "candidate");
      assert.deepEqual(
        rows.map(({ counts }) => counts.calls).toSorted((a, b) => a - b),
        [3, 9],
      );
      assert.deepEqual(rows.find(({ counts }) => counts.calls === 3)?.counts, COUNTS);
    });

    test("the lead is one process's until its transaction ends", async () => {
      assert.equal(await within(takeLead), true);
      assert.equal(await within(takeLead), true, "given back");
      if (engine === "pglite") return;
      await within(async (bound) => {
        assert.equal(await takeLead(bound), true);
        assert.equal(await within(takeLead), false);
      });
    });
  });
}
