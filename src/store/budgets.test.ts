import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, test } from "bun:test";
import { keyIds, processIds, tenantIds } from "../kernel/ids.ts";
import type { ProcessId } from "../kernel/ids.ts";
import type { BudgetName, Charge, SumSpent } from "./budgets.ts";
import { findBudget, leaseBudget, listWanted, releaseLeases, returnLease, settleBudgets } from "./budgets.ts";
import { LEDGER, OPERATOR, tenantScope } from "./database.ts";
import type { Engine } from "./engine.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";

let db: Engine;

let made = 0;
const newTenant = () => tenantIds.make(++made);
const newProcess = () => processIds.make(++made);
const nothingYet = () => Promise.resolve(0);

function newBudget(): BudgetName & { tenantId: NonNullable<BudgetName["tenantId"]>; keyId: NonNullable<BudgetName["keyId"]> } {
  return { tenantId: newTenant(), keyId: keyIds.make(++made), period: "2026-11" };
}
const stateOf = (budget: BudgetName) => db.transaction(LEDGER, (tx) => findBudget(tx, budget));
const lease = (process: ProcessId, budget: BudgetName, limit: number, [least, want, extra]: [number, number, number]) =>
  leaseBudget(db, process, { budget, limitMicroUsd: limit, leastMicroUsd: least, wantMicroUsd: want, extraMicroUsd: extra }, nothingYet);
const settle = (process: ProcessId, charges: readonly Charge[]) => db.transaction(LEDGER, (tx) => settleBudgets(tx, process, charges));
const outstandingOf = async (process: ProcessId, budget: BudgetName): Promise<number | undefined> => {
  const [row] = await db.query<{ own: number }>(
    LEDGER,
    "SELECT outstanding_micro_usd AS own FROM budget_leases WHERE tenant_id = $1 AND key_id = $2 AND period = $3 AND process_id = $4",
    [budget.tenantId ?? "", budget.keyId ?? "", budget.period, process],
  );
  return row?.own;
};

