import assert from "node:assert/strict";
import { test } from "bun:test";
import type { AbusePolicy } from "../domain/abuse.ts";
import { createFakeClock, type Clock } from "../kernel/clock.ts";
import type { Fault } from "../kernel/fault.ts";
import { keyIds, tenantIds, toHolderId } from "../kernel/ids.ts";
import { type Abuse, createAbuse, MISUSE_POINTS, ORDINARY_POINTS } from "./abuse.ts";
import type { Scored } from "./score-book.ts";
import { settled } from "./testing.ts";

const POLICY: AbusePolicy = { mode: "detect", throttleAbove: 50, suspendAbove: 200, halfLifeMinutes: 10, callsPerMinute: 10 };
const MINUTE_MS = 60_000;
const tenantId = tenantIds.make(1);
let made = 0;
const newKey = (): Scored => ({ tenantId, keyId: keyIds.make(++made) });

type Told = {
  readonly crossed: string[];
  readonly suspended: string[];
  /** Does the database answer? */ readonly state: { taken: boolean };
};
/** What is tested, or something broken in its place. */
type Make = (clock: Clock, told: Told, policy: AbusePolicy, keysMax?: number) => Abuse;
const make: Make = (clock, { crossed, suspended, state }, policy, keysMax) =>
  createAbuse(
    {
      clock,
      crossed: (_, { level, score }) => crossed.push(`${level} ${score}`),
      async suspend({ keyId }) {
        suspended.push(keyId);
        return state.taken;
      },
    },
    policy,
    keysMax,
  );

function setUp(change: Partial<AbusePolicy> = {}, { keysMax, build = make }: { keysMax?: number; build?: Make } = {}) {
  const clock = createFakeClock(0);
  const told: Told = { crossed: [], suspended: [], state: { taken: false } };
  const abuse = build(clock, told, { ...POLICY, ...change }, keysMax);
  const attack = (key: Scored, times: number): void => {
    for (let time = 0; time < times; time++) abuse.misused(key, "injection-blocked");
  };
  const codeOf = (key: Scored): string => {
    try {
      abuse.check(key.keyId);
      return "passed";
    } catch (error) {
      return (error as Fault).code;
    }
  };
  return { clock, abuse, told, attack, codeOf };
}

test("a score grows by what was done, halves with time, and its crossings are told once each", () => {
  const { clock, abuse, told, attack, codeOf } = setUp();
  const key = newKey();
  attack(key, 5);
  assert.equal(abuse.scoreOf(key.keyId), 50);
  assert.deepEqual(told.crossed, []);
  attack(key, 1);
  attack(key, 10);
  assert.deepEqual(told.crossed, ["elevated 60"]);
  attack(key, 5);
  assert.deepEqual(told.crossed, ["elevated 60", "high 210"]);
  assert.deepEqual(abuse.count(), { elevated: 0, high: 1 });
  clock.advance(10 * MINUTE_MS);
  assert.ok(Math.abs(abuse.scoreOf(key.keyId) - 105) < 1e-9);
  assert.deepEqual(abuse.count(), { elevated: 1, high: 0 });
  attack(key, 10);
  assert.equal(told.crossed.length, 2, "it has not cooled down between");
  clock.advance(40 * MINUTE_MS);
  attack(key, 5);
  assert.equal(told.crossed.length, 3);
  // It is only told of.
  assert.equal(codeOf(key), "passed");
  assert.deepEqual(told.suspended, []);
});

/** The score after a key's use, in the worst moment. */
function worstScore(calls: number, refusedEvery: number, everyMs: number, build: Make = make): number {
  const { clock, abuse } = setUp({}, { build });
  const key = newKey();
  let worst = 0;
  for (let call = 1; call <= calls; call++) {
    clock.advance(everyMs);
    if (call % refusedEvery === 0) abuse.misused(key, "injection-blocked");
    else abuse.behaved(key.keyId);
    worst = Math.max(worst, abuse.scoreOf(key.keyId));
  }
  return worst;
}

test("ordinary calls never raise a score, and a busy key of which 1 in 100 is refused by mistake never climbs", () => {
  assert.equal(worstScore(1000, Number.POSITIVE_INFINITY, 1), 0);
  const busy = worstScore(100_000, 100, 1);
  assert.ok(busy <= MISUSE_POINTS["injection-blocked"], String(busy));
  const attacker = worstScore(1000, 10, 1);
  assert.ok(attacker > POLICY.suspendAbove, String(attacker));
  // Planted: ordinary calls that pay nothing off, and such that count.
  const unforgiving: Make = (...of) => ({ ...make(...of), behaved: () => undefined });
  const accusing: Make = (...of) => {
    const abuse = make(...of);
    return { ...abuse, behaved: (keyId) => abuse.misused({ tenantId, keyId }, "tool-withheld") };
  };
  assert.ok(worstScore(100_000, 100, 1, unforgiving) > POLICY.suspendAbove);
  assert.ok(worstScore(1000, Number.POSITIVE_INFINITY, 1, accusing) > 0);
  console.log(`# abuse: 1,000 ordinary calls score 0, 100,000 calls with 1 % refused at most ${busy}, 1,000 with 10 % refused ${attacker}`);
});

test("a throttled key gets its few calls a minute and is told when the next may come, until its score has fallen", () => {
  const { clock, abuse, attack, codeOf } = setUp({ mode: "throttle" });
  const key = newKey();
  attack(key, 5);
  assert.equal(codeOf(key), "passed");
  attack(key, 1);
  const codes = Array.from({ length: 12 }, () => codeOf(key));
  assert.deepEqual(codes, [...Array.from({ length: 10 }, () => "passed"), "rate_limited", "rate_limited"]);
  assert.throws(
    () => abuse.check(key.keyId),
    ({ detail }: Fault) => detail.retryAfterMs === 6000,
  );
  clock.advance(6000);
  assert.deepEqual([codeOf(key), codeOf(key)], ["passed", "rate_limited"]);
  assert.equal(codeOf(newKey()), "passed");
  clock.advance(3 * MINUTE_MS);
  for (let call = 0; call < 50; call++) assert.equal(codeOf(key), "passed");
});

