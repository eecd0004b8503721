import assert from "node:assert/strict";
import { test } from "bun:test";
import type { TenantPrincipal } from "../domain/principal.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import type { BudgetName } from "../store/budgets.ts";
import type { BudgetHold } from "./budget-hold.ts";
import { createBudgets, type BudgetOptions } from "./budgets.ts";
import { createFakeLedger, createFakeTime, settled, testPrincipal } from "./testing.ts";

const START_MS = Date.UTC(2026, 10, 21);

function setUp(options: Partial<BudgetOptions> = {}) {
  const time = createFakeTime(START_MS);
  const ledger = createFakeLedger();
  const budgets = createBudgets(
    { source: ledger.source, clock: time.clock, after: time.after },
    { platformLimitMicroUsd: undefined, ...options },
  );
  const reserve = (who: TenantPrincipal, microUsd: number, signal?: AbortSignal): BudgetHold | Promise<BudgetHold> => {
    const hold = budgets.open(who, time.clock.nowMs());
    const give = (error: unknown): never => {
      hold.settle(0);
      throw error;
    };
    try {
      const raised = hold.raise(microUsd, signal);
      return raised === undefined ? hold : raised.then(() => hold, give);
    } catch (error) {
      return give(error);
    }
  };
  return { time, ledger, budgets, reserve };
}

const keyName = (who: TenantPrincipal, period = "2026-11"): BudgetName => ({ tenantId: who.tenant.id, keyId: who.key.id, period });
async function refusal(work: () => unknown, code: FaultCode): Promise<Fault> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof Fault);
    assert.equal(error.code, code);
    return error;
  }
  return assert.fail(`expected ${code}`);
}

test("without a budget there is no work: nothing is kept, asked or reserved", () => {
  const { budgets, ledger, reserve } = setUp();
  const hold = reserve(testPrincipal(), 1_000_000);
  assert.ok(!(hold instanceof Promise));
  assert.deepEqual(hold.budgets, []);
  hold.settle(5);
  assert.equal(budgets.accounts, 0);
  assert.equal(ledger.asks.length, 0);
});

test("the first call waits for a lease, the next ones are covered without a promise", async () => {
  const { ledger, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000_000 });
  const first = reserve(who, 1_000);
  assert.ok(first instanceof Promise);
  assert.deepEqual((await first).budgets, ["key"]);
  for (let call = 0; call < 3; call++) assert.ok(!(reserve(who, 1_000) instanceof Promise));
  assert.ok(ledger.asks.length <= 2);
});

test("a call counts in the budgets of its key, its tenant and the platform, and one that is short gives the others back", async () => {
  const { ledger, reserve } = setUp({ platformLimitMicroUsd: 500 });
  const who = testPrincipal({ budgetMicroUsd: 1_000 }, { budgetMicroUsd: 1_000 });
  const hold = await reserve(who, 400);
  assert.deepEqual(hold.budgets, ["key", "tenant", "platform"]);
  await refusal(() => reserve(who, 501), "budget_spent");
  hold.settle(0);
  const again = await reserve(who, 500);
  again.settle(0);
  await settled();
  assert.equal(ledger.committedOf({ tenantId: undefined, keyId: undefined, period: "2026-11" }), 0, "near its limit nothing is kept");
});

