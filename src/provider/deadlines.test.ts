import { test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeClock } from "../kernel/clock.ts";
import { createDeadlines, TICK_MS } from "./deadlines.ts";

const TIMEOUTS = { firstByteMs: 1000, idleMs: 500, totalMs: 3000 };

function createWatched() {
  const clock = createFakeClock(0);
  let tick: (() => void) | undefined;
  let timers = 0;
  const every = (_: number, task: () => void) => {
    timers++;
    tick = task;
    return () => {
      tick = undefined;
    };
  };
  const deadlines = createDeadlines({ clock, every });
  const late: number[] = [];
  const caller = new AbortController();
  return {
    deadlines,
    late,
    caller,
    timers: () => timers,
    ticking: () => tick !== undefined,
    watch: () => deadlines.watch(TIMEOUTS, caller.signal, () => late.push(clock.nowMs())),
    /** Lets time pass, tick by tick. */
    pass(milliseconds: number, perTick?: () => void) {
      for (let passed = 0; passed < milliseconds; passed += TICK_MS) {
        clock.advance(TICK_MS);
        perTick?.();
        tick?.();
      }
    },
    stall(milliseconds: number) {
      clock.advance(milliseconds);
      tick?.();
    },
  };
}

test("without a first byte a call is late at firstByteMs, not before", () => {
  const { watch, pass, late } = createWatched();
  watch();
  pass(900);
  assert.deepEqual(late, []);
  pass(100);
  assert.deepEqual(late, [1000]);
  pass(5000);
  assert.deepEqual(late, [1000]);
});

test("after the first byte silence is late at idleMs, at most two ticks over", () => {
  const { watch, pass, late } = createWatched();
  const deadline = watch();
  pass(800);
  deadline.heard = true;
  pass(500);
  assert.deepEqual(late, []);
  pass(100);
  assert.deepEqual(late, [1400]);
});

test("a call that keeps talking is late at totalMs", () => {
  const { watch, pass, late } = createWatched();
  const deadline = watch();
  pass(6000, () => {
    deadline.heard = true;
  });
  assert.deepEqual(late, [3000]);
});

test("while nobody reads, an upstream is not late", () => {
  const { watch, pass, late } = createWatched();
  const deadline = watch();
  deadline.heard = true;
  pass(100);
  deadline.waiting = false;
  pass(2000);
  assert.deepEqual(late, []);
  deadline.waiting = true;
  pass(500);
  assert.deepEqual(late, [2600]);
});

test("a process that stood still looks once more before it blames the upstream", () => {
  const { watch, pass, stall, late } = createWatched();
  const deadline = watch();
  deadline.heard = true;
  pass(100);
  stall(2000);
  assert.deepEqual(late, []);
  deadline.heard = true; // What had waited in the socket is read now.
  pass(100);
  assert.deepEqual(late, []);
});

test("a caller that went away is seen at the next tick", () => {
  const { watch, pass, late, caller } = createWatched();
  watch();
  caller.abort();
  assert.deepEqual(late, []);
  pass(100);
  assert.deepEqual(late, [100]);
});

test("there is one timer for all calls, and none once they have ended", () => {
  const { deadlines, watch, pass, late, timers, ticking } = createWatched();
  const many = Array.from({ length: 1000 }, watch);
  assert.equal(timers(), 1);
  for (const each of many) deadlines.end(each);
  assert.ok(ticking());
  pass(100);
  assert.ok(!ticking());
  assert.deepEqual(late, []);
  watch();
  assert.equal(timers(), 2);
});
