import assert from "node:assert/strict";
import { test } from "bun:test";
import type { TenantPrincipal } from "../domain/principal.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import type { KeyId } from "../kernel/ids.ts";
import { createAdmission, type AdmissionAsk, type Ticket } from "./admission.ts";
import { createBudgets } from "./budgets.ts";
import { createRates, type Rates } from "./rates.ts";
import { createRoom } from "./room.ts";
import { createFakeTime, settled, testPrincipal } from "./testing.ts";

function setUp(limits: { callsInFlight?: number; shared?: boolean; check?: (keyId: KeyId) => void } = {}) {
  const time = createFakeTime(Date.UTC(2026, 10, 21));
  const store = { away: false, committed: 0 };
  const source = {
    lease: (ask: { limitMicroUsd: number; leastMicroUsd: number }) => {
      if (store.away) return Promise.reject(new Fault("store_unavailable"));
      const left = ask.limitMicroUsd - store.committed;
      if (left < ask.leastMicroUsd) return Promise.resolve({ grantedMicroUsd: 0, leftMicroUsd: left, othersMicroUsd: 0 });
      store.committed += ask.leastMicroUsd;
      return Promise.resolve({ grantedMicroUsd: ask.leastMicroUsd, leftMicroUsd: left - ask.leastMicroUsd, othersMicroUsd: 0 });
    },
    giveBack: (_: unknown, microUsd: number) => {
      store.committed -= microUsd;
      return Promise.resolve();
    },
    listWanted: () => Promise.resolve([]),
  };
  const local = createRates(time.clock);
  const rates: Rates =
    limits.shared === true ? { take: (who, tokens) => Promise.resolve(local.take(who, tokens)), look: (who) => local.look(who) } : local;
  const room = createRoom(time, { callsInFlight: limits.callsInFlight ?? 10, callsQueued: 1, queueWaitMs: 500 });
  const budgets = createBudgets({ source, clock: time.clock, after: time.after }, { platformLimitMicroUsd: undefined });
  const admission = createAdmission({ rates, room, budgets, abuse: { check: limits.check ?? (() => undefined) } });
  const admit = (who: TenantPrincipal, ask: Partial<AdmissionAsk> = {}): Ticket | Promise<Ticket> =>
    admission.admit({ who, startedAtMs: time.clock.nowMs(), tokens: 100, ...ask });
  return { time, store, rates: local, room, admission, admit };
}

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
const now = (ticket: Ticket | Promise<Ticket>): Ticket => (ticket instanceof Promise ? assert.fail("it waited") : ticket);

test("a call that needs not wait gets its ticket without a promise", () => {
  const { admit, room } = setUp();
  const ticket = now(admit(testPrincipal()));
  assert.deepEqual([ticket.budgeted, ticket.budgets, ticket.rates], [false, [], undefined]);
  assert.equal(ticket.reserve(1_000), undefined);
  assert.equal(room.inFlight, 1);
  ticket.settle({ microUsd: 5, tokens: 5 });
  assert.equal(room.inFlight, 0);
});

test("rates come before room: a limited call is told when to come back and takes no place", async () => {
  const { admit, admission, room } = setUp({ callsInFlight: 1 });
  const who = testPrincipal({ rpm: 1 });
  const first = now(admit(who));
  assert.equal(first.rates?.requests?.remaining, 0);
  const told = await refusal(() => admit(who), "rate_limited");
  assert.equal(told.detail.retryAfterMs, 60_000);
  assert.equal(room.queued, 0);
  assert.equal(admission.rates(who)?.requests?.resetMs, 60_000);
});

test("room comes before budget: a call that finds no room gives its tokens back and reserves nothing", async () => {
  const { admit, rates, store, time } = setUp({ callsInFlight: 1 });
  now(admit(testPrincipal()));
  const who = testPrincipal({ tpm: 1_000, budgetMicroUsd: 1_000 });
  const waiting = refusal(() => admit(who, { tokens: 400, microUsd: 100 }), "busy");
  await refusal(() => admit(who, { tokens: 400, microUsd: 100 }), "busy");
  assert.equal(rates.look(who)?.tokens?.remaining, 600);
  await time.advance(500);
  await waiting;
  assert.equal(rates.look(who)?.tokens?.remaining, 1_000);
  assert.equal(store.committed, 0);
});

test("a call refused for its budget gives place and tokens back", async () => {
  const { admit, rates, room } = setUp();
  const who = testPrincipal({ tpm: 1_000, budgetMicroUsd: 50 });
  await refusal(() => admit(who, { microUsd: 51 }), "budget_spent");
  assert.throws(() => admit(who, { microUsd: 51 }), { code: "budget_spent" });
  assert.equal(room.inFlight, 0);
  assert.equal(rates.look(who)?.tokens?.remaining, 1_000);
});

test("a call admitted without money can reserve later, and a refusal leaves it admitted until it settles", async () => {
  const { admit, room, store } = setUp();
  const who = testPrincipal({ budgetMicroUsd: 500 });
  const ticket = now(admit(who));
  assert.deepEqual([ticket.budgeted, ticket.budgets], [true, ["key"]]);
  await ticket.reserve(300);
  await refusal(() => ticket.reserve(501), "budget_spent");
  assert.equal(room.inFlight, 1);
  ticket.settle({ microUsd: 200, tokens: 10 });
  await settled();
  assert.equal(store.committed, 200);
});