test("what a call did not use serves the next, and what it used does not", async () => {
  const { reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  (await reserve(who, 1_000)).settle(400);
  (await reserve(who, 600)).settle(600);
  await refusal(() => reserve(who, 1), "budget_spent");
});

test("settling twice counts once", async () => {
  const { reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  const hold = await reserve(who, 1_000);
  hold.settle(900);
  hold.settle(0);
  (await reserve(who, 100)).settle(100);
  await refusal(() => reserve(who, 1), "budget_spent");
});

test("a reservation can be raised, and one that cannot is as it was before", async () => {
  const { reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  const hold = await reserve(who, 300);
  await hold.raise(500);
  await hold.raise(200);
  assert.equal(hold.microUsd, 500);
  await refusal(() => hold.raise(1_001), "budget_spent");
  assert.equal(hold.microUsd, 500);
  hold.settle(500);
  (await reserve(who, 500)).settle(500);
});

test("a spent budget answers with the time until the next month, at once and without asking again", async () => {
  const { ledger, time, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  (await reserve(who, 1_000)).settle(1_000);
  const told = await refusal(() => reserve(who, 1), "budget_spent");
  assert.equal(told.detail.retryAfterMs, Date.UTC(2026, 11, 1) - START_MS);
  const asked = ledger.asks.length;
  for (let call = 0; call < 100; call++) assert.throws(() => reserve(who, 1), { code: "budget_spent" });
  assert.equal(ledger.asks.length, asked);
  await time.advance(5_000);
  await refusal(() => reserve(who, 1), "budget_spent");
  assert.equal(ledger.asks.length, asked + 1);
});

test("a call that costs nothing passes a spent budget", async () => {
  const { reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 0 });
  await refusal(() => reserve(who, 1), "budget_spent");
  assert.ok(!(reserve(who, 0) instanceof Promise));
});

test("a call that is short only because of calls under way waits for them, in the order of arrival", async () => {
  const { reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  const running = await reserve(who, 1_000);
  const order: string[] = [];
  const one = (reserve(who, 400) as Promise<BudgetHold>).then(() => void order.push("one"));
  const two = (reserve(who, 200) as Promise<BudgetHold>).then(() => void order.push("two"));
  await settled();
  assert.deepEqual(order, []);
  running.settle(400);
  await Promise.all([one, two]);
  assert.deepEqual(order, ["one", "two"]);
});

test("the wait ends after two seconds with a short retry-after, and a caller who goes away leaves at once", async () => {
  const { time, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  const running = await reserve(who, 1_000);
  const gone = new AbortController();
  const leaving = refusal(() => reserve(who, 1, gone.signal), "client_gone");
  const waiting = refusal(() => reserve(who, 1), "budget_reserved");
  await time.advance(1_000);
  gone.abort();
  await leaving;
  await time.advance(999);
  let over = false;
  void waiting.then(() => (over = true));
  await settled();
  assert.equal(over, false);
  await time.advance(1);
  assert.equal((await waiting).detail.retryAfterMs, 1_000);
  running.settle(0);
  assert.equal((await reserve(who, 1_000)).microUsd, 1_000, "nothing was left behind");
});

test("a caller who goes away in the moment its money is there leaves the money", async () => {
  const { reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  const running = await reserve(who, 1_000);
  const gone = new AbortController();
  const leaving = refusal(() => reserve(who, 600, gone.signal), "client_gone");
  await settled();
  running.settle(0);
  gone.abort();
  await leaving;
  (await reserve(who, 1_000)).settle(0);
});

test("a limited number of calls waits, the next is refused at once", async () => {
  const { time, reserve } = setUp({ waitersMax: 3 });
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  await reserve(who, 1_000);
  const waiting = [1, 2, 3].map(() => refusal(() => reserve(who, 1), "budget_reserved"));
  const fourth = refusal(() => reserve(who, 1), "budget_reserved");
  await fourth;
  await time.advance(2_000);
  await Promise.all(waiting);
});

test("with the database away the lease is used up and then calls are refused, never waved through", async () => {
  const { ledger, time, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000_000 });
  (await reserve(who, 1_000)).settle(1_000);
  ledger.state.away = true;
  const left = ledger.committedOf(keyName(who)) - 1_000;
  let passed = 0;
  for (; passed < 100; passed++) {
    try {
      await reserve(who, 1_000);
    } catch (error) {
      assert.equal((error as Fault).code, "store_unavailable");
      break;
    }
  }
  assert.equal(passed, Math.floor(left / 1_000));
  ledger.state.away = false;
  await time.advance(250);
  assert.equal((await reserve(who, 1_000)).microUsd, 1_000);
});

test("calls that wait for a lease when the database goes away are refused at once", async () => {
  const { ledger, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000_000 });
  ledger.state.away = true;
  const refused = [1, 2, 3].map(() => refusal(() => reserve(who, 1_000), "store_unavailable"));
  await Promise.all(refused);
  assert.equal(ledger.asks.length, 1);
});

test("a database that does not answer at all is store_unavailable after two seconds", async () => {
  const { ledger, time, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000_000 });
  ledger.state.gate = new Promise(() => undefined);
  const waiting = refusal(() => reserve(who, 1_000), "store_unavailable");
  await time.advance(2_000);
  await waiting;
});

test("what another process holds is waited for; when it comes back the call passes", async () => {
  const { ledger, time, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  ledger.commit(keyName(who), 1_000);
  ledger.state.others = 1_000;
  const waiting = reserve(who, 600) as Promise<BudgetHold>;
  await time.advance(400);
  ledger.commit(keyName(who), -600);
  await time.advance(250);
  assert.equal((await waiting).microUsd, 600);
});

test("a part that is too small for the call that waits is not hoarded", async () => {
  const { ledger, time, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  const running = await reserve(who, 500);
  ledger.commit(keyName(who), 500);
  ledger.state.others = 500;
  const waiting = refusal(() => reserve(who, 800), "budget_reserved");
  running.settle(100);
  await time.advance(600);
  assert.equal(ledger.committedOf(keyName(who)), 600, "what was spent here and what the other holds");
  await time.advance(1_400);
  await waiting;
});

test("a process gives back what it does not need when another was refused", async () => {
  const { ledger, budgets, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000_000 });
  (await reserve(who, 1_000)).settle(700);
  assert.ok(ledger.committedOf(keyName(who)) > 700);
  await budgets.sweep();
  await settled();
  assert.ok(ledger.committedOf(keyName(who)) > 700, "nobody wanted it");
  ledger.state.wanted = [keyName(who)];
  await budgets.sweep();
  await settled();
  assert.equal(ledger.committedOf(keyName(who)), 700);
});

test("an unused lease goes back after a minute, and its account is forgotten once no call counts on it", async () => {
  const { ledger, budgets, time, reserve } = setUp();
  budgets.start();
  const who = testPrincipal({ budgetMicroUsd: 1_000_000 });
  const running = await reserve(who, 1_000);
  await time.advance(60_000);
  assert.ok(ledger.committedOf(keyName(who)) > 1_000);
  await time.advance(1_000);
  assert.equal(ledger.committedOf(keyName(who)), 1_000);
  assert.equal(budgets.accounts, 1);
  running.settle(300);
  await time.advance(1_000);
  assert.equal(ledger.committedOf(keyName(who)), 300);
  assert.equal(budgets.accounts, 0);
  await budgets.close();
});

test("a lowered limit drops the local lease back and counts from the next call; a raised one lets calls pass again", async () => {
  const { ledger, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000_000 });
  const withLimit = (budgetMicroUsd: number): TenantPrincipal => ({ ...who, key: { ...who.key, budgetMicroUsd } });
  (await reserve(who, 1_000)).settle(1_000);
  await refusal(() => reserve(withLimit(1_000), 1), "budget_spent");
  assert.equal(ledger.committedOf(keyName(who)), 1_000);
  assert.equal((await reserve(withLimit(2_000), 1_000)).microUsd, 1_000);
});

test("a call is charged to the month that it started in, and the new month is a new budget", async () => {
  const { ledger, budgets, time, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  await time.advance(Date.UTC(2026, 11, 1) - START_MS - 1);
  const lastMsOfNovember = time.clock.nowMs();
  const old = await reserve(who, 700);
  await time.advance(1);
  const fresh = await reserve(who, 1_000);
  assert.equal(ledger.committedOf(keyName(who, "2026-12")), 1_000);
  const late = budgets.open(who, lastMsOfNovember);
  await late.raise(300);
  old.settle(700);
  await refusal(() => late.raise(301), "budget_spent");
  late.settle(200);
  fresh.settle(1_000);
  await budgets.sweep();
  await settled();
  assert.equal(ledger.committedOf(keyName(who)), 900);
  await budgets.sweep();
  assert.equal(budgets.accounts, 1, "the old month is forgotten");
});

test("slices follow the rate of spending and shrink to single calls near the limit", async () => {
  const { ledger, time, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 100_000 });
  for (let call = 0; call < 400; call++) {
    (await reserve(who, 100)).settle(100);
    await time.advance(10);
  }
  const many = ledger.asks.length;
  assert.ok(many < 60, `${many} leases for 400 calls`);
  while (ledger.committedOf(keyName(who)) < 100_000) {
    (await reserve(who, 100)).settle(100);
    await time.advance(10);
  }
  const [last] = ledger.asks.slice(-1);
  assert.ok((last?.extraMicroUsd ?? 1_000) <= 100);
});

test("after a burst the slices become small again", async () => {
  const { ledger, time, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 100_000_000 });
  for (let call = 0; call < 2_000; call++) {
    (await reserve(who, 100)).settle(100);
    await time.advance(1);
  }
  const burst = Math.max(...ledger.asks.map((ask) => ask.extraMicroUsd));
  for (let call = 0; call < 4_000; call++) {
    (await reserve(who, 2_000)).settle(2_000);
    await time.advance(2_000);
  }
  const slow = ledger.asks.at(-1)?.extraMicroUsd ?? 0;
  assert.ok(burst > 50_000 && slow < burst / 8, `${burst}, then ${slow}`);
});

test("a call that cost more than its reservation is paid by the calls that follow", async () => {
  const { ledger, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 10_000 });
  (await reserve(who, 1_000)).settle(9_500);
  await refusal(() => reserve(who, 501), "budget_spent");
  (await reserve(who, 500)).settle(500);
  await settled();
  assert.equal(ledger.committedOf(keyName(who)), 10_000);
});

test("closing refuses who waits and who comes", async () => {
  const { budgets, time, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000 });
  await reserve(who, 1_000);
  const waiting = refusal(() => reserve(who, 1), "draining");
  await time.advance(100);
  await budgets.close();
  await waiting;
  await refusal(() => reserve(who, 1), "draining");
});

test("the share that is left is that of the budget with the least left, falls as it is spent, and is not known before the first lease", async () => {
  const { budgets, time, reserve } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 1_000_000 }, { budgetMicroUsd: 10_000_000 });
  const share = (): number | undefined => {
    const hold = budgets.open(who, time.clock.nowMs());
    const { leftShare } = hold;
    hold.settle(0);
    return leftShare;
  };
  assert.equal(share(), undefined);
  assert.equal(budgets.open(testPrincipal(), time.clock.nowMs()).leftShare, undefined);
  for (const spent of [250_000, 500_000]) {
    const hold = await reserve(who, 250_000);
    hold.settle(250_000);
    assert.ok(Math.abs((share() ?? 0) - (1 - spent / 1_000_000)) < 0.01, `${share()} after ${spent}`);
  }
});
