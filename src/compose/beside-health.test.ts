import { test } from "bun:test";
import assert from "node:assert/strict";
import { answer } from "../chat/answer.ts";
import { createShadows } from "../chat/shadow.ts";
import type { Stages } from "../chat/stages.ts";
import { play, testCall, testTarget, wholeAnswer, witness } from "../chat/testing.ts";
import type { Plan, Target } from "../domain/target.ts";
import { createFakeClock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { createCourses } from "../route/course.ts";
import { createHealthBook } from "../route/health/book.ts";
import { createServiceLevels } from "../route/service/levels.ts";

const NOW_MS = 1_000_000;
const timeouts = { firstByteMs: 60_000, idleMs: 60_000, totalMs: 60_000 };
const SMALL = testTarget({ model: "small", timeouts });
const MIDDLE = testTarget({ model: "middle", timeouts });
const LARGE = testTarget({ model: "large", timeouts });
const OTHER = testTarget({ model: "other", timeouts });
const BREAKER = { failures: 3, share: 0.5, windowMs: 10_000, callsMin: 20, openMs: 60_000, openMsMax: 60_000, probes: 1 };
const LEVELS = {
  errorShare: 0.05,
  emergencyErrorShare: 0.5,
  attemptsMin: 20,
  load: 0.9,
  loadForMs: 30_000,
  calmErrorShare: 0.01,
  calmLoad: 0.7,
  calmMs: 300_000,
};

function world(targets: readonly Target[]) {
  const clock = createFakeClock(NOW_MS);
  const waits: number[] = [];
  const levels = createServiceLevels({ nowMs: clock.monotonicMs, load: () => 0, options: () => LEVELS, changed: () => undefined });
  const known = targets.map((target) => ({ target, identity: target.model }));
  const health = createHealthBook({ clock, told: levels.note }).open(known, { breaker: BREAKER, retryShare: 0.2 });
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms);
    clock.advance(ms);
  };
  const course = createCourses({ door: health, clock, dice: () => 0.5, wait });
  return { clock, waits, levels, health, stages: { course, nowMs: clock.nowMs, monotonicMs: clock.monotonicMs } };
}
const call = (clock: { nowMs(): number }) => ({ ...testCall(), startedAtMs: clock.nowMs() });
const never = new AbortController().signal;

/** Thirty calls that are answered well; every tenth has a copy, each a judge, and whoever is asked beside them is down. */
async function levelAfter(plan: Partial<Plan>, change: (course: Stages["course"]) => Stages["course"] = (course) => course) {
  const { clock, levels, health, stages } = world([SMALL, LARGE, OTHER]);
  const live = new Set<AbortController>();
  const shadows = createShadows({ live, dropped: () => undefined, admit: () => w.admitted });
  const w = witness({
    ...stages,
    course: change(stages.course),
    beside: () => (health.of(OTHER).state === "open" ? undefined : OTHER),
    copy: (of, form) => shadows.offer(w.stages, of, form),
    plan: () => ({ targets: [SMALL, LARGE], candidates: [], policyHash: "", ...plan }),
    ask: ({ target }) => (target.model === "other" ? play([], new Fault("target_down")) : play(wholeAnswer)),
  });
  for (let time = 0; time < 30; time++) {
    for await (const _ of answer(w.stages, call(clock), w.admitted, never));
    for (let turn = 0; turn < 100 && live.size > 0; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
    levels.level();
    clock.advance(50);
  }
  const failed = w.events.flatMap(({ attempts }) => attempts).filter(({ code }) => code === "target_down").length;
  return { level: levels.level(), failed, state: health.of(OTHER).state };
}

test("copies and judges that fail open their model's breaker, and callers' service stays full", async () => {
  for (const plan of [{ shadow: "other" }, { gate: { kind: "judge", model: "other", min: 0.5 } }] as const) {
    const { level, failed, state } = await levelAfter(plan);
    assert.deepEqual([level, failed, state], ["full", 3, "open"], JSON.stringify(plan));
    const counted = await levelAfter(plan, (course) => (of, when) => course(of, { ...when, isBeside: false }));
    assert.notEqual(counted.level, "full", "the planted fault");
  }
  console.log("# 2 kinds of attempts beside a call, 30 calls each");
});

test("where an answer is held, nobody waits to ask the first model again", async () => {
  const { clock, waits, health, stages } = world([SMALL, MIDDLE, LARGE]);
  for (let time = 0; time < 50; time++) for (const each of [SMALL, MIDDLE]) health.enter(each)?.end(undefined);
  for (let time = 0; time < 3; time++) health.enter(LARGE)?.end(new Fault("target_down"));
  const asked: string[] = [];
  const w = witness({
    ...stages,
    plan: () => ({ targets: [SMALL, MIDDLE, LARGE], candidates: [], policyHash: "", gate: { kind: "logprobs", min: 0 } }),
    ask({ target }) {
      asked.push(target.model);
      return target.model === "small" ? play([], new Fault("target_busy", { retryAfterMs: 9000 })) : play(wholeAnswer);
    },
  });
  const parts = (await Array.fromAsync(answer(w.stages, call(clock), w.admitted, never))).flat();
  assert.deepEqual([parts.at(-1)?.type, asked, waits], ["finish", ["small", "middle"], []]);
});
