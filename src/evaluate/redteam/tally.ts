import type { Finding, Severity, SuiteName } from "./probe.ts";
import { type Interval, quantile, wilson } from "./statistics.ts";

/** A proportion with its 95 % interval. */
export type Rate = { readonly count: number; readonly total: number } & Interval;

export type Totals = {
  readonly probes: number;
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly blocked: number;
};

/** One family of attacks, or one set of ordinary requests. */
export type FamilyRow = Totals & {
  readonly suite: SuiteName;
  readonly family: string;
  readonly kind: Finding["kind"];
  readonly severity: Severity;
  /** Of all that got an answer: refused by the server itself. Of ordinary requests these are the false positives. */
  readonly blockRate: Rate;
  readonly failRate: Rate;
};

export type LatencyBucket = { readonly uptoMs: number; readonly answered: number; readonly blocked: number };
export type Latency = {
  readonly count: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly buckets: readonly LatencyBucket[];
};

const rateOf = (count: number, total: number): Rate => ({ count, total, ...wilson(count, total) });

/** It got an answer, whatever it was. */
const isAnswered = (finding: Finding): boolean => finding.status !== 0;

export function totalsOf(findings: readonly Finding[]): Totals {
  const count = (outcome: Finding["outcome"]): number => findings.filter((finding) => finding.outcome === outcome).length;
  return {
    probes: findings.length,
    passed: count("passed"),
    failed: count("failed"),
    inconclusive: count("inconclusive"),
    blocked: findings.filter((finding) => finding.blocked).length,
  };
}

/** In the order in which the families were run, attacks before ordinary requests. */
export function familiesOf(findings: readonly Finding[]): FamilyRow[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const name = JSON.stringify([finding.suite, finding.family, finding.kind]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [finding]);
    else group.push(finding);
  }
  const rows = [...groups.values()].map((group): FamilyRow => {
    const [{ suite, family, kind, severity }] = group;
    const totals = totalsOf(group);
    const answered = group.filter(isAnswered).length;
    return {
      suite,
      family,
      kind,
      severity,
      ...totals,
      blockRate: rateOf(totals.blocked, answered),
      failRate: rateOf(totals.failed, answered),
    };
  });
  return [...rows.filter(({ kind }) => kind === "attack"), ...rows.filter(({ kind }) => kind === "control")];
}

/** 1-2-5 steps: from faster than any network to slower than any patience. */
const BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000, Number.MAX_SAFE_INTEGER];

export function latencyOf(findings: readonly Finding[]): Latency {
  const answered = findings.filter(isAnswered);
  const sorted = answered.map((finding) => finding.latencyMs).toSorted((a, b) => a - b);
  const buckets = BOUNDS_MS.map((uptoMs, at): LatencyBucket => {
    const fromMs = BOUNDS_MS[at - 1] ?? -1;
    const within = answered.filter(({ latencyMs }) => latencyMs > fromMs && latencyMs <= uptoMs);
    const blocked = within.filter((finding) => finding.blocked).length;
    return { uptoMs, answered: within.length - blocked, blocked };
  });
  return {
    count: answered.length,
    p50Ms: quantile(sorted, 0.5),
    p90Ms: quantile(sorted, 0.9),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? 0,
    buckets,
  };
}
