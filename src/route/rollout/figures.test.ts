import assert from "node:assert/strict";
import { test } from "bun:test";
import type { RolloutCounts } from "../../domain/rollout.ts";
import { figuresOf } from "./figures.ts";
import { judge, listStandings } from "./judge.ts";
import { countsOf, GATES } from "./testing.ts";

const calls = (of: number, failed: number, latencyMs = 100, costMicroUsd = 10): RolloutCounts =>
  countsOf(Array.from({ length: of }, (_, at) => ({ failed: at < failed, latencyMs, costMicroUsd })));

test("gates are told one by one as the verdict has them together, and one with too little to compare says so", () => {
  const cases: readonly (readonly [RolloutCounts, RolloutCounts, Record<string, string>])[] = [
    [calls(100, 0), calls(100, 0), { failures: "passed", latency: "passed", cost: "passed", score: "too-few-calls" }],
    [calls(100, 50), calls(100, 0), { failures: "worse", latency: "passed", cost: "passed", score: "too-few-calls" }],
    [calls(100, 4), calls(100, 0), { failures: "beyond", latency: "passed", cost: "passed", score: "too-few-calls" }],
    [calls(100, 0, 900), calls(100, 0), { failures: "passed", latency: "worse", cost: "passed", score: "too-few-calls" }],
    [calls(100, 0, 100, 90), calls(100, 0), { failures: "passed", latency: "passed", cost: "worse", score: "too-few-calls" }],
    [calls(9, 9), calls(100, 0), { failures: "too-few-calls", latency: "too-few-calls", cost: "too-few-calls", score: "too-few-calls" }],
  ];
  for (const [candidate, baseline, expected] of cases) {
    const standings = listStandings(candidate, baseline, GATES);
    assert.deepEqual(Object.fromEntries(standings.map(({ gate, verdict }) => [gate, verdict])), expected);
    const { act, reason } = judge(candidate, baseline, GATES, 1_000_000);
    const worse = standings.find(({ verdict }) => verdict === "worse");
    assert.deepEqual([act === "rollback", act === "rollback" ? reason : undefined], [worse !== undefined, worse?.gate]);
  }
  assert.deepEqual(listStandings(calls(100, 0), calls(100, 0), { ...GATES, failuresAbove: undefined, scoreBelow: undefined }).length, 2);
  console.log(`# ${cases.length} pairs of variants`);
});

test("each step has the figures of both variants over all processes, and none of what there is nothing of", () => {
  const figures = figuresOf([
    { step: 1, variant: "candidate", counts: calls(10, 10) },
    { step: 0, variant: "candidate", counts: calls(10, 5, 100, 20) },
    { step: 0, variant: "baseline", counts: countsOf([{ failed: false, latencyMs: 200, costMicroUsd: 4 }], [0.5, 1]) },
    { step: 0, variant: "candidate", counts: calls(10, 0, 100, 10) },
  ]);
  assert.deepEqual(
    figures.map(({ step, candidate, baseline }) => [step, candidate.calls, candidate.failures, baseline.calls]),
    [
      [0, 20, 5, 1],
      [1, 10, 10, 0],
    ],
  );
  const [first, second] = figures;
  assert.equal(Math.round(first?.candidate.costMicroUsd ?? 0), 13);
  assert.equal(first?.baseline.score, 0.75);
  // Buckets of latency are 5 % wide.
  assert.ok(Math.abs((first?.baseline.latencyP95Ms ?? 0) - 200) < 10);
  assert.deepEqual(second, { step: 1, candidate: { calls: 10, failures: 10, scores: 0 }, baseline: { calls: 0, failures: 0, scores: 0 } });
});
