import assert from "node:assert/strict";
import { test } from "bun:test";
import { createFakeClock } from "../kernel/clock.ts";
import { tenantIds } from "../kernel/ids.ts";
import { createDayCounts } from "./day-counts.ts";

const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 6, 6, 12);
const [acme, other] = [tenantIds.make(1), tenantIds.make(2)];

function open(earlier: (fromMs: number) => Promise<number>) {
  const clock = createFakeClock(NOON_MS);
  const asked: number[] = [];
  const failures: unknown[] = [];
  const counts = createDayCounts({
    clock,
    findEarlier: (_tenantId, fromMs) => {
      asked.push(fromMs);
      return earlier(fromMs);
    },
    failed: (error) => failures.push(error),
  });
  return { clock, counts, asked, failures };
}

test("a tenant's calls of the day are counted, each tenant's own, and begin anew at midnight UTC", async () => {
  const { clock, counts } = open(() => Promise.resolve(0));
  for (let at = 0; at < 3; at++) counts.add(acme);
  counts.add(other);
  assert.deepEqual([counts.of(acme), counts.of(other)], [3, 1]);
  clock.advance(DAY_MS / 2 - 1);
  assert.equal(counts.of(acme), 3);
  clock.advance(1);
  assert.equal(counts.of(acme, true), 1);
  counts.add(acme);
  await Promise.resolve();
  assert.equal(counts.of(acme), 1);
});

test("what the ledger has of the day is added once it is known; own calls that are in it do not count twice", async () => {
  const { counts, asked } = open(() => Promise.resolve(10));
  for (let at = 0; at < 4; at++) counts.add(acme);
  assert.deepEqual(asked, []);
  assert.equal(counts.of(acme), 4);
  await Promise.resolve();
  assert.equal(counts.of(acme), 11);
  counts.add(acme);
  assert.equal(counts.of(acme), 12);
  assert.deepEqual(asked, [NOON_MS - DAY_MS / 2]);
});

test("a call that is not made is one more than those that were, each time it asks", async () => {
  const { counts } = open(() => Promise.resolve(1));
  counts.add(acme);
  assert.equal(counts.of(acme, true), 2);
  await Promise.resolve();
  assert.equal(counts.of(acme, true), 2);
  counts.add(acme);
  assert.equal(counts.of(acme), 2);
});

test("with the ledger away this process's own calls count, and that is told", async () => {
  const { counts, failures } = open(() => Promise.reject(new Error("away")));
  counts.add(acme);
  assert.equal(counts.of(acme), 1);
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual([counts.of(acme), failures.length], [1, 1]);
});
