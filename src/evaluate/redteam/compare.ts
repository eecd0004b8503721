import type { Finding } from "./probe.ts";
import { differenceOf } from "./statistics.ts";
import { familiesOf, type FamilyRow } from "./tally.ts";

/** A block rate that changed by more than chance explains. */
export type RateChange = {
  readonly suite: string;
  readonly family: string;
  readonly kind: FamilyRow["kind"];
  /** Shares of 1. */
  readonly before: number;
  readonly after: number;
  /** Of `after − before`, 95 %. */
  readonly low: number;
  readonly high: number;
};

/** Against an earlier report. Only probes that both runs asked are compared. */
export type Comparison = {
  readonly startedAt: string;
  readonly compared: number;
  readonly newlyFailing: readonly string[];
  readonly newlyPassing: readonly string[];
  readonly rates: readonly RateChange[];
};

type Side = { readonly startedAt: string; readonly findings: readonly Finding[] };

export function compareReports(before: Side, after: Pick<Side, "findings">): Comparison {
  const was = new Map(before.findings.map((finding) => [finding.id, finding.outcome]));
  const both = after.findings.filter((finding) => was.has(finding.id));
  const ids = (isMeant: (now: Finding["outcome"], then: Finding["outcome"] | undefined) => boolean): string[] =>
    both.filter((finding) => isMeant(finding.outcome, was.get(finding.id))).map((finding) => finding.id);
  const again = new Set(both.map((finding) => finding.id));
  const familiesBefore = familiesOf(before.findings.filter((finding) => again.has(finding.id)));
  return {
    startedAt: before.startedAt,
    compared: both.length,
    newlyFailing: ids((now, then) => now === "failed" && then !== "failed"),
    newlyPassing: ids((now, then) => now === "passed" && then === "failed"),
    rates: familiesOf(both).flatMap((row) => rateChange(row, familiesBefore)),
  };
}

const shareOf = ({ count, total }: FamilyRow["blockRate"]): number => (total === 0 ? 0 : count / total);

function rateChange(row: FamilyRow, before: readonly FamilyRow[]): RateChange[] {
  const { suite, family, kind } = row;
  const was = before.find((other) => other.suite === suite && other.family === family && other.kind === kind);
  if (was === undefined) return [];
  const { low, high } = differenceOf(was.blockRate, row.blockRate);
  if (low <= 0 && high >= 0) return [];
  return [{ suite, family, kind, before: shareOf(was.blockRate), after: shareOf(row.blockRate), low, high }];
}
