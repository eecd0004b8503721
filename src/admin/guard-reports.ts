import { randomBytes } from "node:crypto";
import type { ReportCreate, ReportQuery } from "../contract/guard-report.ts";
import { principalIdOf, type Principal, type TenantPrincipal } from "../domain/principal.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { requestIds, type RequestId, type TenantId } from "../kernel/ids.ts";
import { listAllKeys, type ObjectStore } from "../object/index.ts";
import type { DecisionLog } from "../record/index.ts";
import { type Database, tenantScope } from "../store/database.ts";
import {
  countOpenReports,
  findReport,
  findReportable,
  type GuardReport,
  labelReport,
  listReports,
  type ReportLabel,
  reportRefusal,
} from "../store/guard-refusals.ts";
import { changeBy, type Decisions } from "./changed.ts";
import { getBySlug } from "./tenants.ts";

export type Reported = { readonly requestId: string; readonly reportedAt: string; readonly keepUntil: string };
export type ReportView = Reported & {
  readonly tenant: string;
  readonly key: string;
  readonly code: string;
  readonly saw: string;
  readonly refusedAt: string;
  readonly hasText: boolean;
  readonly label: ReportLabel | null;
  readonly labelledAt: string | null;
};
export type ReportSent = { readonly text: string | null; readonly note: string | null };

/** Refusals that callers say were mistakes: from them, and back to those who make the rules. */
export type GuardReports = {
  /** Throws `not_found`, the same for another tenant's request as for one that was not refused; `conflict` the second time. */
  report(who: TenantPrincipal, body: ReportCreate): Promise<Reported>;
  list(ask: ReportQuery): Promise<{ readonly data: readonly ReportView[]; readonly nextCursor: string | undefined }>;
  /** With what the caller sent, which goes into its tenant's log. Throws `not_found`. */
  read(by: Principal, id: string): Promise<ReportView & ReportSent>;
  label(by: Principal, id: string, label: ReportLabel): Promise<ReportView>;
};

export type GuardReportsDeps = {
  readonly db: Database;
  readonly objects: Pick<ObjectStore, "putObject" | "getObject" | "deleteObject">;
  nowMs(): number;
  /** Every refusal of this process so far is in the database when it resolves. */
  flush(): Promise<void>;
  keptDays(): number;
  readonly decisions: Decisions & Pick<DecisionLog, "note">;
};

const DAY_MS = 86_400_000;
const AREA = "guard-reports";
/** Of one tenant: who sends more in wants to fill the store, and nobody looks at so many. */
export const OPEN_REPORTS_MAX = 200;

export function createGuardReports(deps: GuardReportsDeps): GuardReports {
  const { db, objects, nowMs, decisions } = deps;
  const find = async (id: string): Promise<GuardReport> => {
    const report = requestIds.is(id) ? await findReport(db, id) : undefined;
    if (report === undefined) throw new Fault("not_found", { say: "There is no such report." });
    return report;
  };
  return {
    async report(who, { requestId, text, note }) {
      const at = new Date(nowMs());
      const keepUntil = new Date(nowMs() + deps.keptDays() * DAY_MS);
      const tenantId = who.tenant.id;
      await deps.flush();
      const id = await findOpen(db, tenantId, requestId, at);
      if ((await countOpenReports(db, tenantId)) >= OPEN_REPORTS_MAX) throw new Fault("conflict", { say: TOO_MANY });
      const object = await keepSent(objects, tenantId, { id, keepUntil, sent: { text: text ?? null, note: note ?? null } });
      try {
        await decisions.change(tenantScope(tenantId), async (bound) => {
          if (!(await reportRefusal(bound, tenantId, id, { by: principalIdOf(who), at, keepUntil, object }))) throw alreadyReported();
          const decision = changeBy(who, "guard.report", {
            category: "security",
            resource: id,
            changed: { reported: { old: false, new: true } },
          });
          return { made: undefined, tenantId, decision };
        });
      } catch (error) {
        if (object !== undefined) await objects.deleteObject(tenantId, object);
        throw error;
      }
      return { requestId: id, reportedAt: toIso(at.getTime()), keepUntil: toIso(keepUntil.getTime()) };
    },
    async list({ tenant, label, cursor, limit }) {
      const tenantId = tenant === undefined ? undefined : (await getBySlug(db, tenant)).id;
      const page = await listReports(db, { tenantId, label, after: cursor, limit });
      return { data: page.data.map(toView), nextCursor: page.nextCursor };
    },
    async read(by, id) {
      const found = await find(id);
      const entry = changeBy(by, "guard.read", { category: "data-access", resource: found.id });
      if (found.object !== undefined) decisions.note({ ...entry, tenantId: found.tenantId });
      const bytes = found.object === undefined ? undefined : await objects.getObject(found.tenantId, found.object);
      return { ...toView(found), ...(bytes === undefined ? { text: null, note: null } : parseSent(bytes)) };
    },
    async label(by, id, label) {
      const found = await find(id);
      await decisions.change(tenantScope(found.tenantId), async (bound) => {
        await labelReport(bound, found, { label, by: principalIdOf(by), at: new Date(nowMs()) });
        const changed = { label: { old: found.label ?? null, new: label } };
        const decision = changeBy(by, "guard.label", { category: "security", resource: found.id, changed });
        return { made: undefined, tenantId: found.tenantId, decision };
      });
      return toView(await find(id));
    },
  };
}

