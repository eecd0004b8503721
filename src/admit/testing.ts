import type { KeyProfile, TenantPrincipal, TenantProfile } from "../domain/principal.ts";
import { createFakeClock, type Clock } from "../kernel/clock.ts";
import { keyIds, tenantIds } from "../kernel/ids.ts";
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
