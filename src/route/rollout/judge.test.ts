import { test } from "bun:test";
import assert from "node:assert/strict";
import type { Rollout, RolloutCounts, RolloutVariant } from "../../domain/rollout.ts";
import { createSeededRandom } from "../../kernel/seeded-random.ts";
import { type CountedCall, createTally, finishedOf, latencyAtRank, sumCounts } from "./counts.ts";
import { EVIDENCE_CALLS_MIN, judge, type Verdict } from "./judge.ts";
import { countsOf, GATES, makeRollout } from "./testing.ts";
import { shareOf, variantOf } from "./variant.ts";

type Dice = () => number;
type Behave = (variant: RolloutVariant, dice: Dice) => CountedCall;
type Judge = typeof judge;

/** As answers are: most are quick and cheap, a few are long. */
const tailed = (dice: Dice): number => 200 * Math.exp(0.8 * Math.sqrt(-2 * Math.log(1 - dice())) * Math.cos(2 * Math.PI * dice()));
const healthy: Behave = (_variant, dice) => ({ failed: dice() < 0.01, latencyMs: tailed(dice), costMicroUsd: Math.round(tailed(dice)) });
const worse =
  (how: (call: CountedCall, dice: Dice) => CountedCall): Behave =>
  (variant, dice) =>
    variant === "candidate" ? how(healthy(variant, dice), dice) : healthy(variant, dice);
const failing = worse((call, dice) => (dice() < 0.3 ? { ...call, failed: true } : call));
const slow = worse((call) => ({ ...call, latencyMs: call.latencyMs * 3 }));
const dear = worse((call) => ({ ...call, costMicroUsd: call.costMicroUsd * 2.5 }));

type Run = { readonly state: Rollout["state"]; readonly touched: number; readonly asked: number; readonly last: Verdict };
const LOOK_EVERY = 20;

/** A whole rollout over callers of their own, judged every 20 calls until it ends. */
function simulate(seed: number, behave: Behave, callsMax: number, decide: Judge = judge): Run {
  const dice = createSeededRandom(seed);
  let rollout = makeRollout({ gates: { ...GATES, callsMin: 100 } });
  const fresh = () => ({ candidate: createTally(), baseline: createTally() });
  const steps = [fresh()];
  let touched = 0;
  let last: Verdict = { act: "hold", reason: "too-early", compared: [] };
  for (let asked = 1; asked <= callsMax; asked++) {
    const variant = variantOf(rollout, `user ${String(Math.floor(dice() * 5000))} ${String(seed)}`, 1);
    if (variant === "candidate") touched++;
    const here = steps.at(-1);
    here?.[variant].call(behave(variant, dice));
    if (asked % LOOK_EVERY !== 0 || here === undefined) continue;
    // At 100 % there is nothing beside it, so what was there before is compared with.
    last = decide(here.candidate.read(), sumCounts(steps.map(({ baseline }) => baseline.read())), rollout.gates, 1);
    if (last.act === "rollback") return { state: "rolled-back", touched, asked, last };
    if (last.act !== "promote") continue;
    if (shareOf(rollout, 1) === 100) return { state: "finished", touched, asked, last };
    rollout = { ...rollout, step: rollout.step + 1 };
    steps.push(fresh());
  }
  return { state: "running", touched, asked: callsMax, last };
}

const CALLS = 20_000;
const SEEDS = Array.from({ length: 100 }, (_, seed) => seed + 1);

for (const [name, behave, gate] of [
  ["fails 30 % of its calls", failing, "failures"],
  ["is three times slower", slow, "latency"],
  ["costs two and a half times as much", dear, "cost"],
] as const)
  test(`a candidate that ${name} is rolled back at the first step`, () => {
    const runs = SEEDS.map((seed) => simulate(seed, behave, CALLS));
    for (const run of runs) assert.deepEqual([run.state, run.last.reason], ["rolled-back", gate]);
    const touched = runs.map((run) => run.touched).toSorted((a, b) => a - b);
    // Of the calls that there would have been: what the window is measured in.
    for (const run of runs) assert.ok(run.touched <= CALLS * 0.05, `${String(run.touched)} of ${String(CALLS)}`);
    console.log(
      `# ${gate}: ${String(runs.length)} rollouts, ${String(touched[50])} calls touched in the middle, ${String(touched.at(-1))} at most`,
    );
  });

test("a healthy candidate reaches everybody, and chance alone rolls back hardly any", () => {
  const runs = SEEDS.map((seed) => simulate(seed, healthy, 60_000));
  const byState = Map.groupBy(runs, (run) => run.state);
  const back = byState.get("rolled-back")?.length ?? 0;
  const done = byState.get("finished")?.length ?? 0;
  console.log(`# healthy: ${String(runs.length)} rollouts, ${String(done)} finished, ${String(back)} rolled back by chance`);
  assert.ok(back <= 2, String(back));
  assert.ok(done >= 95, String(done));
});

