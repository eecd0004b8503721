import assert from "node:assert/strict";
import { test } from "bun:test";
import { createSeededRandom } from "../../kernel/seeded-random.ts";
import { createBreaker, type Breaker, type BreakerOptions, type Outcome, type Pass } from "./breaker.ts";

const OPTIONS: BreakerOptions = { failures: 3, share: 0.1, windowMs: 10_000, callsMin: 50, openMs: 60_000, openMsMax: 300_000, probes: 3 };
const make = (change: Partial<BreakerOptions> = {}): Breaker => createBreaker(() => ({ ...OPTIONS, ...change }));

function call(breaker: Breaker, outcome: Outcome, nowMs: number): boolean {
  const pass = breaker.enter(nowMs);
  if (pass === undefined) return false;
  breaker.leave(pass, outcome, nowMs);
  return true;
}
const calls = (breaker: Breaker, count: number, outcome: Outcome, nowMs: number): number =>
  Array.from({ length: count }, () => call(breaker, outcome, nowMs)).filter(Boolean).length;

test("it opens at the third failure in a row, not at the second, and a success between them begins anew", () => {
  const breaker = make();
  calls(breaker, 2, "bad", 0);
  calls(breaker, 1, "good", 0);
  calls(breaker, 2, "bad", 0);
  assert.equal(breaker.state(0), "closed");
  calls(breaker, 1, "bad", 0);
  assert.deepEqual([breaker.state(0), breaker.opensInMs(0), breaker.enter(0)], ["open", 60_000, undefined]);
});

test("it opens at a tenth of failures within ten seconds, with fifty calls and not with forty-nine", () => {
  for (const [count, state] of [
    [49, "closed"],
    [50, "open"],
  ] as const) {
    const breaker = make();
    for (let at = 1; at <= count; at++) call(breaker, at % 10 === 0 || at === 49 ? "bad" : "good", at * 100);
    assert.equal(breaker.state(count * 100), state, `${count} calls`);
  }
  const below = make();
  for (let at = 1; at <= 400; at++) call(below, at % 11 === 0 ? "bad" : "good", at * 20);
  assert.equal(below.state(8000), "closed");
  const spread = make();
  for (let at = 1; at <= 400; at++) call(spread, at % 10 === 0 ? "bad" : "good", at * 300);
  assert.equal(spread.state(120_000), "closed", "few calls in any ten seconds");
});

test("rate limits and calls that their own caller ended neither open it nor make a row of failures shorter", () => {
  const breaker = make();
  calls(breaker, 200, "neither", 0);
  assert.equal(breaker.state(0), "closed");
  calls(breaker, 2, "bad", 0);
  calls(breaker, 5, "neither", 0);
  calls(breaker, 1, "bad", 0);
  assert.equal(breaker.state(0), "open");
});

test("after its time one call at a time probes it, and the third that succeeds closes it", () => {
  const breaker = make();
  calls(breaker, 3, "bad", 0);
  assert.equal(breaker.enter(59_999), undefined);
  assert.equal(breaker.state(60_000), "half-open");
  for (let probe = 1; probe <= 3; probe++) {
    const pass = breaker.enter(60_000);
    assert.ok(pass?.isProbe);
    assert.deepEqual([breaker.state(60_000), breaker.enter(60_000)], ["open", undefined], "another call while one probes");
    breaker.leave(pass, "good", 60_000);
    assert.equal(breaker.state(60_000), probe < 3 ? "half-open" : "closed");
  }
  calls(breaker, 2, "bad", 60_000);
  assert.equal(breaker.state(60_000), "closed", "the old row of failures is forgotten");
});

test("a probe that has begun to answer has done well, however long its answer is, and one that breaks later is a failure like any other", () => {
  const halfOpen = (change: Partial<BreakerOptions> = {}): Breaker => {
    const breaker = make(change);
    calls(breaker, 3, "bad", 0);
    return breaker;
  };
  const probe = (breaker: Breaker): Pass => breaker.began(breaker.enter(60_000) ?? assert.fail("no probe may go"), 60_000);
  const long = halfOpen();
  const probes = [probe(long), probe(long), probe(long)];
  assert.equal(long.state(60_000), "closed");
  for (const pass of probes) long.leave(pass, "bad", 61_000);
  assert.equal(long.state(61_000), "open", "three that broke, one after the other");
  const early = halfOpen();
  const [first, second] = [probe(early), probe(early)];
  early.leave(first, "good", 60_001);
  assert.equal(early.state(60_001), "half-open", "it counts once");
  early.leave(second, "bad", 60_002);
  assert.deepEqual([early.state(60_002), early.opensInMs(60_002)], ["open", 120_000]);
  const closing = halfOpen();
  const [, , third] = [probe(closing), probe(closing), probe(closing)];
  closing.leave(third ?? assert.fail(), "bad", 60_003);
  assert.equal(closing.state(60_003), "open", "the one that closed it broke off: it was no success");
  const last = halfOpen({ probes: 1 });
  const only = probe(last);
  calls(last, 2, "bad", 60_000);
  last.leave(only, "good", 60_001);
  calls(last, 1, "bad", 60_001);
  assert.equal(last.state(60_001), "open", "its end does not make a row of failures shorter");
});

