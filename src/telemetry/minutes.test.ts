import assert from "node:assert/strict";
import { test } from "bun:test";
import { createFakeClock } from "../kernel/clock.ts";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import { createLatencyCounts, countLatency, percentilesOf } from "./latency-counts.ts";
import { createMinutes, MINUTES_MAX } from "./minutes.ts";

const MINUTE_MS = 60_000;

test("percentiles are within an eighth of the true ones, whatever the times are", () => {
  const random = createSeededRandom(7);
  let compared = 0;
  for (let round = 0; round < 50; round++) {
    const spread = 1 + random() * 8;
    const times = Array.from({ length: 1000 }, () => Math.exp(1 + random() * spread));
    const counts = createLatencyCounts();
    for (const ms of times) countLatency(counts, ms);
    const sorted = times.toSorted((a, b) => a - b);
    const found = percentilesOf(counts);
    assert.ok(found !== undefined);
    for (const [share, told] of [
      [0.5, found.p50],
      [0.95, found.p95],
      [0.99, found.p99],
    ] as const) {
      const exact = sorted[Math.ceil(1000 * share) - 1] ?? 0;
      assert.ok(Math.abs(told - exact) <= exact / 8 + 1, `${told} for ${exact}`);
      compared++;
    }
  }
  assert.equal(percentilesOf(createLatencyCounts()), undefined);
  console.log(`# minutes: ${compared} percentiles compared`);
});

test("an hour is kept by the minute, of all calls and of each model, and what is older is gone", () => {
  const clock = createFakeClock(1_000 * MINUTE_MS);
  const minutes = createMinutes(clock.nowMs);
  for (let at = 0; at < MINUTES_MAX + 10; at++) {
    minutes.call({ outcome: "finished", latencyMs: 100, firstPartMs: 10 });
    minutes.attempt("a", { outcome: "failed", code: "target_down" });
    clock.advance(MINUTE_MS);
  }
  assert.equal(minutes.read(undefined, 60).calls, 59);
  assert.equal(minutes.read(undefined, 15).calls, 14);
  assert.deepEqual([minutes.read("a", 60).failed, minutes.read("a", 1).failed, minutes.read("none", 60).calls], [59, 0, 0]);
  const series = minutes.series(undefined, 60);
  assert.equal(series.length, 60);
  assert.equal(series.at(-1)?.atMs, clock.nowMs());
  assert.deepEqual([series.at(-1)?.calls, series.at(-2)?.calls], [0, 1]);
  assert.deepEqual(
    minutes.codes("a", 15).map(({ code, count }) => [code, count]),
    [["target_down", 14]],
  );
  clock.advance(61 * MINUTE_MS);
  assert.equal(minutes.read(undefined, 60).calls, 0);
});

test("refusals and callers who left are no calls that failed, and only whole answers have a time", () => {
  const minutes = createMinutes(createFakeClock(0).nowMs);
  minutes.call({ outcome: "finished", latencyMs: 100, firstPartMs: 10 });
  minutes.call({ outcome: "failed", code: "target_down", latencyMs: 90_000 });
  minutes.call({ outcome: "aborted", code: "client_gone", latencyMs: 90_000 });
  minutes.call({ outcome: "refused", code: "rate_limited" });
  const { calls, failed, aborted, refused, totalMs } = minutes.read(undefined, 1);
  assert.deepEqual([calls, failed, aborted, refused], [2, 1, 1, 1]);
  assert.ok(totalMs !== undefined && totalMs.p99 < 150);
  assert.deepEqual(
    minutes.codes(undefined, 1).map(({ code }) => code),
    ["target_down", "rate_limited"],
  );
});

test("seconds are whole ones, and models beyond the most that are kept take the place of the one asked longest ago", () => {
  const clock = createFakeClock(5_000_000);
  const minutes = createMinutes(clock.nowMs);
  minutes.call({ outcome: "finished" });
  minutes.call({ outcome: "finished" });
  assert.equal(minutes.seconds().at(-1), 0);
  clock.advance(1000);
  assert.deepEqual([minutes.seconds().length, minutes.seconds().at(-1)], [60, 2]);
  clock.advance(60_000);
  assert.equal(
    minutes.seconds().reduce((sum, count) => sum + count, 0),
    0,
  );
  for (let at = 0; at < 500; at++) minutes.attempt(`m${at}`, { outcome: "finished" });
  minutes.attempt("m0", { outcome: "finished" });
  minutes.attempt("one more", { outcome: "finished" });
  assert.deepEqual([minutes.read("m0", 60).calls, minutes.read("m1", 60).calls], [2, 0]);
});
