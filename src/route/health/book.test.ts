import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Target } from "../../domain/target.ts";
import { createFakeClock } from "../../kernel/clock.ts";
import { Fault, FAULTS, type FaultCode } from "../../kernel/fault.ts";
import { EXTRACTIVE } from "../targets.ts";
import { createHealthBook, type Health } from "./book.ts";
import type { HealthOptions } from "./target-state.ts";

const OPTIONS: HealthOptions = {
  breaker: { failures: 3, share: 0.1, windowMs: 10_000, callsMin: 50, openMs: 60_000, openMsMax: 300_000, probes: 3 },
  retryShare: 0.2,
};
const target = (model: string, change: Partial<Target> = {}): Target => ({
  ...EXTRACTIVE,
  model,
  provider: `at-${model}`,
  upstream: model,
  kind: "openai",
  ...change,
});
const known = (...targets: readonly Target[]) => targets.map((each) => ({ target: each, identity: `${each.provider} ${each.upstream}` }));
const a = target("a");
const b = target("b");

function ask(health: Health, at: Target, fault?: Fault, cut?: boolean): void {
  const visit = health.enter(at);
  assert.ok(visit);
  visit.end(fault, cut);
}
const down = new Fault("target_down");

test("only what shows that a target does not serve opens its breaker, and only that target's", () => {
  const bad: FaultCode[] = [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys of a literal
  const codes = Object.keys(FAULTS) as FaultCode[];
  for (const code of codes) {
    const health = createHealthBook({ clock: createFakeClock(0) }).open(known(a, b), OPTIONS);
    for (let time = 0; time < 3; time++) ask(health, a, new Fault(code));
    if (health.of(a).state === "open") bad.push(code);
    assert.equal(health.of(b).state, "closed");
  }
  assert.deepEqual(bad.toSorted(), ["target_broken", "target_down", "target_failed", "target_timeout"]);
  const hurried = createHealthBook({ clock: createFakeClock(0) }).open(known(a), OPTIONS);
  for (let time = 0; time < 9; time++) ask(hurried, a, new Fault("target_timeout"), true);
  assert.equal(hurried.of(a).state, "closed", "callers in a hurry open nothing");
  console.log(`# breaker: ${codes.length} fault codes, ${bad.length} count`);
});

test("what is known of a target outlives a new configuration that says the same of it, and no other", () => {
  const clock = createFakeClock(0);
  const book = createHealthBook({ clock });
  const first = book.open(known(a, b), OPTIONS);
  for (let time = 0; time < 3; time++) ask(first, a, down);
  const late = first.enter(b);
  const renamed = target("a2", { provider: a.provider, upstream: a.upstream });
  const second = book.open(known(renamed, b), OPTIONS);
  assert.deepEqual([second.of(renamed).state, second.of(renamed).opensInMs, second.of(b).inFlight], ["open", 60_000, 1]);
  late?.end(undefined);
  assert.equal(second.of(b).inFlight, 0);
  const moved = book.open([{ target: a, identity: "elsewhere" }], OPTIONS);
  assert.equal(moved.of(a).state, "closed");
  assert.equal(book.open(known(a), OPTIONS).of(a).state, "closed", "what a configuration left out is forgotten");
});

test("a breaker that is switched off lets calls in at once, and one that is switched on again opens for no longer than the first time", () => {
  const clock = createFakeClock(0);
  const book = createHealthBook({ clock });
  const on = book.open(known(a), OPTIONS);
  for (let time = 0; time < 3; time++) ask(on, a, down);
  assert.equal(on.enter(a), undefined);
  const off = book.open(known(a), { ...OPTIONS, breaker: undefined });
  assert.deepEqual([off.of(a).state, off.of(a).opensInMs], ["closed", 0]);
  ask(off, a);
  const again = book.open(known(a), OPTIONS);
  for (let time = 0; time < 2; time++) ask(again, a, down);
  assert.equal(again.of(a).state, "closed");
  ask(again, a, down);
  assert.deepEqual([again.of(a).state, again.of(a).opensInMs], ["open", 60_000]);
});

test("one long answer keeps nobody from a target that has recovered", () => {
  const clock = createFakeClock(0);
  const health = createHealthBook({ clock }).open(known(a), OPTIONS);
  for (let time = 0; time < 3; time++) ask(health, a, down);
  clock.advance(60_000);
  const long = health.enter(a);
  assert.equal(health.enter(a), undefined, "it has not answered yet");
  long?.answered();
  clock.advance(500_000);
  assert.equal(health.of(a).state, "half-open");
  ask(health, a);
  ask(health, a);
  assert.equal(health.of(a).state, "closed");
  long?.end(down);
  assert.equal(health.of(a).state, "closed", "one failure");
});

test("new settings hold for what is known already, and without a breaker none opens", () => {
  const book = createHealthBook({ clock: createFakeClock(0) });
  const off = book.open(known(a), { ...OPTIONS, breaker: undefined });
  for (let time = 0; time < 20; time++) ask(off, a, down);
  assert.equal(off.of(a).state, "closed");
  const on = book.open(known(a), OPTIONS);
  ask(on, a, down);
  assert.equal(on.of(a).state, "open");
});

test("calls under way are counted once each, however often they end, and what answers from documents is always there", () => {
  const health = createHealthBook({ clock: createFakeClock(0) }).open(known(a), OPTIONS);
  const visits = [health.enter(a), health.enter(a)];
  assert.equal(health.of(a).inFlight, 2);
  for (const visit of [...visits, ...visits]) visit?.end(undefined);
  assert.equal(health.of(a).inFlight, 0);
  for (let time = 0; time < 9; time++) ask(health, EXTRACTIVE, down);
  assert.equal(health.of(EXTRACTIVE).state, "closed");
});

test("latency follows a rise at once and sinks with time; a failure's speed is none; giving up counts as waited", () => {
  const clock = createFakeClock(0);
  const health = createHealthBook({ clock }).open(known(a), OPTIONS);
  const answer = (ms: number): void => {
    const visit = health.enter(a);
    clock.advance(ms);
    visit?.answered();
    visit?.end(undefined);
  };
  ask(health, a, down);
  assert.equal(health.of(a).latencyMs, undefined);
  answer(100);
  assert.equal(health.of(a).latencyMs, 100);
  answer(1000);
  assert.equal(health.of(a).latencyMs, 1000);
  answer(100);
  const after = health.of(a).latencyMs ?? 0;
  assert.ok(after > 900 && after < 1000);
  clock.advance(10_000);
  assert.ok(Math.abs((health.of(a).latencyMs ?? 0) - after / Math.E) < 1e-6);
  const left = health.enter(a);
  clock.advance(5000);
  left?.end(new Fault("client_gone"), true);
  assert.equal(health.of(a).latencyMs, 5000);
});

test("repeats are at most a fifth of the calls over any time, and a quiet hour saves ten and not more", () => {
  const health = createHealthBook({ clock: createFakeClock(0) }).open(known(a), OPTIONS);
  let repeats = 0;
  for (let calls = 1; calls <= 1000; calls++) {
    ask(health, a, new Fault("target_busy"));
    while (health.mayRepeat(a)) {
      health.enter(a, { isRepeat: true })?.end(undefined);
      repeats++;
    }
    assert.ok(repeats <= calls / 5 + 1e-9, `${repeats} of ${calls}`);
  }
  assert.equal(repeats, 200);
  for (let calls = 0; calls < 1000; calls++) ask(health, a);
  let saved = 0;
  while (health.mayRepeat(a)) saved++;
  assert.equal(saved, 10);
  assert.equal(health.list()[0]?.repeats, 210);
});

/** So many answers of each, taking so long, one after the other. */
function replicas(count: number, slow: number) {
  const clock = createFakeClock(0);
  const all = Array.from({ length: count }, (_, at) => target(`r${at}`, { upstream: "same" }));
  const health = createHealthBook({ clock }).open(known(...all), OPTIONS);
  const serve = (times: number): void => {
    for (let time = 0; time < times; time++)
      for (const [at, each] of all.entries()) {
        const visit = health.enter(each);
        clock.advance(at < slow ? 2000 : 100);
        visit?.answered();
        visit?.end(undefined);
      }
  };
  return { clock, serve, ejected: () => all.filter((each) => health.of(each).ejected === true).map(({ model }) => model) };
}

test("a replica three times as slow as the others is ejected for a time, after twenty answers and not before", () => {
  const { clock, serve, ejected } = replicas(4, 1);
  serve(19);
  assert.deepEqual(ejected(), []);
  serve(2);
  assert.deepEqual(ejected(), ["r0"]);
  clock.advance(30_000);
  assert.deepEqual(ejected(), [], "it is measured anew");
});

test("never more than half of the replicas are ejected, and models of other sizes are not compared", () => {
  for (const [count, slow, most] of [
    [4, 2, 2],
    [5, 2, 2],
    [5, 3, 2],
    [2, 1, 1],
    [1, 1, 0],
  ] as const) {
    const { serve, ejected } = replicas(count, slow);
    serve(30);
    assert.ok(ejected().length <= most, `${slow} of ${count}: ${ejected().join()}`);
  }
  const clock = createFakeClock(0);
  const health = createHealthBook({ clock }).open(known(a, b), OPTIONS);
  for (let time = 0; time < 40; time++)
    for (const each of [a, b]) {
      const visit = health.enter(each);
      clock.advance(each === a ? 5000 : 10);
      visit?.answered();
      visit?.end(undefined);
    }
  assert.equal(health.of(a).ejected, false);
});

test("what providers tell of their queues stands beside what was seen", () => {
  const queueOf = (provider: string) => (provider === "at-a" ? { queueDepth: 7, startsInMs: 1200 } : undefined);
  const health = createHealthBook({ clock: createFakeClock(0), queueOf }).open(known(a, b), OPTIONS);
  assert.deepEqual([health.of(a).queueDepth, health.of(a).startsInMs, health.of(b).queueDepth], [7, 1200, undefined]);
});
