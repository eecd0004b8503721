import type { RedteamReport } from "../contract/redteam.ts";
import type { Report } from "../evaluate/index.ts";
import { ApiError, type Api } from "./api.ts";
import { CommandError } from "./command.ts";

/** As many failed probes as a server takes. */
const FAILED_MAX = 5000;
/** What a server takes of one text. */
const TEXT_CHARS_MAX = 1000;

/** What of a report leaves this machine: verdicts and counts, nothing that was asked or answered. */
export function toKept(report: Report): RedteamReport {
  const { schemaVersion, version, startedAt, durationMs, target, model, judge, seed, suites, notes, totals, families, latency, gates } =
    report;
  const { count, p50Ms, p90Ms, p99Ms, maxMs } = latency;
  return {
    schemaVersion,
    version,
    startedAt,
    durationMs: Math.round(durationMs),
    target,
    model,
    judge,
    seed,
    suites: [...suites],
    notes: notes.slice(0, 100).map((note) => note.slice(0, TEXT_CHARS_MAX)),
    totals,
    families: families.slice(0, 1000),
    latency: { count, p50Ms, p90Ms, p99Ms, maxMs },
    gates: gates.slice(0, 100),
    failed: report.findings
      .filter(({ outcome }) => outcome === "failed")
      .slice(0, FAILED_MAX)
      .map(({ id, suite, family, severity, kind, why, status, code }) => ({
        id,
        suite,
        family,
        severity,
        kind,
        why: why.slice(0, TEXT_CHARS_MAX),
        status,
        code,
      })),
  };
}

/** Gives the report to the server that was attacked. Returns a line about it; undefined: it is another program, or an older one. */
export async function keepOnServer(api: Pick<Api, "post" | "url">, report: Report): Promise<string | undefined> {
  try {
    await api.post("/admin/v1/redteam/reports", toKept(report));
    return `Kept by the server: GET ${api.url}/admin/v1/redteam/reports\n`;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    if (error instanceof CommandError) return `The server did not keep the report: ${error.message}\n`;
    throw error;
  }
}
