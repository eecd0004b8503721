import assert from "node:assert/strict";
import { test } from "bun:test";
import { createFakeClock } from "../kernel/clock.ts";
import { formatWait, toRateHeaders } from "./rate-headers.ts";
import { createRates, type RateVerdict } from "./rates.ts";
import { testPrincipal } from "./testing.ts";

function setUp(metersMax?: number) {
  const clock = createFakeClock(1_000_000);
  const rates = createRates(clock, metersMax === undefined ? {} : { metersMax });
  const take = (who: ReturnType<typeof testPrincipal>, tokens = 0): RateVerdict => {
    const verdict = rates.take(who, tokens);
    assert.ok(!(verdict instanceof Promise));
    return verdict;
  };
  return { clock, rates, take };
}
const waitOf = (verdict: RateVerdict): number => (verdict.passed ? 0 : verdict.retryAfterMs);

test("a key without limits is not counted, remembered or told numbers", () => {
  const { rates, take } = setUp();
  const who = testPrincipal();
  for (let call = 0; call < 10_000; call++) assert.ok(take(who, 1_000).passed);
  assert.equal(take(who).numbers, undefined);
  assert.equal(rates.look(who), undefined);
  assert.deepEqual(toRateHeaders(rates.look(who)), {});
  assert.equal(rates.meters, 0);
});

test("a minute's worth passes at once and the next request waits exactly until one has flowed in", () => {
  const { clock, take } = setUp();
  const who = testPrincipal({ rpm: 7 });
  for (let call = 0; call < 7; call++) assert.ok(take(who).passed);
  const wait = waitOf(take(who));
  assert.equal(wait, Math.ceil(60_000 / 7));
  clock.advance(wait - 1);
  assert.ok(!take(who).passed);
  clock.advance(1);
  assert.ok(take(who).passed);
  assert.ok(!take(who).passed);
});

test("over any long time no more passes than the limit and one minute's burst", () => {
  const { clock, take } = setUp();
  const who = testPrincipal({ rpm: 60 });
  let passed = 0;
  for (let step = 0; step < 6_000; step++) {
    if (take(who).passed) passed++;
    clock.advance(100);
  }
  assert.equal(passed, 60 + 600 - 1);
});

test("a refused call takes nothing, from the key or from the tenant", () => {
  const { clock, take } = setUp();
  const who = testPrincipal({ rpm: 2 }, { rpm: 100 });
  assert.ok(take(who).passed);
  assert.ok(take(who).passed);
  for (let call = 0; call < 50; call++) assert.ok(!take(who).passed);
  const sibling = { ...testPrincipal(), tenant: who.tenant };
  for (let call = 0; call < 98; call++) assert.ok(take(sibling).passed);
  assert.ok(!take(sibling).passed);
  clock.advance(30_000);
  assert.ok(take(who).passed);
});

test("tokens are taken by estimate and corrected to what was used, down and up", () => {
  const { clock, take } = setUp();
  const who = testPrincipal({ tpm: 6_000 });
  const first = take(who, 4_000);
  assert.ok(first.passed);
  assert.equal(waitOf(take(who, 4_000)), 20_000);
  first.correct(1_000);
  const second = take(who, 4_000);
  assert.ok(second.passed);
  second.correct(5_500);
  assert.equal(waitOf(take(who, 1)), 5_010);
  clock.advance(5_010);
  assert.ok(take(who, 1).passed);
});

test("a call larger than a minute's worth passes on a full bucket only, and the rest is paid off afterwards", () => {
  const { clock, take } = setUp();
  const who = testPrincipal({ tpm: 1_000 });
  const huge = take(who, 50_000);
  assert.ok(huge.passed);
  huge.correct(2_000);
  assert.equal(waitOf(take(who, 50_000)), 120_000);
  clock.advance(119_999);
  assert.ok(!take(who, 50_000).passed);
  clock.advance(1);
  assert.ok(take(who, 50_000).passed);
});

test("a correction never fills a bucket above its minute's worth", () => {
  const { clock, rates, take } = setUp();
  const who = testPrincipal({ tpm: 1_000 });
  const call = take(who, 600);
  clock.advance(60_000);
  assert.ok(call.passed);
  call.correct(0);
  assert.equal(rates.look(who)?.tokens?.remaining, 1_000);
});

test("a limit of nothing lets nothing pass", () => {
  const { clock, take } = setUp();
  assert.equal(waitOf(take(testPrincipal({ rpm: 0 }))), 60_000);
  assert.equal(waitOf(take(testPrincipal({ tpm: 0 }), 0)), 60_000);
  clock.advance(600_000);
  assert.ok(!take(testPrincipal({ rpm: 0 })).passed);
});

test("a changed limit counts from the next call and keeps the share that is left", () => {
  const { rates, take } = setUp();
  const who = testPrincipal({ rpm: 10 });
  for (let call = 0; call < 5; call++) take(who);
  assert.equal(rates.look({ ...who, key: { ...who.key, rpm: 100 } })?.requests?.remaining, 50);
  assert.equal(rates.look({ ...who, key: { ...who.key, rpm: 4 } })?.requests?.remaining, 2);
});

test("the headers tell the tighter of the key's and the tenant's limits", () => {
  const { take } = setUp();
  const who = testPrincipal({ rpm: 600, tpm: 60_000 }, { rpm: 60, tpm: 600_000 });
  const verdict = take(who, 6_000);
  assert.deepEqual(toRateHeaders(verdict.numbers), {
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "59",
    "x-ratelimit-reset-requests": "1s",
    "x-ratelimit-limit-tokens": "60000",
    "x-ratelimit-remaining-tokens": "54000",
    "x-ratelimit-reset-tokens": "6s",
  });
  assert.deepEqual(Object.keys(toRateHeaders(take(testPrincipal({ tpm: 5 })).numbers)).length, 3);
});

test("waits are written as OpenAI writes them", () => {
  const cases: [number, string][] = [
    [0, "0ms"],
    [-5, "0ms"],
    [0.4, "1ms"],
    [999, "999ms"],
    [1_000, "1s"],
    [1_001, "2s"],
    [59_000, "59s"],
    [59_001, "1m0s"],
    [360_000, "6m0s"],
    [3_599_001, "1h0m0s"],
    [3_723_000, "1h2m3s"],
  ];
  for (const [ms, text] of cases) assert.equal(formatWait(ms), text);
});

test("no more meters than allowed are kept, and those at rest go before those in use", () => {
  const { clock, rates, take } = setUp(100);
  const busy = testPrincipal({ rpm: 1 });
  const idle = Array.from({ length: 99 }, () => testPrincipal({ rpm: 60 }));
  for (const who of idle) take(who);
  clock.advance(5_000);
  assert.ok(take(busy).passed);
  for (let newcomer = 0; newcomer < 500; newcomer++) {
    take(testPrincipal({ rpm: 60 }));
    clock.advance(100);
    assert.ok(rates.meters <= 100);
    assert.ok(!take(busy).passed);
  }
});
