import assert from "node:assert/strict";
import { test } from "bun:test";
import { SERVICE_LEVELS, type ServiceLevel } from "../../domain/service-level.ts";
import { createFakeClock } from "../../kernel/clock.ts";
import { createSeededRandom } from "../../kernel/seeded-random.ts";
import { createServiceLevels, type LevelOptions } from "./levels.ts";

const OPTIONS: LevelOptions = {
  errorShare: 0.05,
  emergencyErrorShare: 0.5,
  attemptsMin: 20,
  load: 0.9,
  loadForMs: 30_000,
  calmErrorShare: 0.01,
  calmLoad: 0.7,
  calmMs: 300_000,
};

function world(change: Partial<LevelOptions> = {}) {
  const clock = createFakeClock(1000);
  const moves: string[] = [];
  let load = 0;
  const levels = createServiceLevels({
    nowMs: clock.monotonicMs,
    load: () => load,
    options: () => ({ ...OPTIONS, ...change }),
    changed: (from, to) => void moves.push(`${from} > ${to}`),
  });
  return {
    clock,
    moves,
    level: levels.level,
    setLoad: (now: number) => void (load = now),
    attempts(good: number, bad: number): void {
      for (let at = 0; at < good; at++) levels.note(false);
      for (let at = 0; at < bad; at++) levels.note(true);
    },
    /** Looks every second, as calls would. */
    pass(ms: number): ServiceLevel {
      for (let passed = 0; passed < ms; passed += 1000) {
        clock.advance(1000);
        levels.level();
      }
      return levels.level();
    },
  };
}

test("more than a twentieth of failures is reduced, half is an emergency, and few attempts say nothing", () => {
  for (const [good, bad, level] of [
    [95, 5, "full"],
    [94, 6, "reduced"],
    [51, 49, "reduced"],
    [50, 50, "emergency"],
    [0, 19, "full"],
    [0, 20, "emergency"],
  ] as const) {
    const w = world();
    w.attempts(good, bad);
    assert.equal(w.level(), level, `${bad} of ${good + bad}`);
  }
});

test("load of nine tenths for thirty seconds is reduced, for thirty more an emergency; a moment below begins anew", () => {
  const w = world();
  w.setLoad(0.9);
  assert.equal(w.pass(29_000), "full");
  w.setLoad(0.89);
  w.pass(1000);
  w.setLoad(0.95);
  assert.equal(w.pass(30_000), "full");
  assert.equal(w.pass(1000), "reduced");
  assert.equal(w.pass(29_000), "reduced");
  assert.equal(w.pass(1000), "emergency");
});

test("up goes one level after five minutes of calm, by lower thresholds, and unrest begins them anew", () => {
  const w = world();
  w.attempts(0, 30);
  assert.equal(w.level(), "emergency");
  w.clock.advance(11_000);
  assert.equal(w.pass(288_000), "emergency");
  assert.equal(w.pass(2000), "reduced");
  w.attempts(97, 3);
  assert.equal(w.pass(299_000), "reduced", "three of a hundred are no fall, but no calm");
  w.setLoad(0.7);
  assert.equal(w.pass(600_000), "reduced");
  w.setLoad(0.69);
  assert.equal(w.pass(299_000), "reduced");
  assert.equal(w.pass(2000), "full");
  assert.deepEqual(w.moves, ["full > emergency", "emergency > reduced", "reduced > full"]);
});

test("a night without calls is calm", () => {
  const w = world();
  w.attempts(90, 10);
  assert.equal(w.level(), "reduced");
  w.clock.advance(8 * 3_600_000);
  assert.equal(w.level(), "full");
});

/** Moves that come sooner than they may. */
function wrongsOf(seed: number, change: Partial<LevelOptions>): string[] {
  const dice = createSeededRandom(seed);
  const w = world(change);
  const wrongs: string[] = [];
  let before: ServiceLevel = "full";
  let movedMs = 0;
  for (let step = 0; step < 600; step++) {
    w.clock.advance(dice() * 5000);
    if (dice() < 0.3) w.setLoad(dice() * 1.1);
    w.attempts(Math.floor(dice() * 60), dice() < 0.05 ? Math.floor(dice() * 40) : 0);
    const now = w.level();
    const up = SERVICE_LEVELS.indexOf(before) - SERVICE_LEVELS.indexOf(now);
    if (up > 1) wrongs.push("two levels up at once");
    if (up > 0 && w.clock.monotonicMs() - movedMs < OPTIONS.calmMs) wrongs.push("up too soon");
    if (now !== before) movedMs = w.clock.monotonicMs();
    before = now;
  }
  return wrongs;
}

test("over random histories it never goes up within five minutes of a move; without the wait it does, and that is seen", () => {
  for (let seed = 0; seed < 200; seed++) assert.deepEqual(wrongsOf(seed, {}), []);
  assert.ok(Array.from({ length: 20 }, (_, seed) => wrongsOf(seed, { calmMs: 2000 })).some((wrongs) => wrongs.length > 0));
  console.log("# service levels: 200 random histories of 600 looks, 0 moves up too soon; the planted one caught");
});
