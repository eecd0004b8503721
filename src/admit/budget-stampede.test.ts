import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, test } from "bun:test";
import { monthOf, systemClock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { processIds, type ProcessId } from "../kernel/ids.ts";
import type { BudgetName, Charge, LeaseAsk, LeaseGrant } from "../store/budgets.ts";
import { findBudget, leaseBudget, listWanted, releaseLeases, returnLease, settleBudgets } from "../store/budgets.ts";
import { LEDGER, type Database } from "../store/database.ts";
import { listTestEngines, openTestDatabase } from "../store/testing.ts";
import { createBudgets, type Budgets } from "./budgets.ts";
import { testPrincipal } from "./testing.ts";
import { systemAfter } from "./timer.ts";

/** Several processes' budgets over one database: correctness in money is what this file is about. */

let db: Database;

type Lease = (processId: ProcessId, ask: LeaseAsk) => Promise<LeaseGrant>;
const honestLease: Lease = (processId, ask) => leaseBudget(db, processId, ask, () => Promise.resolve(0));

type Process = { readonly id: ProcessId; readonly budgets: Budgets; ship(charge: Charge): void; stop(): Promise<void> };

/** A process that ships what its calls cost a little later, in batches. */
function startProcess(lease: Lease): Process {
  const id = processIds.make(systemClock.nowMs());
  const source = {
    lease: (ask: LeaseAsk) => lease(id, ask),
    giveBack: (budget: BudgetName, microUsd: number) => returnLease(db, id, budget, microUsd),
    listWanted: () => listWanted(db, id),
  };
  // Patience beyond what a busy machine needs: who is refused here is refused for lack of money.
  const budgets = createBudgets({ source, clock: systemClock, after: systemAfter }, { platformLimitMicroUsd: undefined, waitMs: 30_000 });
  budgets.start();
  let waiting: Charge[] = [];
  let shipping: Promise<void> | undefined;
  const shipAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await db.transaction(LEDGER, (tx) => settleBudgets(tx, id, batch));
    }
    shipping = undefined;
  };
  return {
    id,
    budgets,
    ship(charge) {
      waiting.push(charge);
      shipping ??= shipAll();
    },
    async stop() {
      await budgets.close();
      await shipping;
      await releaseLeases(db, id);
    },
  };
}

type Stampede = { readonly processes: number; readonly calls: number; readonly limit: number; readonly reserved: number; costOf(): number };

/** All calls at once, spread over the processes; each ends a few turns later with what it cost. */
async function stampede({ processes, calls, limit, reserved, costOf }: Stampede, lease: Lease = honestLease) {
  const who = testPrincipal({ budgetMicroUsd: limit });
  const startedAtMs = systemClock.nowMs();
  const name: BudgetName = { tenantId: who.tenant.id, keyId: who.key.id, period: monthOf(startedAtMs) };
  const started = Array.from({ length: processes }, () => startProcess(lease));
  const refused: Record<string, number> = {};
  let passed = 0;
  let spent = 0;
  const call = async (at: number): Promise<void> => {
    const process = started[at % processes] ?? assert.fail();
    const hold = process.budgets.open(who, startedAtMs);
    try {
      await hold.raise(reserved);
    } catch (error) {
      assert.ok(error instanceof Fault);
      refused[error.code] = (refused[error.code] ?? 0) + 1;
      hold.settle(0);
      return;
    }
    passed++;
    for (let turn = at % 7; turn > 0; turn--) await db.ping();
    const costMicroUsd = costOf();
    spent += costMicroUsd;
    hold.settle(costMicroUsd);
    process.ship({ tenantId: who.tenant.id, keyId: who.key.id, period: name.period, costMicroUsd, budgets: hold.budgets });
  };
  await Promise.all(Array.from({ length: calls }, (_, at) => call(at)));
  await Promise.all(started.map((process) => process.stop()));
  const state = await db.transaction(LEDGER, (tx) => findBudget(tx, name));
  return { passed, refused, spent, state };
}

