import type { Clock } from "../kernel/clock.ts";
import { deriveKey, hmacHex } from "../kernel/hash.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Database, Scope } from "../store/database.ts";
import { boundTo, PLATFORM_CHAIN } from "../store/decisions.ts";
import { errorCode } from "./attempts.ts";
import { createHeadSeal } from "./chain.ts";
import { type DecisionPage, type DecisionVerdict, readDecisions, verifyDecisions } from "./decision-audit.ts";
import { type ChainEntry, type ChainPage, type ChainPageAsk, readChainEntry, readChainPage } from "./chain-page.ts";
import type { AuditAsk } from "./chain-search.ts";
import { createAppend } from "./decision-chain.ts";
import { createDecisionCut } from "./decision-cut.ts";
import { createDecisionCounter } from "./decision-counter.ts";
import { createDecisionWriter } from "./decision-writer.ts";
import type { Decision, Noted } from "./decision.ts";
import type { RecordLog } from "./record-log.ts";

/** What the server decided, beside calls: who was let in, who might what, who read and who changed what. */
export type DecisionLog = {
  /** Added up per minute and written soon; it never fails and never waits. */
  note(decision: Noted): void;
  /** A change and its entry in one transaction: neither is there without the other. `work` must use the database that it is given. */
  change<T>(
    scope: Scope,
    work: (db: Database) => Promise<{ readonly made: T; readonly tenantId: TenantId; readonly decision: Decision }>,
  ): Promise<T>;
  /** Oldest first unless asked otherwise. undefined for the tenant: what belongs to none. */
  listDecisions(tenantId: TenantId | undefined, ask: AuditAsk): Promise<DecisionPage>;
  /** The bytes that were hashed, for whoever checks the chain without trusting this server. */
  readChain(tenantId: TenantId | undefined, page: ChainPageAsk): Promise<ChainPage>;
  /** undefined where there is no entry of this number. */
  readEntry(tenantId: TenantId | undefined, seq: number): Promise<ChainEntry | undefined>;
  verifyDecisions(tenantId: TenantId | undefined): Promise<DecisionVerdict>;
  /** Takes the entries out of a tenant's chain, which still verifies. For the erasure of a tenant. */
  cutDecisions(tenantId: TenantId): Promise<number>;
  /** A text that somebody wrote, as the log may show it. */
  digestText(text: string): string;
  flush(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
};

export type DecisionLogDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: RecordLog;
  /** `WEIR_SECRET`. */
  readonly secret: Uint8Array;
  findTenantId(slug: string): Promise<TenantId | undefined>;
};

/** A process that is killed loses what it noted in this time; changes of configuration never wait for it. */
const WRITE_EVERY_MS = 250;

export function createDecisionLog(deps: DecisionLogDeps): DecisionLog {
  const { db, clock, log, secret } = deps;
  const append = createAppend(secret);
  const textKey = deriveKey(secret, "decision-texts");
  const writer = createDecisionWriter(deps, append);
  const counter = createDecisionCounter(writer.add);
  const flush = async (): Promise<void> => {
    counter.flush();
    await writer.flush();
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => {
    counter.rollOver(clock.nowMs());
    void writer.write().catch((error: unknown) => log.warn("record.decisions-wait", { code: errorCode(error) }));
  };
  return {
    note: (decision) => counter.count(decision, clock.nowMs()),
    change: (scope, work) =>
      db.transaction(scope, async (tx) => {
        const { made, tenantId, decision } = await work(boundTo(db, tx, scope));
        await append(tx, tenantId, [{ decision, atMs: clock.nowMs(), count: 1 }]);
        return made;
      }),
    async listDecisions(tenantId = PLATFORM_CHAIN, ask) {
      await flush();
      return readDecisions(db, tenantId, ask);
    },
    async readChain(tenantId = PLATFORM_CHAIN, page) {
      await flush();
      return readChainPage(db, tenantId, "decisions", page);
    },
    async readEntry(tenantId = PLATFORM_CHAIN, seq) {
      await flush();
      return readChainEntry(db, tenantId, "decisions", seq);
    },
    async verifyDecisions(tenantId = PLATFORM_CHAIN) {
      await flush();
      return verifyDecisions(db, createHeadSeal(secret), tenantId);
    },
    async cutDecisions(tenantId) {
      await flush();
      return await createDecisionCut(db, secret)(tenantId);
    },
    digestText: (text) => `digest:${hmacHex(textKey, text).slice(0, 16)}`,
    flush,
    start() {
      timer = setInterval(tick, WRITE_EVERY_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await flush().catch((error: unknown) => log.warn("record.decisions-lost", { code: errorCode(error), count: writer.waiting }));
    },
  };
}
