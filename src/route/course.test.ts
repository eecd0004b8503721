import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Target } from "../domain/target.ts";
import { createFakeClock } from "../kernel/clock.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import { createCourses, type CourseDeps } from "./course.ts";
import { createHealthBook } from "./health/book.ts";
import { EXTRACTIVE } from "./targets.ts";

const target = (model: string): Target => ({
  ...EXTRACTIVE,
  model,
  provider: `at-${model}`,
  upstream: model,
  kind: "openai",
  timeouts: { firstByteMs: 10_000, idleMs: 5000, totalMs: 60_000 },
});
const [a, b, c, d] = [target("a"), target("b"), target("c"), target("d")];
const OPTIONS = {
  breaker: { failures: 3, share: 0.1, windowMs: 10_000, callsMin: 50, openMs: 60_000, openMsMax: 300_000, probes: 3 },
  retryShare: 0.2,
};
const never = new AbortController().signal;

/** Courses over real breakers, with time that moves only by waiting. `saved`: calls that have paid in for repeats. */
function world({ saved = 50, breaker = true, dice = 0.5 } = {}) {
  const clock = createFakeClock(1_000_000);
  const known = [a, b, c, d].map((each) => ({ target: each, identity: each.model }));
  const health = createHealthBook({ clock }).open(known, { ...OPTIONS, breaker: breaker ? OPTIONS.breaker : undefined });
  for (let time = 0; time < saved; time++) for (const each of [a, b, c, d]) health.enter(each)?.end(undefined);
  const waits: number[] = [];
  const deps: CourseDeps = {
    door: health,
    clock,
    dice: () => dice,
    async wait(ms, signal) {
      if (signal.aborted) throw Fault.ofAbort(signal);
      waits.push(ms);
      clock.advance(ms);
    },
  };
  const begin = createCourses(deps);
  /** Every attempt fails as told, in order; the last word is for those beyond. */
  const fail = async (
    targets: readonly Target[],
    faults: readonly (Fault | FaultCode)[],
    call: { timeoutMs?: number; takesMs?: number } = {},
  ) => {
    const course = begin({ targets }, { startedAtMs: clock.nowMs(), stream: false, ...call });
    const asked: string[] = [];
    for (let step = await course.next(never); step !== undefined; step = await course.next(never)) {
      const fault = faults[Math.min(asked.length, faults.length - 1)];
      assert.ok(fault !== undefined);
      asked.push(step.target.model);
      clock.advance(call.takesMs ?? 0);
      step.end(typeof fault === "string" ? new Fault(fault) : fault);
    }
    return { asked: asked.join(""), why: course.why() };
  };
  return { clock, health, waits, fail, begin };
}

test("every further target once, three attempts in all, and then the last one's fault", async () => {
  const { asked, why } = await world().fail([a, b, c, d], ["target_down", "target_busy", "target_failed"]);
  assert.deepEqual([asked, why.code], ["abc", "target_failed"]);
});

test("only where no other model can be asked the first is repeated, and what the documents say keeps its place", async () => {
  assert.equal((await world().fail([a], ["target_down"])).asked, "aaa");
  assert.equal((await world().fail([a, b], ["target_down"])).asked, "ab");
  assert.deepEqual((await world().fail([a, EXTRACTIVE], ["target_down"])).asked, "aaextractive");
  assert.equal((await world().fail([EXTRACTIVE], ["target_down"])).asked, "extractive");
});

test("waits have full jitter and grow; a provider's own word is waited for at least", async () => {
  for (const [dice, told, expected] of [
    [0, undefined, [0, 0]],
    [0.5, undefined, [125, 250]],
    [0.999, undefined, [250, 500]],
    [0.5, 3000, [3125, 3250]],
  ] as const) {
    const w = world({ dice });
    await w.fail([a], [new Fault("target_busy", told === undefined ? {} : { retryAfterMs: told })]);
    assert.deepEqual(w.waits, expected);
  }
});

test("a wait that is too long for the caller's time, or for anybody, is not begun", async () => {
  const busy = (retryAfterMs: number) => [new Fault("target_busy", { retryAfterMs })];
  for (const [retryAfterMs, timeoutMs, asked] of [
    [2000, 2175, "aa"],
    [2000, 2174, "a"],
    [9875, undefined, "aa"],
    [9876, undefined, "a"],
    [60_000, undefined, "a"],
  ] as const) {
    const w = world();
    const call = timeoutMs === undefined ? {} : { timeoutMs };
    // The second repeat's wait is longer, so only one fits.
    assert.equal((await w.fail([a], busy(retryAfterMs), call)).asked.slice(0, 2), asked, `${retryAfterMs} in ${timeoutMs}`);
  }
  assert.equal((await world().fail([a], ["target_down"], { takesMs: 59_900 })).asked, "a", "the target's own time counts for repeats");
});

test("what was paid for, timed out or refused is not repeated", async () => {
  for (const fault of [
    "target_timeout",
    "target_denied",
    "target_missing",
    "context_too_long",
    new Fault("target_broken", { spent: true }),
  ] as const)
    assert.equal((await world().fail([a], [fault])).asked, "a");
});

test("without saved calls there is no repeat, and repeats are at most a fifth of a target's calls", async () => {
  assert.equal((await world({ saved: 0 }).fail([a], ["target_busy"])).asked, "a");
  const w = world({ saved: 0 });
  let attempts = 0;
  for (let call = 0; call < 500; call++) attempts += (await w.fail([a], ["target_busy"])).asked.length;
  assert.equal(attempts, 600);
});

