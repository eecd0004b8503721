import { redteamReport, type RedteamLine, type RedteamRead, type RedteamReport } from "../contract/redteam.ts";
import type { Principal } from "../domain/principal.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { redteamIds } from "../kernel/ids.ts";
import type { DecisionLog } from "../record/index.ts";
import type { Database } from "../store/database.ts";
import { findReport, findReportBefore, keepReport, type KeptReport, listReports } from "../store/redteam-reports.ts";
import { changeBy } from "./changed.ts";
import { parseKnownId } from "./known-id.ts";

/** Reports of red-team runs, from whoever ran them, for whoever compares them. */
export type RedteamReports = {
  keep(by: Principal, report: RedteamReport): Promise<{ readonly id: string; readonly keptAt: string }>;
  list(page: { readonly after: string | undefined; readonly limit: number }): Promise<{
    readonly data: readonly RedteamLine[];
    readonly nextCursor: string | undefined;
  }>;
  /** With the run before it, of the same target and model. Throws `not_found`. */
  read(id: string): Promise<RedteamRead>;
};

type Deps = { readonly db: Database; nowMs(): number; readonly decisions: Pick<DecisionLog, "note"> };

export function createRedteamReports({ db, nowMs, decisions }: Deps): RedteamReports {
  return {
    async keep(by, report) {
      const keptAtMs = nowMs();
      const id = redteamIds.make(keptAtMs);
      const { target, model } = report;
      await keepReport(db, { id, startedAtMs: Date.parse(report.startedAt), keptAtMs, target, model, body: report });
      decisions.note(changeBy(by, "redteam.report", { category: "security", resource: id }));
      return { id, keptAt: toIso(keptAtMs) };
    },
    async list(page) {
      const { data, nextCursor } = await listReports(db, page);
      return { data: data.map((kept) => toLine(kept, readBody(kept))), nextCursor };
    },
    async read(id) {
      const kept = await findReport(db, parseKnownId(redteamIds, id, "report"));
      if (kept === undefined) throw new Fault("not_found", { say: "The report does not exist." });
      const before = await findReportBefore(db, kept);
      const body = readBody(kept);
      return {
        id: kept.id,
        keptAt: toIso(kept.keptAtMs),
        ...body,
        ok: isOk(body),
        previous: before === undefined ? null : toPrevious(before),
      };
    },
  };
}

/** A stored report is read anew by the form of today. */
function readBody({ body }: KeptReport): RedteamReport {
  const read = redteamReport.safeParse(body);
  if (!read.success) throw new Fault("conflict", { say: "This report has a form that this version of the server does not know." });
  return read.data;
}

const isOk = ({ gates }: RedteamReport): boolean => gates.every(({ ok }) => ok);

function toLine({ id, keptAtMs }: KeptReport, body: RedteamReport): RedteamLine {
  const { startedAt, durationMs, target, model, suites, totals, gates } = body;
  return { id, keptAt: toIso(keptAtMs), startedAt, durationMs, target, model, suites, totals, gates, ok: isOk(body) };
}

function toPrevious(kept: KeptReport): NonNullable<RedteamRead["previous"]> {
  const body = readBody(kept);
  return { ...toLine(kept, body), families: body.families, failed: body.failed.map(({ id }) => id) };
}