test("a probe that says nothing gives its place back", () => {
  const breaker = make();
  calls(breaker, 3, "bad", 0);
  assert.ok(call(breaker, "neither", 60_000));
  assert.equal(breaker.state(60_000), "half-open");
});

test("each time that it flaps it stays open twice as long, at most five minutes, until it was calm for ten", () => {
  const breaker = make();
  let now = 0;
  calls(breaker, 3, "bad", now);
  const waits = [breaker.opensInMs(now)];
  for (let time = 0; time < 4; time++) {
    now += breaker.opensInMs(now);
    call(breaker, "bad", now);
    waits.push(breaker.opensInMs(now));
  }
  assert.deepEqual(waits, [60_000, 120_000, 240_000, 300_000, 300_000]);
  now += 300_000;
  calls(breaker, 3, "good", now);
  now += 599_999;
  calls(breaker, 3, "bad", now);
  assert.equal(breaker.opensInMs(now), 300_000, "closed for less than ten minutes");
  now += 300_000;
  calls(breaker, 3, "good", now);
  now += 600_000;
  calls(breaker, 3, "bad", now);
  assert.equal(breaker.opensInMs(now), 60_000);
  assert.equal(breaker.opened, 7);
});

test("the end of a call from before it opened changes nothing", () => {
  const breaker = make();
  const early = Array.from({ length: 6 }, () => breaker.enter(0)).filter((pass) => pass !== undefined);
  calls(breaker, 3, "bad", 0);
  breaker.leave(passAt(early, 0), "good", 1);
  breaker.leave(passAt(early, 1), "bad", 50_000);
  assert.deepEqual([breaker.state(1), breaker.opensInMs(50_000)], ["open", 10_000]);
  calls(breaker, 3, "good", 60_000);
  for (const pass of early.slice(2)) breaker.leave(pass, "bad", 60_001);
  assert.equal(breaker.state(60_001), "closed", "late failures of the outage do not open it again");
});

function passAt(passes: readonly Pass[], index: number): Pass {
  const pass = passes[index];
  assert.ok(pass);
  return pass;
}

/** What must hold over any history, whoever made the breaker. */
function wrongsOf(breaker: Breaker, seed: number): string[] {
  const dice = createSeededRandom(seed);
  const under: Pass[] = [];
  const wrongs = new Set<string>();
  let now = 0;
  let row = 0;
  for (let step = 0; step < 400; step++) {
    now += dice() * 4000;
    const before = breaker.state(now);
    if (dice() < 0.5) {
      const pass = breaker.enter(now);
      if ((pass === undefined) !== (before === "open")) wrongs.add("a call was let in where it is open, or kept out where it is not");
      if (pass === undefined) continue;
      under.push(pass);
      const probes = under.filter((each) => each.isProbe && each.era === pass.era).length;
      if (pass.isProbe && probes > 1) wrongs.add("two probes at once");
      continue;
    }
    const [pass] = under.splice(Math.floor(dice() * under.length), 1);
    if (pass === undefined) continue;
    const outcome = dice() < 0.4 ? "bad" : dice() < 0.8 ? "good" : "neither";
    breaker.leave(pass, outcome, now);
    if (before === "closed" && !pass.isProbe) row = outcome === "bad" ? row + 1 : outcome === "good" ? 0 : row;
    if (before !== "closed") row = 0;
    if (row > 3 && breaker.state(now) === "closed") wrongs.add("more failures in a row than it may stand");
  }
  return [...wrongs];
}

test("over random histories no call passes an open breaker and there are never two probes; broken ones are caught", () => {
  const seeds = Array.from({ length: 300 }, (_, seed) => seed);
  for (const seed of seeds) assert.deepEqual(wrongsOf(make(), seed), [], `seed ${seed}`);
  const deaf = (seed: number): string[] => {
    const breaker = make();
    return wrongsOf({ ...breaker, opened: 0, enter: (now) => breaker.enter(now) ?? { era: 0, isProbe: false } }, seed);
  };
  const eager = (seed: number): string[] => {
    const breaker = make();
    let probe: Pass | undefined;
    const isProbing = (now: number): boolean => breaker.opensInMs(now) === 1;
    const enter = (now: number): Pass | undefined => {
      if (isProbing(now) && probe !== undefined) return { ...probe };
      const pass = breaker.enter(now);
      if (pass?.isProbe === true) probe = pass;
      return pass;
    };
    return wrongsOf({ ...breaker, opened: 0, enter, state: (now) => (isProbing(now) ? "half-open" : breaker.state(now)) }, seed);
  };
  const lax = (seed: number): string[] => wrongsOf(make({ failures: 30, callsMin: 10_000 }), seed);
  for (const planted of [deaf, eager, lax]) assert.ok(seeds.some((seed) => planted(seed).length > 0));
  console.log(`# breaker: ${seeds.length} random histories of 400 steps, 0 wrongs; planted ones caught`);
});