test("settling twice frees one place and corrects once", () => {
  const { admit, rates, room } = setUp({ callsInFlight: 5 });
  const who = testPrincipal({ tpm: 1_000 });
  const first = now(admit(who));
  now(admit(who));
  first.settle({ microUsd: 0, tokens: 300 });
  first.settle({ microUsd: 0, tokens: 300 });
  assert.equal(room.inFlight, 1);
  assert.equal(rates.look(who)?.tokens?.remaining, 600);
});

test("a caller who goes away while waiting, for room or for money, leaves nothing behind", async () => {
  const { admit, rates, room, store, time } = setUp({ callsInFlight: 1 });
  const who = testPrincipal({ tpm: 1_000, budgetMicroUsd: 100 });
  const running = await admit(who, { microUsd: 100 });
  for (const waitMs of [0, 10]) {
    const gone = new AbortController();
    const waiting = refusal(() => admit(who, { microUsd: 100, signal: gone.signal }), "client_gone");
    await time.advance(waitMs);
    gone.abort();
    await waiting;
  }
  running.settle({ microUsd: 0, tokens: 0 });
  const gone = new AbortController();
  const holder = await admit(who, { microUsd: 100 });
  holder.settle({ microUsd: 100, tokens: 0 });
  await refusal(() => admit(who, { microUsd: 1, signal: gone.signal }), "budget_spent");
  assert.deepEqual([room.inFlight, room.queued], [0, 0]);
  assert.equal(rates.look(who)?.tokens?.remaining, 1_000);
  assert.equal(store.committed, 100);
});

test("a caller who goes away in the moment it is let in leaves the place to the next", async () => {
  const { admit, room } = setUp({ callsInFlight: 1 });
  const running = now(admit(testPrincipal()));
  const gone = new AbortController();
  const waiting = refusal(() => admit(testPrincipal(), { signal: gone.signal }), "client_gone");
  await settled();
  running.settle({ microUsd: 0, tokens: 0 });
  gone.abort();
  await waiting;
  assert.equal(room.inFlight, 0);
});

test("a draining server admits nobody", async () => {
  const { admit, room, rates } = setUp();
  const who = testPrincipal({ tpm: 1_000 });
  room.drain();
  await refusal(() => admit(who), "draining");
  assert.equal(rates.look(who)?.tokens?.remaining, 1_000);
});

test("rates that are shared between replicas answer later, and nothing else changes", async () => {
  const { admit, room } = setUp({ shared: true });
  const who = testPrincipal({ rpm: 1 });
  const ticket = await admit(who);
  await refusal(() => admit(who), "rate_limited");
  ticket.settle({ microUsd: 0, tokens: 0 });
  assert.equal(room.inFlight, 0);
});

test("a thousand calls that end, fail, are refused and go away at random leave everything as it was", async () => {
  const { admit, rates, room, store, time } = setUp({ callsInFlight: 8 });
  const who = testPrincipal({ tpm: 1_000_000, budgetMicroUsd: 20_000 });
  let seed = 3;
  const dice = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  let spent = 0;
  let used = 0;
  const codes = new Set<string>();
  const run = async (): Promise<void> => {
    const gone = new AbortController();
    if (dice(5) === 0) time.after(dice(40), () => gone.abort());
    let ticket: Ticket | undefined;
    let microUsd = 0;
    let tokens = 0;
    try {
      ticket = await admit(who, { microUsd: dice(300), signal: gone.signal });
      await new Promise<void>((resolve) => time.after(1 + dice(60), resolve));
      await ticket.reserve(300);
      microUsd = dice(301);
      tokens = dice(200);
    } catch (error) {
      assert.ok(error instanceof Fault);
      codes.add(error.code);
    } finally {
      ticket?.settle({ microUsd, tokens });
      spent += microUsd;
      used += tokens;
    }
  };
  const calls: Promise<void>[] = [];
  for (let call = 0; call < 1_000; call++) {
    calls.push(run());
    await time.advance(dice(8));
  }
  await time.advance(10_000);
  await Promise.all(calls);
  assert.deepEqual([room.inFlight, room.queued], [0, 0]);
  assert.equal(store.committed, spent);
  assert.ok(spent <= 20_000 && spent > 19_000, `${spent} spent`);
  assert.ok((rates.look(who)?.tokens?.remaining ?? 0) >= 1_000_000 - used);
  for (const code of ["busy", "budget_spent", "client_gone"]) assert.ok(codes.has(code), `${code} never came up`);
});

test("a key that was misused is refused first, and leaves nothing behind", async () => {
  const asked: KeyId[] = [];
  const { admit, room, admission } = setUp({
    check(keyId) {
      asked.push(keyId);
      throw new Fault("rate_limited", { retryAfterMs: 6000 });
    },
  });
  const who = testPrincipal({ rpm: 2 });
  for (let call = 0; call < 5; call++) assert.equal((await refusal(() => admit(who), "rate_limited")).detail.retryAfterMs, 6000);
  assert.deepEqual([asked.length, asked[0], room.inFlight], [5, who.key.id, 0]);
  assert.equal(admission.rates(who)?.requests?.remaining, 2, "its own rate was not touched");
});