test("above the second threshold a key is suspended once, and asked for again only where nobody took it", async () => {
  const { clock, told, abuse, attack, codeOf } = setUp({ mode: "suspend" });
  const key = newKey();
  attack(key, 20);
  assert.deepEqual([told.suspended.length, codeOf(key)], [0, "passed"]);
  attack(key, 1);
  assert.deepEqual([told.suspended, codeOf(key)], [[key.keyId], "key_suspended"]);
  for (let call = 0; call < 100; call++) codeOf(key);
  assert.equal(told.suspended.length, 1);
  // Nobody took it: it stays refused here, however old, and is asked for again.
  await settled();
  clock.advance(600 * MINUTE_MS);
  told.state.taken = true;
  assert.deepEqual([codeOf(key), told.suspended.length], ["key_suspended", 2]);
  // It is in the database: not this process's matter any more.
  await settled();
  assert.deepEqual([codeOf(key), abuse.scoreOf(key.keyId), told.suspended.length], ["passed", 0, 2]);
});

test("a key whose suspension was lifted begins anew", () => {
  const { abuse, attack, codeOf } = setUp({ mode: "suspend" });
  const key = newKey();
  attack(key, 30);
  abuse.forget(key.keyId);
  assert.deepEqual([codeOf(key), abuse.scoreOf(key.keyId)], ["passed", 0]);
});

test("the holder of a token is refused by this process until the score has fallen, and nobody is asked to suspend them", () => {
  const { clock, told, attack, codeOf } = setUp({ mode: "suspend" });
  const holder: Scored = { tenantId, keyId: toHolderId(new Uint8Array(32).fill(5)) };
  attack(holder, 21);
  assert.equal(codeOf(holder), "key_suspended");
  clock.advance(20 * MINUTE_MS);
  assert.equal(codeOf(holder), "key_suspended", "52 points");
  clock.advance(1 * MINUTE_MS);
  assert.equal(codeOf(holder), "passed", "49 points");
  assert.deepEqual(told.suspended, []);
});

test("memory is bounded, and keys that were misused longest ago make room", () => {
  const { abuse, attack } = setUp({}, { keysMax: 4 });
  const keys = Array.from({ length: 1000 }, newKey);
  const [first = newKey()] = keys;
  let most = 0;
  for (const key of keys) {
    attack(key, 1);
    attack(first, 1);
    most = Math.max(most, keys.filter(({ keyId }) => abuse.scoreOf(keyId) > 0).length);
  }
  assert.ok(most <= 4, String(most));
  assert.equal(abuse.scoreOf(first.keyId), POLICY.suspendAbove * 4, "it was misused all the while");
  assert.deepEqual(
    keys.slice(-2).map(({ keyId }) => abuse.scoreOf(keyId)),
    [10, 10],
  );
});

test("a flood's score is bounded, so that it is forgotten in time", () => {
  const { clock, abuse, attack } = setUp();
  const key = newKey();
  attack(key, 10_000);
  clock.advance(21 * MINUTE_MS);
  assert.ok(abuse.scoreOf(key.keyId) < POLICY.suspendAbove);
});

test("off counts nothing; a stricter policy judges anew what was only told of", () => {
  const off = setUp({ mode: "off" });
  const key = newKey();
  off.attack(key, 100);
  assert.deepEqual([off.abuse.scoreOf(key.keyId), off.told.crossed.length], [0, 0]);
  const { abuse, told, attack, codeOf } = setUp();
  attack(key, 30);
  abuse.reconfigure({ ...POLICY, mode: "suspend" });
  assert.equal(codeOf(key), "passed", "throttled, and its bucket is full");
  attack(key, 1);
  assert.deepEqual([codeOf(key), told.suspended.length], ["key_suspended", 1]);
  abuse.reconfigure({ ...POLICY, mode: "off" });
  assert.deepEqual([codeOf(key), abuse.count().high], ["passed", 0]);
});

/** Does an hour make an attack be forgotten? Is a suspended key refused? */
function keepsItsWord(build: Make): { decays: boolean; refuses: boolean; tells: boolean } {
  const { clock, abuse, told, attack, codeOf } = setUp({ mode: "suspend" }, { build });
  const key = newKey();
  attack(key, 10);
  clock.advance(60 * MINUTE_MS);
  const decays = abuse.scoreOf(key.keyId) < 5;
  attack(key, 40);
  return { decays, refuses: codeOf(key) === "key_suspended", tells: told.crossed.length > 0 };
}

test("a clock that stands still, a check that lets everything through and a crossing that nobody hears are seen", () => {
  assert.deepEqual(keepsItsWord(make), { decays: true, refuses: true, tells: true });
  assert.equal(keepsItsWord((_, ...of) => make(createFakeClock(0), ...of)).decays, false);
  assert.equal(keepsItsWord((...of) => ({ ...make(...of), check: () => undefined })).refuses, false);
  assert.equal(
    keepsItsWord((clock, told, policy) => createAbuse({ clock, crossed: () => undefined, suspend: async () => true }, policy)).tells,
    false,
  );
  assert.ok(ORDINARY_POINTS < MISUSE_POINTS["personal-data-blocked"]);
  console.log("# abuse: 3 of 3 planted faults of the score seen");
});