const dice = (() => {
  let seed = 20_261_121;
  return (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
})();

/** The fault to be caught: it looks how much is left, and takes it in a second step. The first three look before any of them takes. */
function createReadThenWrite(): Lease {
  let looked = 0;
  let open = (): void => undefined;
  const allLooked = new Promise<void>((resolve) => (open = resolve));
  return async (processId, ask) => {
    const state = await db.transaction(LEDGER, (tx) => findBudget(tx, ask.budget));
    if (++looked >= 3) open();
    await allLooked;
    const left = ask.limitMicroUsd - (state?.spentMicroUsd ?? 0) - (state?.leasedMicroUsd ?? 0);
    if (left < ask.leastMicroUsd) return await honestLease(processId, ask);
    const amount = Math.min(left, ask.limitMicroUsd / 2);
    const blind = { limitMicroUsd: Number.MAX_SAFE_INTEGER, leastMicroUsd: amount, wantMicroUsd: amount, extraMicroUsd: 0 };
    return await honestLease(processId, { ...ask, ...blind });
  };
}

for (const engine of listTestEngines()) {
  describe(`on ${engine}`, () => {
    beforeAll(async () => {
      db = await openTestDatabase({ engine, connections: 8 });
    });
    afterAll(() => db.close());

    for (const processes of [1, 3]) {
      test(`of 500 parallel calls on ${processes} process(es) exactly the 100 that the budget pays for pass`, async () => {
        const ended = await stampede({ processes, calls: 500, limit: 100_000, reserved: 1_000, costOf: () => 1_000 });
        assert.deepEqual(ended, {
          passed: 100,
          refused: { budget_spent: 400 },
          spent: 100_000,
          state: { spentMicroUsd: 100_000, leasedMicroUsd: 0 },
        });
      });

      test(`calls that cost less than reserved make room on ${processes} process(es), and no call that could be paid for is refused`, async () => {
        for (let round = 0; round < 3; round++) {
          const ended = await stampede({ processes, calls: 500, limit: 100_000, reserved: 1_000, costOf: () => dice(1_001) });
          assert.ok(ended.spent <= 100_000);
          assert.ok(ended.spent > 99_000, `${ended.spent} spent: another call of 1,000 would have fitted`);
          assert.ok(ended.passed > 100);
          assert.deepEqual(ended.refused, { budget_spent: 500 - ended.passed });
          assert.deepEqual(ended.state, { spentMicroUsd: ended.spent, leasedMicroUsd: 0 });
        }
      });
    }

    test("a budget that is not a multiple of the reservation leaves the rest unspent and nothing more", async () => {
      const ended = await stampede({ processes: 3, calls: 200, limit: 50_999, reserved: 1_000, costOf: () => 1_000 });
      assert.equal(ended.passed, 50);
      assert.deepEqual(ended.state, { spentMicroUsd: 50_000, leasedMicroUsd: 0 });
    });

    test("a grant that reads and then writes overspends, and the figures show it", async () => {
      const ended = await stampede(
        { processes: 3, calls: 500, limit: 100_000, reserved: 1_000, costOf: () => 1_000 },
        createReadThenWrite(),
      );
      assert.ok(ended.passed > 100, `${ended.passed} passed: the planted fault went unseen`);
      assert.ok((ended.state?.spentMicroUsd ?? 0) > 100_000);
    });

    test("a process that dies with a lease strands it until its journal is settled, and not after", async () => {
      const who = testPrincipal({ budgetMicroUsd: 10_000 });
      const startedAtMs = systemClock.nowMs();
      const dead = startProcess(honestLease);
      const hold = dead.budgets.open(who, startedAtMs);
      await hold.raise(10_000);
      await dead.budgets.close();
      const heir = startProcess(honestLease);
      const charge = {
        tenantId: who.tenant.id,
        keyId: who.key.id,
        period: monthOf(startedAtMs),
        costMicroUsd: 10_000,
        budgets: hold.budgets,
      };
      const next = heir.budgets.open(who, startedAtMs);
      const raised = next.raise(4_000);
      // The heir closes the orphan at its reservation and then finds, say, that the call had settled at 6,000.
      await db.transaction(LEDGER, (tx) => settleBudgets(tx, dead.id, [{ ...charge, costMicroUsd: 6_000 }]));
      await releaseLeases(db, dead.id);
      await raised;
      next.settle(4_000);
      heir.ship({ ...charge, costMicroUsd: 4_000 });
      await heir.stop();
      const name: BudgetName = { tenantId: who.tenant.id, keyId: who.key.id, period: charge.period };
      assert.deepEqual(await db.transaction(LEDGER, (tx) => findBudget(tx, name)), { spentMicroUsd: 10_000, leasedMicroUsd: 0 });
    });
  });
}
