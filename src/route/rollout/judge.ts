import type { RolloutCounts, RolloutGates } from "../../domain/rollout.ts";
import { type Bounds, meanBounds, rankBounds, shareBounds } from "./bounds.ts";
import { finishedOf, latencyAtRank } from "./counts.ts";

export const GATES = ["failures", "latency", "cost", "score"] as const;
export type Gate = (typeof GATES)[number];

/** What was compared, as the history keeps it. Latency in milliseconds, cost in micro-dollars. */
export type Compared = { readonly gate: Gate; readonly candidate: number; readonly baseline: number; readonly limit: number };

export type Verdict =
  | { readonly act: "promote"; readonly reason: "passed"; readonly compared: readonly Compared[] }
  | { readonly act: "rollback"; readonly reason: Gate; readonly compared: readonly Compared[] }
  /** A gate's name: it is above the limit, and what was seen may still be chance. */
  | { readonly act: "hold"; readonly reason: "too-early" | "too-few-calls" | Gate; readonly compared: readonly Compared[] };

/** Fewer are an accident, not evidence. */
export const EVIDENCE_CALLS_MIN = 10;
/**
 * Standard errors that what was seen must be beyond a limit, on both sides, before it is called worse: rollouts are looked at every few
 * seconds, and what is looked at a thousand times is beyond two of them by chance alone.
 */
const CERTAIN_Z = 3;
export const SLOW_QUANTILE = 0.95;
/** Less is noise of this machine, whatever the ratio. */
const LATENCY_SLACK_MS = 10;

type Judged = Compared & {
  /** Beyond what chance explains. */
  readonly worse: boolean;
  /** What was seen is within the limit. */
  readonly within: boolean;
};

/**
 * What becomes of a rollout, from what both variants did. Worse on any gate is enough to go back, at any time; to go on takes all of
 * them, time and calls. `elapsedMs` is the time at this step.
 */
export function judge(candidate: RolloutCounts, baseline: RolloutCounts, gates: RolloutGates, elapsedMs: number): Verdict {
  const judged = ASKED.map(({ ask, limit }) => ask(candidate, baseline, gates[limit])).filter((each) => each !== undefined);
  const compared = judged.map(({ gate, candidate: mine, baseline: theirs, limit }) => ({ gate, candidate: mine, baseline: theirs, limit }));
  const worse = judged.find((each) => each.worse);
  if (worse !== undefined) return { act: "rollback", reason: worse.gate, compared };
  // Nothing to compare with is no reason to trust it.
  if (candidate.calls < gates.callsMin || baseline.calls < EVIDENCE_CALLS_MIN) return { act: "hold", reason: "too-few-calls", compared };
  if (elapsedMs < gates.stepSeconds * 1000) return { act: "hold", reason: "too-early", compared };
  const beyond = judged.find((each) => !each.within);
  return beyond === undefined ? { act: "promote", reason: "passed", compared } : { act: "hold", reason: beyond.gate, compared };
}

/** How one gate stands. Without figures there is too little to compare. */
export type Standing = {
  readonly gate: Gate;
  readonly limit: number;
  /** `passed`: within the limit. `beyond`: above it, perhaps by chance. `worse`: beyond what chance explains. */
  readonly verdict: "too-few-calls" | "passed" | "beyond" | "worse";
  readonly candidate?: number;
  readonly baseline?: number;
};

/** Every gate that is asked, one by one: what `judge` puts together. */
export const listStandings = (candidate: RolloutCounts, baseline: RolloutCounts, gates: RolloutGates): Standing[] =>
  ASKED.flatMap(({ gate, ask, limit: name }): Standing[] => {
    const limit = gates[name];
    if (limit === undefined) return [];
    const judged = ask(candidate, baseline, limit);
    if (judged === undefined) return [{ gate, limit, verdict: "too-few-calls" }];
    const verdict = judged.worse ? "worse" : judged.within ? "passed" : "beyond";
    return [{ gate, limit, verdict, candidate: judged.candidate, baseline: judged.baseline }];
  });

type Judge = (candidate: RolloutCounts, baseline: RolloutCounts, limit: number | undefined) => Judged | undefined;

const judgeFailures: Judge = (candidate, baseline, limit) => {
  if (limit === undefined || !isEvidence(candidate.calls, baseline.calls)) return undefined;
  const mine = shareBounds(candidate.failures, candidate.calls, CERTAIN_Z);
  const theirs = shareBounds(baseline.failures, baseline.calls, CERTAIN_Z);
  return toJudged("failures", mine, theirs, limit, (value) => value + limit);
};

const judgeLatency: Judge = (candidate, baseline, limit) => {
  if (limit === undefined || !isEvidence(finishedOf(candidate), finishedOf(baseline))) return undefined;
  const most = (value: number): number => Math.max(value * limit, value + LATENCY_SLACK_MS);
  return toJudged("latency", slowOf(candidate), slowOf(baseline), limit, most);
};

function slowOf(counts: RolloutCounts): Bounds {
  const ranks = rankBounds(SLOW_QUANTILE, finishedOf(counts), CERTAIN_Z);
  const at = (rank: number): number => latencyAtRank(counts, rank);
  return { low: at(ranks.low), seen: at(ranks.seen), high: at(ranks.high) };
}

const judgeCost: Judge = (candidate, baseline, limit) => {
  if (limit === undefined || !isEvidence(finishedOf(candidate), finishedOf(baseline))) return undefined;
  return toJudged("cost", costOf(candidate), costOf(baseline), limit, (value) => value * limit);
};

const costOf = (counts: RolloutCounts): Bounds => meanBounds(finishedOf(counts), counts.costMicroUsd, counts.costSquares, CERTAIN_Z);

const judgeScore: Judge = (candidate, baseline, limit) => {
  if (limit === undefined || !isEvidence(candidate.scores, baseline.scores)) return undefined;
  const judged = toJudged("score", missedOf(candidate), missedOf(baseline), limit, (value) => value + limit);
  return { ...judged, candidate: 1 - judged.candidate, baseline: 1 - judged.baseline };
};

/** What it misses of a full score: of scores, less is worse. */
function missedOf({ scores, scoreSum, scoreSquares }: RolloutCounts): Bounds {
  const { low, seen, high } = meanBounds(scores, scoreSum, scoreSquares, CERTAIN_Z);
  return { low: 1 - high, seen: 1 - seen, high: 1 - low };
}

const isEvidence = (...calls: readonly number[]): boolean => calls.every((count) => count >= EVIDENCE_CALLS_MIN);

/** `most` says what a value of the candidate may be at most, given the baseline's. */
function toJudged(gate: Gate, mine: Bounds, theirs: Bounds, limit: number, most: (value: number) => number): Judged {
  return {
    gate,
    candidate: mine.seen,
    baseline: theirs.seen,
    limit,
    worse: mine.low > most(theirs.high),
    within: mine.seen <= most(theirs.seen),
  };
}

/** The gates in the order in which they are told. */
const ASKED: readonly {
  readonly gate: Gate;
  readonly ask: Judge;
  readonly limit: "failuresAbove" | "latencyRatio" | "costRatio" | "scoreBelow";
}[] = [
  { gate: "failures", ask: judgeFailures, limit: "failuresAbove" },
  { gate: "latency", ask: judgeLatency, limit: "latencyRatio" },
  { gate: "cost", ask: judgeCost, limit: "costRatio" },
  { gate: "score", ask: judgeScore, limit: "scoreBelow" },
];