for (const engine of listTestEngines()) {
  describe(`on ${engine}`, () => {
    beforeAll(async () => {
      db = await openTestDatabase({ engine, connections: 8 });
    });
    afterAll(() => db.close());

    test("a grant gives what calls wait for and at most an eighth of what is left on top", async () => {
      const budget = newBudget();
      const process = newProcess();
      const first = await lease(process, budget, 1_000, [100, 200, 500]);
      assert.deepEqual(first, { grantedMicroUsd: 325, leftMicroUsd: 675, othersMicroUsd: 0 });
      const second = await lease(process, budget, 1_000, [10, 20, 30]);
      assert.deepEqual(second, { grantedMicroUsd: 50, leftMicroUsd: 625, othersMicroUsd: 0 });
    });

    test("the last micro-dollar is granted and the one after it is not", async () => {
      const budget = newBudget();
      const process = newProcess();
      assert.equal((await lease(process, budget, 1_000, [999, 999, 0])).grantedMicroUsd, 999);
      assert.equal((await lease(process, budget, 1_000, [2, 2, 0])).grantedMicroUsd, 0);
      assert.equal((await lease(process, budget, 1_000, [1, 50, 50])).grantedMicroUsd, 1);
      assert.equal((await lease(process, budget, 1_000, [1, 0, 0])).grantedMicroUsd, 0);
      assert.deepEqual(await stateOf(budget), { spentMicroUsd: 0, leasedMicroUsd: 1_000 });
    });

    test("a limit that is lowered below what is spent and leased stops grants, and one that is raised allows them again", async () => {
      const budget = newBudget();
      const process = newProcess();
      await lease(process, budget, 1_000, [500, 500, 0]);
      assert.deepEqual(await lease(newProcess(), budget, 499, [1, 1, 0]), { grantedMicroUsd: 0, leftMicroUsd: -1, othersMicroUsd: 500 });
      assert.equal((await lease(process, budget, 501, [1, 9, 0])).grantedMicroUsd, 1);
    });

    test("a new row starts from what the ledger says was spent, and is made once", async () => {
      const budget = newBudget();
      let sums = 0;
      const sumSpent = () => {
        sums++;
        return Promise.resolve(400);
      };
      const ask = { budget, limitMicroUsd: 1_000, leastMicroUsd: 1, wantMicroUsd: 1_000, extraMicroUsd: 0 };
      const grants = await Promise.all(
        [newProcess(), newProcess(), newProcess()].map((process) => leaseBudget(db, process, ask, sumSpent)),
      );
      assert.equal(
        grants.reduce((sum, grant) => sum + grant.grantedMicroUsd, 0),
        600,
      );
      assert.deepEqual(await stateOf(budget), { spentMicroUsd: 400, leasedMicroUsd: 600 });
      assert.ok(sums >= 1);
    });

    test("a charge is paid by the leases that it was reserved in and told to the budgets that it was not", async () => {
      const key = newBudget();
      const tenant = { ...key, keyId: undefined };
      const platform = { tenantId: undefined, keyId: undefined, period: key.period };
      const process = newProcess();
      for (const budget of [key, tenant, platform]) await lease(process, budget, 10_000, [1_000, 1_000, 0]);
      const before = (await stateOf(platform)) ?? assert.fail();
      const { tenantId, keyId, period } = key;
      await settle(process, [
        { tenantId, keyId, period, costMicroUsd: 30, budgets: ["key", "tenant"] },
        { tenantId, keyId, period, costMicroUsd: 12, budgets: ["key"] },
        { tenantId, keyId, period, costMicroUsd: 5, budgets: [] },
        { tenantId, keyId: keyIds.make(++made), period, costMicroUsd: 100, budgets: ["tenant"] },
      ]);
      assert.deepEqual(await stateOf(key), { spentMicroUsd: 47, leasedMicroUsd: 1_000 - 42 });
      assert.equal(await outstandingOf(process, key), 1_000 - 42);
      assert.deepEqual(await stateOf(tenant), { spentMicroUsd: 147, leasedMicroUsd: 1_000 - 130 });
      assert.equal(await outstandingOf(process, tenant), 1_000 - 130);
      assert.deepEqual(await stateOf(platform), { spentMicroUsd: before.spentMicroUsd + 147, leasedMicroUsd: before.leasedMicroUsd });
      await releaseLeases(db, process);
    });

    test("another month's charge, another tenant's charge and a charge without a budget's row change nothing", async () => {
      const budget = newBudget();
      const process = newProcess();
      await lease(process, budget, 1_000, [100, 100, 0]);
      const { tenantId, keyId, period } = budget;
      const other = newBudget();
      await settle(process, [
        { tenantId, keyId, period: "2026-10", costMicroUsd: 30, budgets: ["key"] },
        { tenantId: other.tenantId, keyId, period, costMicroUsd: 30, budgets: ["key"] },
        { tenantId: other.tenantId, keyId: other.keyId, period, costMicroUsd: 30, budgets: ["key"] },
      ]);
      assert.deepEqual(await stateOf(budget), { spentMicroUsd: 0, leasedMicroUsd: 100 });
      assert.equal(await stateOf(other), undefined);
    });

    test("a dead process's lease comes back after its journal is settled, less what its calls cost, and once only", async () => {
      const budget = newBudget();
      const dead = newProcess();
      const alive = newProcess();
      await lease(dead, budget, 1_000, [600, 600, 0]);
      await lease(alive, budget, 1_000, [100, 100, 0]);
      const { tenantId, keyId, period } = budget;
      await settle(dead, [{ tenantId, keyId, period, costMicroUsd: 250, budgets: ["key"] }]);
      await releaseLeases(db, dead);
      assert.deepEqual(await stateOf(budget), { spentMicroUsd: 250, leasedMicroUsd: 100 });
      await releaseLeases(db, dead);
      assert.deepEqual(await stateOf(budget), { spentMicroUsd: 250, leasedMicroUsd: 100 });
      await settle(dead, [{ tenantId, keyId, period, costMicroUsd: 7, budgets: ["key"] }]);
      assert.deepEqual(
        await stateOf(budget),
        { spentMicroUsd: 257, leasedMicroUsd: 100 },
        "a late charge is spent, but no lease is left to pay it",
      );
    });

    test("a part of a lease can be given back, and one that is gone cannot", async () => {
      const budget = newBudget();
      const process = newProcess();
      await lease(process, budget, 1_000, [600, 600, 0]);
      await returnLease(db, process, budget, 400);
      assert.deepEqual(await stateOf(budget), { spentMicroUsd: 0, leasedMicroUsd: 200 });
      await releaseLeases(db, process);
      await returnLease(db, process, budget, 400);
      assert.deepEqual(await stateOf(budget), { spentMicroUsd: 0, leasedMicroUsd: 0 });
    });

    test("a call that cost more than its reservation leaves a debt that the books carry", async () => {
      const budget = newBudget();
      const process = newProcess();
      await lease(process, budget, 1_000, [100, 100, 0]);
      const { tenantId, keyId, period } = budget;
      await settle(process, [{ tenantId, keyId, period, costMicroUsd: 130, budgets: ["key"] }]);
      assert.equal(await outstandingOf(process, budget), -30);
      await releaseLeases(db, process);
      assert.deepEqual(await stateOf(budget), { spentMicroUsd: 130, leasedMicroUsd: 0 });
    });

    test("a refusal is told to the processes that hold leases of that budget, and to no other", async () => {
      const budget = newBudget();
      const [holder, asker, bystander] = [newProcess(), newProcess(), newProcess()];
      await lease(holder, budget, 1_000, [1_000, 1_000, 0]);
      await lease(bystander, newBudget(), 1_000, [1_000, 1_000, 0]);
      assert.deepEqual(await listWanted(db, holder), []);
      await lease(asker, budget, 1_000, [1, 1, 0]);
      assert.deepEqual(await listWanted(db, holder), [budget]);
      assert.deepEqual(await listWanted(db, asker), []);
      assert.deepEqual(await listWanted(db, bystander), []);
    });

    test("a tenant sees its own budgets alone and may not write them; no scope but the ledger's touches leases", async () => {
      const mine = newBudget();
      const theirs = newBudget();
      const process = newProcess();
      await lease(process, mine, 1_000, [1, 1, 0]);
      await lease(process, theirs, 1_000, [1, 1, 0]);
      await lease(process, { tenantId: undefined, keyId: undefined, period: "2026-11" }, 1_000_000, [1, 1, 0]);
      const scope = tenantScope(mine.tenantId);
      const seen = await db.query<{ tenant_id: string }>(scope, "SELECT tenant_id FROM budgets");
      assert.deepEqual(seen, [{ tenant_id: mine.tenantId }]);
      await assert.rejects(db.query(scope, "UPDATE budgets SET committed_micro_usd = 0"), /permission denied/);
      await assert.rejects(db.query(scope, "SELECT FROM budget_leases"), /permission denied/);
      await assert.rejects(db.query({ kind: "lookup" }, "SELECT FROM budgets"), /permission denied/);
      await assert.rejects(db.query(OPERATOR, "UPDATE budgets SET committed_micro_usd = 0"), /permission denied/);
    });

    test("random leases, settlements, returns and deaths keep leased equal to the sum of leases, and spent plus leased within the limit", async () => {
      const budget = newBudget();
      const { tenantId, keyId, period } = budget;
      const limit = 100_000;
      let seed = 7;
      const dice = (below: number): number => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed % below;
      };
      const processes = [newProcess(), newProcess(), newProcess()];
      for (let step = 0; step < 300; step++) {
        const at = dice(3);
        const process = processes[at] ?? assert.fail();
        const own = (await outstandingOf(process, budget)) ?? 0;
        const act = dice(10);
        if (act < 5) await lease(process, budget, limit, [1 + dice(900), dice(2_000), dice(5_000)]);
        else if (act < 8 && own > 0) await settle(process, [{ tenantId, keyId, period, costMicroUsd: 1 + dice(own), budgets: ["key"] }]);
        else if (act === 8 && own > 0) await returnLease(db, process, budget, 1 + dice(own));
        else if (act === 9) {
          await releaseLeases(db, process);
          processes[at] = newProcess();
        }
        const state = await stateOf(budget);
        if (state === undefined) continue;
        const [sum] = await db.query<{ own: number }>(
          LEDGER,
          "SELECT coalesce(sum(outstanding_micro_usd), 0)::bigint AS own FROM budget_leases WHERE tenant_id = $1 AND key_id = $2",
          [tenantId, keyId],
        );
        assert.equal(state.leasedMicroUsd, sum?.own);
        assert.ok(state.spentMicroUsd + state.leasedMicroUsd <= limit);
      }
    });

    test("giving back and releasing at once lowers the budget once", async () => {
      const budget = newBudget();
      for (let round = 0; round < 40; round++) {
        const process = newProcess();
        await lease(process, budget, 1_000, [900, 900, 0]);
        await Promise.all([returnLease(db, process, budget, 300), releaseLeases(db, process)]);
        assert.deepEqual(await stateOf(budget), { spentMicroUsd: 0, leasedMicroUsd: 0 }, `round ${round}`);
      }
    });

    /** The ledger's rollups in the smallest form: what a shipper adds up in the transaction that settles. */
    const shipAndSettle = (process: ProcessId, charge: Charge) =>
      db.transaction(LEDGER, async (tx) => {
        await tx.query("INSERT INTO test_costs (tenant_id, cost) VALUES ($1, $2)", [charge.tenantId, charge.costMicroUsd]);
        await settleBudgets(tx, process, [charge]);
      });
    const openCosts = () =>
      db.asOwner((owner) =>
        owner.script(
          "CREATE TABLE IF NOT EXISTS test_costs (tenant_id text, cost bigint); GRANT SELECT, INSERT ON test_costs TO weir_ledger",
        ),
      );
    const sumCosts: SumSpent = async (tx, { tenantId }) => {
      const [row] = await tx.query<{ sum: number }>("SELECT coalesce(sum(cost), 0)::bigint AS sum FROM test_costs WHERE tenant_id = $1", [
        tenantId ?? "",
      ]);
      return row?.sum ?? 0;
    };

    test("a budget that comes to be while calls are shipped knows every one of them once", async () => {
      await openCosts();
      for (let round = 0; round < 20; round++) {
        const budget = newBudget();
        const { tenantId, keyId, period } = budget;
        const ask = { budget, limitMicroUsd: 1_000_000, leastMicroUsd: 1, wantMicroUsd: 1, extraMicroUsd: 0 };
        const shipped = Array.from({ length: 12 }, (_, at) =>
          shipAndSettle(newProcess(), { tenantId, keyId, period, costMicroUsd: 100 + at, budgets: [] }),
        );
        await Promise.all([...shipped, leaseBudget(db, newProcess(), ask, sumCosts)]);
        assert.deepEqual(await stateOf(budget), { spentMicroUsd: 1_266, leasedMicroUsd: 1 }, `round ${round}`);
      }
    });

    test("many shippers, lenders and heirs of the same budgets do not deadlock, and no money is lost", async () => {
      const budgets = Array.from({ length: 6 }, newBudget);
      let paid = 0;
      const work = Array.from({ length: 60 }, async (_, at) => {
        const process = newProcess();
        const mine = at % 2 === 0 ? budgets : budgets.toReversed();
        for (const budget of mine) assert.equal((await lease(process, budget, 1_000_000, [1_000, 1_000, 0])).grantedMicroUsd, 1_000);
        const charges = mine.map(({ tenantId, keyId, period }, place): Charge => ({
          tenantId,
          keyId,
          period,
          costMicroUsd: 10 + place,
          budgets: (at + place) % 3 === 0 ? [] : ["key"],
        }));
        const [first] = mine;
        await Promise.all([settle(process, charges), first === undefined ? undefined : lease(process, first, 1_000_000, [5, 5, 0])]);
        for (const charge of charges) paid += charge.costMicroUsd;
        await releaseLeases(db, process);
      });
      await Promise.all(work);
      let spent = 0;
      for (const budget of budgets) {
        const state = (await stateOf(budget)) ?? assert.fail();
        assert.equal(state.leasedMicroUsd, 0);
        spent += state.spentMicroUsd;
      }
      assert.equal(spent, paid);
    });
  });
}
