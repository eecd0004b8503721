import type { FindingType } from "../domain/finding.ts";
import { GUARD_RULES, type GuardOutcome, type GuardRule } from "../domain/guard-event.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { requestIds, type TenantId } from "../kernel/ids.ts";
import { type Database, OPERATOR, type Scope, tenantScope } from "../store/database.ts";
import { type GuardDay, type GuardEventRow, type GuardEventsCursor, listGuardEvents, sumGuardDays } from "../store/guard-events.ts";

export type GuardEventsAsk = {
  /** undefined: all tenants, for the platform. */
  readonly tenantId: TenantId | undefined;
  /** Epoch milliseconds: from the first on, before the second. */
  readonly fromMs: number;
  readonly toMs: number;
};
export type GuardEventsPageAsk = GuardEventsAsk & {
  readonly rule: GuardRule | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
};

/** What one rule did in one call, or with the refusals of one key and minute. */
export type GuardEventEntry = {
  readonly requestId: string;
  readonly tenant: string;
  readonly key: string;
  readonly rule: string;
  readonly outcome: GuardOutcome;
  readonly count: number;
  readonly types: Readonly<Partial<Record<FindingType, number>>>;
  readonly score: number | null;
  readonly createdAt: string;
};

export type GuardEventsReader = {
  /** Newest first. Includes every call that this process has answered. */
  readGuardEvents(ask: GuardEventsPageAsk): Promise<{ readonly data: readonly GuardEventEntry[]; readonly nextCursor: string | undefined }>;
  /** Sums by day (UTC), rule and outcome; the bounds count by whole hours. */
  readGuardDays(ask: GuardEventsAsk): Promise<readonly GuardDay[]>;
};

type Deps = { readonly db: Database; /** Everything answered so far is in the ledger when it resolves. */ flush(): Promise<void> };

export function createGuardEventsReader({ db, flush }: Deps): GuardEventsReader {
  return {
    async readGuardEvents({ rule, cursor, limit, ...filter }) {
      await flush();
      const before = cursor === undefined ? undefined : parseCursor(cursor);
      const rows = await listGuardEvents(db, scopeOf(filter), filter, { rule, before, limit: limit + 1 });
      const data = rows.slice(0, limit);
      const last = rows.length > limit ? data.at(-1) : undefined;
      return { data: data.map(toEntry), nextCursor: last === undefined ? undefined : toCursor(last) };
    },
    async readGuardDays(filter) {
      await flush();
      return await sumGuardDays(db, scopeOf(filter), filter);
    },
  };
}

const scopeOf = ({ tenantId }: GuardEventsAsk): Scope => (tenantId === undefined ? OPERATOR : tenantScope(tenantId));

const toCursor = ({ createdAtMs, requestId, rule }: GuardEventRow): string => `${String(createdAtMs)}.${requestId}.${rule}`;

function parseCursor(cursor: string): GuardEventsCursor {
  const [time = "", requestId = "", rule = ""] = cursor.split(".");
  if (/^\d{1,15}$/.test(time) && requestIds.is(requestId) && GUARD_RULES.some((known) => known === rule))
    return { createdAtMs: Number(time), requestId, rule };
  throw new Fault("body_invalid", { say: "The cursor is not one that this listing gave.", param: "cursor" });
}

const toEntry = ({ tenant, createdAtMs, requestId, rule, keyId, outcome, count, types, score }: GuardEventRow): GuardEventEntry => ({
  requestId,
  tenant,
  key: keyId,
  rule,
  outcome,
  count,
  types: types ?? {},
  score,
  createdAt: toIso(createdAtMs),
});
