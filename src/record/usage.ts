import type { LedgerEvent } from "../domain/event.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { requestIds, type TenantId } from "../kernel/ids.ts";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";
import { type Database, OPERATOR, type Scope, tenantScope } from "../store/database.ts";
import { listCalls } from "../store/usage-calls.ts";
import { sumUsage, sumUsageByDay, type UsageCursor, type UsageDay, type UsageRow } from "../store/ledger-usage.ts";
import type { UsageTotals, UsageWords } from "../store/usage-sums.ts";
import { parseEvent } from "./event-json.ts";

export type UsageAsk = {
  /** undefined: all tenants, for the platform's operator. */
  readonly tenantId?: TenantId | undefined;
  /** Epoch milliseconds, inclusive. A refusal stands at the start of its minute. */
  readonly fromMs?: number | undefined;
  /** Exclusive. */
  readonly toMs?: number | undefined;
  /** Exact values; '' is what has none. */
  readonly words?: UsageWords | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
};

/** One call, or refusals of one key, code and minute. `tenant` is the slug, `key` the key's id. */
export type UsageEntry = {
  readonly requestId: string;
  readonly tenant: string;
  readonly key: string;
  readonly team: string | null;
  readonly feature: string | null;
  readonly outcome: LedgerEvent["outcome"];
  readonly code: string | null;
  /** 1, or the number of refusals; 0 of a copy, which is no call of the tenant's. */
  readonly count: number;
  readonly stream: boolean;
  /** null of refusals, which may be of several kinds. */
  readonly operation: "chat" | "embeddings" | "rerank" | "moderations" | "shadow" | null;
  readonly modelAsked: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costMicroUsd: number;
  readonly usageSource: "reported" | "counted" | "none";
  readonly latencyMs: number | null;
  readonly firstPartMs: number | null;
  readonly attempts: Extract<LedgerEvent, { type: "call" }>["attempts"];
  /** The routing rule that took the call; null where none did, or a model was asked for by its name. */
  readonly rule: { readonly route: string; readonly at: number } | null;
  /** Hash of the event, as the caller got it. */
  readonly receipt: string;
  readonly createdAt: string;
};
export type CallsPage = { readonly data: readonly UsageEntry[]; readonly nextCursor: string | undefined };
export type UsagePage = CallsPage & { readonly totals: UsageTotals };
/** Sums do not know what single calls cost, so there are no totals of such. */
export type CallsAsk = UsageAsk & { readonly costMinMicroUsd?: number | undefined };

export type UsageReader = {
  /** Newest first. Includes every call that this process has answered; `totals` are over the whole filter, whatever the page. */
  readUsage(ask: UsageAsk): Promise<UsagePage>;
  /** The same without totals, also of calls that cost at least so much. */
  listUsageCalls(ask: CallsAsk): Promise<CallsPage>;
  /** All of them, a page at a time. */
  eachUsageCall(ask: Omit<CallsAsk, "cursor" | "limit">): AsyncGenerator<readonly UsageEntry[]>;
  /** Sums by day, tenant, model and provider; the bounds count by whole hours. */
  readUsageByDay(ask: Pick<UsageAsk, "tenantId" | "fromMs" | "toMs">): Promise<readonly UsageDay[]>;
};

type Deps = { readonly db: Database; /** Everything answered so far is in the ledger when it resolves. */ flush(): Promise<void> };

export function createUsageReader({ db, flush }: Deps): UsageReader {
  const listUsageCalls: UsageReader["listUsageCalls"] = async ({ cursor, limit = PAGE_DEFAULT, ...ask }) => {
    await flush();
    const size = Math.min(Math.max(1, limit), PAGE_MAX);
    const { words = {}, costMinMicroUsd } = ask;
    const page = { before: cursor === undefined ? undefined : parseCursor(cursor), limit: size + 1 };
    const rows = await listCalls(db, scopeOf(ask), { ...toFilter(ask), words, costMinMicroUsd }, page);
    const data = rows.slice(0, size);
    const last = rows.length > size ? data.at(-1) : undefined;
    return { data: data.map(toEntry), nextCursor: last === undefined ? undefined : toCursor(last) };
  };
  return {
    async readUsage(ask) {
      const page = await listUsageCalls(ask);
      return { ...page, totals: await sumUsage(db, scopeOf(ask), toFilter(ask), ask.words) };
    },
    listUsageCalls,
    async *eachUsageCall(ask) {
      await flush();
      const { words = {}, costMinMicroUsd } = ask;
      const filter = { ...toFilter(ask), words, costMinMicroUsd };
      for (let before: UsageCursor | undefined; ;) {
        const rows = await listCalls(db, scopeOf(ask), filter, { before, limit: PAGE_MAX });
        const entries = rows.map(toEntry);
        yield entries;
        const [row, entry] = [rows.at(-1), entries.at(-1)];
        if (rows.length < PAGE_MAX || row === undefined || entry === undefined) return;
        before = { createdAtMs: row.createdAtMs, requestId: entry.requestId };
      }
    },
    async readUsageByDay(ask) {
      await flush();
      return await sumUsageByDay(db, scopeOf(ask), toFilter(ask));
    },
  };
}

const scopeOf = ({ tenantId }: UsageAsk): Scope => (tenantId === undefined ? OPERATOR : tenantScope(tenantId));
const toFilter = ({ tenantId, fromMs, toMs }: UsageAsk) => ({ tenantId, fromMs, toMs });

const toCursor = ({ createdAtMs, body }: UsageRow): string => `${String(createdAtMs)}.${parseEvent(body).requestId}`;

function parseCursor(cursor: string): UsageCursor {
  const [time = "", requestId = ""] = cursor.split(".");
  if (/^\d{1,15}$/.test(time) && requestIds.is(requestId)) return { createdAtMs: Number(time), requestId };
  throw new Fault("body_invalid", { say: "The cursor is not one that this listing gave.", param: "cursor" });
}

function toEntry({ tenant, createdAtMs, eventHash, body }: UsageRow): UsageEntry {
  const event = parseEvent(body);
  const { requestId, keyId: key, outcome, code = null } = event;
  const about = { requestId, tenant, key, outcome, code, receipt: eventHash, createdAt: toIso(createdAtMs) };
  if (event.type === "refusal") {
    const nothing = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costMicroUsd: 0, usageSource: "none", attempts: [] } as const;
    const unknown = {
      team: null,
      feature: null,
      operation: null,
      modelAsked: null,
      model: null,
      provider: null,
      latencyMs: null,
      firstPartMs: null,
      rule: null,
    };
    return { ...about, ...unknown, ...nothing, stream: false, count: event.count };
  }
  const { team = null, feature = null, operation = "chat", model = null, provider = null, firstPartMs = null, rule = null } = event;
  const { stream, modelAsked, inputTokens, outputTokens, cachedTokens, costMicroUsd, usageSource, latencyMs, attempts } = event;
  const used = { inputTokens, outputTokens, cachedTokens, costMicroUsd, usageSource, latencyMs, firstPartMs, attempts };
  return { ...about, team, feature, count: operation === "shadow" ? 0 : 1, stream, operation, modelAsked, model, provider, rule, ...used };
}