async function findOpen(db: Database, tenantId: TenantId, requestId: string, at: Date): Promise<RequestId> {
  const found = requestIds.is(requestId) ? await findReportable(db, tenantId, requestId, at) : "unknown";
  if (found === "reported") throw alreadyReported();
  if (found === "unknown" || !requestIds.is(requestId))
    throw new Fault("not_found", { say: "No request with this id was refused by a rule for content, or not of late." });
  return requestId;
}

const TOO_MANY = `Nobody has looked at ${String(OPEN_REPORTS_MAX)} reports of this tenant yet: further ones are taken when somebody has.`;
const alreadyReported = (): Fault => new Fault("conflict", { say: "This request was reported already." });

type Kept = { readonly id: RequestId; readonly keepUntil: Date; readonly sent: ReportSent };

/** Encrypted like every object, in the folder of the day on which it goes. undefined: nothing was sent. */
async function keepSent(
  objects: GuardReportsDeps["objects"],
  tenantId: TenantId,
  { id, keepUntil, sent }: Kept,
): Promise<string | undefined> {
  if (sent.text === null && sent.note === null) return undefined;
  // Two reports of one request at the same time: the second's must not take the first's place.
  const key = `${AREA}/${toIso(keepUntil.getTime()).slice(0, 10)}/${id}-${randomBytes(8).toString("hex")}.json`;
  await objects.putObject(tenantId, key, Buffer.from(JSON.stringify(sent)));
  return key;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this program wrote it, and it was encrypted and authenticated
const parseSent = (bytes: Uint8Array): ReportSent => JSON.parse(Buffer.from(bytes).toString()) as ReportSent;

const toView = (report: GuardReport): ReportView => ({
  requestId: report.id,
  tenant: report.slug,
  key: report.keyId,
  code: report.code,
  saw: report.saw,
  refusedAt: toIso(report.refusedAtMs),
  reportedAt: toIso(report.reportedAtMs),
  keepUntil: toIso(report.keepUntilMs),
  hasText: report.object !== undefined,
  label: report.label ?? null,
  labelledAt: report.labelledAtMs === undefined ? null : toIso(report.labelledAtMs),
});

/** Deletes what was sent with reports whose day has passed. Returns how many. */
export async function pruneReportTexts(
  objects: Pick<ObjectStore, "listObjects" | "deleteObject">,
  tenantId: TenantId,
  nowMs: number,
): Promise<number> {
  const today = toIso(nowMs).slice(0, 10);
  let deleted = 0;
  for await (const key of listAllKeys(objects, tenantId, `${AREA}/`)) {
    // Keys ascend by date, so the old ones come first.
    if ((key.split("/")[1] ?? "") >= today) break;
    await objects.deleteObject(tenantId, key);
    deleted++;
  }
  return deleted;
}
