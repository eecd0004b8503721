import type { Report } from "../evaluate/index.ts";
import type { Written } from "./redteam-reports.ts";
import { renderTable } from "./table.ts";
import { printable } from "./terminal.ts";

/** Probes that are named; the report has all. */
const NAMED_MAX = 20;

/** What a run found, for a terminal. */
export function renderOutcome(report: Report, written: Written): string {
  const { totals } = report;
  const sums = `${String(totals.probes)} probes: ${String(totals.passed)} passed, ${String(totals.failed)} failed, ${String(totals.inconclusive)} inconclusive; ${String(totals.blocked)} blocked by the server`;
  const pieces = [
    families(report),
    sums,
    ...report.notes.map((note) => `note: ${note}`),
    changes(report),
    gates(report),
    `Report: ${written.html}`,
  ];
  return `${pieces.filter((piece) => piece !== "").join("\n")}\n`.replaceAll(/[^\n]+/g, printable);
}

const percent = (share: number): string => `${String(Math.round(share * 1000) / 10)} %`;

/** What is refused there is refused for its form, or its rights, by no guard. */
const NOT_BLOCKING: ReadonlySet<string> = new Set(["cross-tenant", "abuse"]);

function families(report: Report): string {
  const rows = report.families.map(({ suite, family, kind, probes, failed, inconclusive, blockRate }) => [
    suite,
    kind === "control" ? `${family} (ordinary)` : family,
    probes,
    failed,
    inconclusive,
    blockRate.total === 0 || NOT_BLOCKING.has(suite)
      ? "–"
      : `${percent(blockRate.count / blockRate.total)} (${percent(blockRate.low)}–${percent(blockRate.high)})`,
  ]);
  return renderTable(["SUITE", "FAMILY", "PROBES", "FAILED", "INCONCLUSIVE", "BLOCKED (95 %)"], rows);
}

const named = (name: string, ids: readonly string[]): string[] => {
  const more = ids.length > NAMED_MAX ? [`  … and ${String(ids.length - NAMED_MAX)} more`] : [];
  return [`  ${name}: ${String(ids.length)}`, ...ids.slice(0, NAMED_MAX).map((id) => `    ${id}`), ...more];
};

function changes({ comparison }: Report): string {
  if (comparison === null) return "There is no earlier report to compare with.";
  const { startedAt, compared, newlyFailing, newlyPassing, rates } = comparison;
  const changed = rates.map((rate) => `    ${rate.suite} ${rate.family}: blocked ${percent(rate.before)}, now ${percent(rate.after)}`);
  return [
    `Since the report of ${startedAt} (${String(compared)} probes in both):`,
    ...named("newly failing", newlyFailing),
    ...named("newly passing", newlyPassing),
    `  rates changed by more than chance explains: ${String(rates.length)}`,
    ...changed,
  ].join("\n");
}

const figure = (value: number, isRate: boolean): string => (isRate ? percent(value) : String(value));

function gates(report: Report): string {
  const rows = report.gates.map(({ name, value, limit, isRate, counted, ok }) => [
    name,
    figure(value, isRate),
    `${name.startsWith("block") ? "≥" : "≤"} ${figure(limit, isRate)}`,
    counted,
    ok ? "holds" : "BROKEN",
  ]);
  return renderTable(["GATE", "FOUND", "ALLOWED", "OF", ""], rows);
}