test("an open breaker is never entered: not at first, not as a fallback, and not by a repeat", async () => {
  const w = world();
  for (let time = 0; time < 3; time++) w.health.enter(b)?.end(new Fault("target_down"));
  assert.equal((await w.fail([a, b, c], ["target_busy"])).asked, "ac");
  const none = await w.fail([b], ["target_busy"]);
  assert.deepEqual([none.asked, none.why.code, none.why.detail.retryAfterMs], ["", "no_target", 60_000]);
  // Two failures of this call and one before open it, so the third attempt is not made.
  const x = world();
  x.health.enter(a)?.end(new Fault("target_down"));
  assert.equal((await x.fail([a], ["target_down"])).asked, "aa");
});

test("the caller's time ends the course, and a target gets no more of it than is left", async () => {
  const w = world();
  const late = w.begin({ targets: [a, b] }, { startedAtMs: w.clock.nowMs() - 5000, timeoutMs: 5000, stream: false });
  assert.equal(await late.next(never), undefined);
  assert.deepEqual([late.why().code, late.why().status], ["target_timeout", 504]);
  const course = w.begin({ targets: [a, b] }, { startedAtMs: w.clock.nowMs(), timeoutMs: 8000, stream: false });
  const step = await course.next(never);
  assert.deepEqual(step?.timed.timeouts, { firstByteMs: 8000, idleMs: 5000, totalMs: 8000 });
  w.clock.advance(7951);
  step?.end(new Fault("target_down"));
  assert.equal(await course.next(never), undefined, "49 ms are no time for another");
  const stream = w.begin({ targets: [a] }, { startedAtMs: w.clock.nowMs(), timeoutMs: 8000, stream: true });
  assert.deepEqual((await stream.next(never))?.timed.timeouts, { firstByteMs: 8000, idleMs: 5000, totalMs: 60_000 });
  const patient = w.begin({ targets: [a] }, { startedAtMs: w.clock.nowMs(), timeoutMs: 60_000, stream: false });
  assert.equal((await patient.next(never))?.timed, a);
});

test("callers with little time open no breaker; the target's own timeout and its own word do", async () => {
  const w = world();
  for (let time = 0; time < 9; time++) await w.fail([a], ["target_timeout"], { timeoutMs: 100, takesMs: 100 });
  assert.equal(w.health.of(a).state, "closed");
  for (let time = 0; time < 3; time++) await w.fail([b], [new Fault("target_timeout", { upstreamStatus: 408 })], { timeoutMs: 100 });
  for (let time = 0; time < 3; time++) await w.fail([c], ["target_timeout"]);
  // The official clients always say ten minutes: a target that is silent for its own ten seconds is late all the same.
  for (let time = 0; time < 3; time++) await w.fail([d], ["target_timeout"], { timeoutMs: 59_000, takesMs: 10_000 });
  assert.deepEqual(
    [b, c, d].map((each) => w.health.of(each).state),
    ["open", "open", "open"],
  );
});

test("a caller that leaves while a repeat waits ends it", async () => {
  const w = world();
  const gone = new AbortController();
  const course = w.begin({ targets: [a] }, { startedAtMs: w.clock.nowMs(), stream: false });
  (await course.next(gone.signal))?.end(new Fault("target_busy"));
  gone.abort();
  await assert.rejects(course.next(gone.signal), { code: "client_gone" });
});

test("a target that has answered may be asked once more: as an attempt and a repeat, with the time that is left, and never behind an open breaker", async () => {
  const asked = async (w: ReturnType<typeof world>, timeoutMs?: number, goneMs = 0) => {
    const course = w.begin({ targets: [a, b, c] }, { startedAtMs: w.clock.nowMs(), stream: false, timeoutMs });
    const step = (await course.next(never)) ?? assert.fail("no step");
    w.clock.advance(goneMs);
    return { course, step };
  };
  const first = await asked(world());
  assert.equal(first.step.again(), true);
  first.step.end(new Fault("answer_invalid", { spent: true }));
  assert.equal((await first.course.next(never))?.target.model, "b", "the third attempt is the last");
  const third = await first.course.next(never);
  assert.equal(third, undefined);

  const w = world();
  const { step } = await asked(w, 8000, 3000);
  assert.equal(step.again(), true);
  assert.equal(step.timed.timeouts.totalMs, 5000);
  assert.equal(w.health.of(a).inFlight, 1);
  step.end(undefined);
  assert.equal(w.health.of(a).inFlight, 0);

  const none = [
    (await asked(world({ saved: 0 }))).step,
    (await asked(world(), 8000, 4001)).step,
    await asked(world()).then(async ({ step: twice }) => (twice.again(), twice.again(), twice)),
  ];
  for (const each of none) assert.equal(each.again(), false);
  const open = world();
  const late = await asked(open);
  for (let time = 0; time < 3; time++) open.health.enter(a)?.end(new Fault("target_down"));
  assert.equal(late.step.again(), false);
  late.step.end(undefined);
  assert.equal(open.health.of(a).inFlight, 0);
});

test("a call that has an answer already does not wait to repeat its first target", async () => {
  for (const repeats of [true, false]) {
    const { begin, clock, waits } = world();
    const course = begin({ targets: [a] }, { startedAtMs: clock.nowMs(), stream: false });
    (await course.next(never))?.end(new Fault("target_busy"));
    const step = await course.next(never, { repeats });
    assert.deepEqual([step?.target.model, waits.length], repeats ? ["a", 1] : [undefined, 0]);
  }
});