test("a gate that always promotes, and one that never goes back, are caught by the same runs", () => {
  const blind: Judge = () => ({ act: "promote", reason: "passed", compared: [] });
  const meek: Judge = (...seen) => {
    const verdict = judge(...seen);
    return verdict.act === "rollback" ? { act: "hold", reason: verdict.reason, compared: [] } : verdict;
  };
  for (const seed of SEEDS.slice(0, 3)) {
    assert.equal(simulate(seed, failing, CALLS, blind).state, "finished");
    assert.equal(simulate(seed, failing, CALLS, meek).state, "running");
  }
});

const repeat = (count: number, call: CountedCall, scores: readonly number[] = []): RolloutCounts =>
  countsOf(
    Array.from({ length: count }, () => call),
    scores,
  );
const GOOD: CountedCall = { failed: false, latencyMs: 100, costMicroUsd: 10 };
const FAILED: CountedCall = { ...GOOD, failed: true };

test("going on takes the calls and the time, each to the last one", () => {
  const baseline = repeat(100, GOOD);
  const gates = { ...GATES, callsMin: 50, stepSeconds: 60 };
  assert.deepEqual(judge(repeat(49, GOOD), baseline, gates, 60_000).reason, "too-few-calls");
  assert.deepEqual(judge(repeat(50, GOOD), baseline, gates, 59_999).reason, "too-early");
  assert.deepEqual(judge(repeat(50, GOOD), baseline, gates, 60_000).act, "promote");
  assert.deepEqual(judge(repeat(50, GOOD), repeat(EVIDENCE_CALLS_MIN - 1, GOOD), gates, 60_000).reason, "too-few-calls");
});

test("going back does not wait for the calls that going on takes, but for some evidence", () => {
  const baseline = repeat(200, GOOD);
  assert.equal(judge(repeat(EVIDENCE_CALLS_MIN, FAILED), baseline, GATES, 0).act, "rollback");
  assert.equal(judge(repeat(EVIDENCE_CALLS_MIN - 1, FAILED), baseline, GATES, 0).act, "hold");
});

test("what is above a limit by what may be chance is held, neither sent on nor back", () => {
  const candidate = sumCounts([repeat(95, GOOD), repeat(5, FAILED)]);
  assert.deepEqual(judge(candidate, repeat(2000, GOOD), GATES, 0).reason, "failures");
  assert.equal(judge(candidate, repeat(2000, GOOD), GATES, 0).act, "hold");
  const more = sumCounts(Array.from({ length: 10 }, () => candidate));
  assert.equal(judge(more, repeat(2000, GOOD), GATES, 0).act, "rollback", "the same share of ten times the calls");
});

test("a baseline that fails as often is no reason to go back", () => {
  const bad = sumCounts([repeat(70, GOOD), repeat(30, FAILED)]);
  assert.equal(judge(bad, sumCounts([bad, bad]), GATES, 0).act, "promote");
});

test("scores count where there are some, and a gate that is not asked never stops anything", () => {
  const spread = (middle: number): number[] => Array.from({ length: 60 }, (_, at) => middle + (at % 2 === 0 ? 0.05 : -0.05));
  const baseline = repeat(100, GOOD, spread(0.9));
  const candidate = repeat(100, GOOD, spread(0.6));
  const verdict = judge(candidate, baseline, GATES, 0);
  assert.deepEqual([verdict.act, verdict.reason], ["rollback", "score"]);
  const [score] = verdict.compared.filter(({ gate }) => gate === "score");
  assert.ok(score !== undefined && Math.abs(score.candidate - 0.6) < 1e-9 && Math.abs(score.baseline - 0.9) < 1e-9);
  assert.equal(judge(candidate, baseline, { ...GATES, scoreBelow: undefined }, 0).act, "promote");
  assert.equal(judge(repeat(100, GOOD), baseline, GATES, 0).act, "promote", "none of the candidate's");
  const free = repeat(100, { ...GOOD, costMicroUsd: 0 });
  assert.equal(judge(baseline, free, GATES, 0).reason, "cost", "what cost nothing costs something");
  assert.equal(judge(baseline, free, { ...GATES, costRatio: undefined }, 0).act, "promote");
});

test("latencies keep their order and their size to a twentieth, and counts add up", () => {
  for (const ms of [1, 2, 17, 250, 3000, 90_000]) {
    const told = latencyAtRank(repeat(1, { ...GOOD, latencyMs: ms }), 1);
    assert.ok(Math.abs(told / ms - 1) < 0.05, `${String(ms)}: ${String(told)}`);
  }
  const both = sumCounts([repeat(3, GOOD), repeat(2, FAILED), repeat(1, { ...GOOD, latencyMs: 900 })]);
  assert.deepEqual([both.calls, both.failures, finishedOf(both), both.costMicroUsd], [6, 2, 4, 40]);
  assert.ok(latencyAtRank(both, 3) < 110 && latencyAtRank(both, 4) > 800);
});
