import type { KeyProfile, TenantPrincipal, TenantProfile } from "../domain/principal.ts";
import { createFakeClock, type Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { keyIds, tenantIds } from "../kernel/ids.ts";
import type { BudgetName, LeaseAsk, LeaseGrant } from "../store/budgets.ts";
import type { After } from "./timer.ts";

export type FakeTime = {
  readonly clock: Clock;
  readonly after: After;
  /** Moves the clock, running what falls due on the way, and lets promises settle between. */
  advance(ms: number): Promise<void>;
};

/** A clock and timers that stand until they are moved. */
export function createFakeTime(startMs: number): FakeTime {
  const clock = createFakeClock(startMs);
  const timers = new Set<{ readonly atMs: number; readonly run: () => void }>();
  return {
    clock,
    after(ms, run) {
      const timer = { atMs: clock.monotonicMs() + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const endMs = clock.monotonicMs() + ms;
      await settled();
      for (;;) {
        const [next] = [...timers].filter((timer) => timer.atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        timers.delete(next);
        clock.advance(Math.max(0, next.atMs - clock.monotonicMs()));
        next.run();
        await settled();
      }
      clock.advance(endMs - clock.monotonicMs());
      await settled();
    },
  };
}

/** Lets every promise that can settle do so. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

let made = 0;
export function testTenant(change: Partial<TenantProfile> = {}): TenantProfile {
  made++;
  return {
    id: tenantIds.make(made),
    slug: `tenant-${made}`,
    name: "Test",
    tier: undefined,
    region: undefined,
    contentPolicy: "none",
    systemPrompt: undefined,
    models: undefined,
    rpm: undefined,
    tpm: undefined,
    budgetMicroUsd: undefined,
    ...change,
  };
}

export function testKey(change: Partial<KeyProfile> = {}): KeyProfile {
  made++;
  return {
    id: keyIds.make(made),
    name: "test",
    role: "member",
    team: undefined,
    models: undefined,
    rpm: undefined,
    tpm: undefined,
    budgetMicroUsd: undefined,
    expiresAtMs: undefined,
    ...change,
  };
}

export function testPrincipal(key: Partial<KeyProfile> = {}, tenant: Partial<TenantProfile> = {}): TenantPrincipal {
  const profile = testKey(key);
  return { kind: "tenant", role: profile.role, tenant: testTenant(tenant), key: profile };
}

/** The store's side of budgets, in a few lines: committed money per budget, and what others hold of it. */
export function createFakeLedger() {
  const committed = new Map<string, number>();
  const asks: LeaseAsk[] = [];
  const given: { budget: BudgetName; microUsd: number }[] = [];
  const state = { away: false, others: 0, gate: undefined as Promise<void> | undefined, wanted: [] as BudgetName[] };
  const idOf = (name: BudgetName): string => `${name.tenantId ?? ""}/${name.keyId ?? ""}/${name.period}`;
  const committedOf = (name: BudgetName): number => committed.get(idOf(name)) ?? 0;
  return {
    asks,
    given,
    state,
    committedOf,
    /** Another process takes or gives back. */
    commit: (name: BudgetName, microUsd: number) => void committed.set(idOf(name), committedOf(name) + microUsd),
    source: {
      async lease(ask: LeaseAsk): Promise<LeaseGrant> {
        asks.push(ask);
        await state.gate;
        if (state.away) throw new Fault("store_unavailable");
        const left = ask.limitMicroUsd - committedOf(ask.budget);
        if (left < ask.leastMicroUsd) return { grantedMicroUsd: 0, leftMicroUsd: left, othersMicroUsd: state.others };
        const extra = Math.min(ask.extraMicroUsd, Math.floor(left / 8));
        const granted = Math.max(ask.leastMicroUsd, Math.min(left, ask.wantMicroUsd + extra));
        committed.set(idOf(ask.budget), committedOf(ask.budget) + granted);
        return { grantedMicroUsd: granted, leftMicroUsd: left - granted, othersMicroUsd: 0 };
      },
      async giveBack(budget: BudgetName, microUsd: number): Promise<void> {
        given.push({ budget, microUsd });
        await Promise.resolve();
        if (state.away) throw new Fault("store_unavailable");
        committed.set(idOf(budget), committedOf(budget) - microUsd);
      },
      listWanted: () => Promise.resolve(state.wanted),
    },
  };
}
