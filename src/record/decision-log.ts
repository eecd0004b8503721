import type { Clock } from "../kernel/clock.ts";
import { deriveKey, hmacHex } from "../kernel/hash.ts";
import type { TenantId } from "../kernel/ids.ts";
import { type Database, type Scope, tenantScope } from "../store/database.ts";
import { boundTo, PLATFORM_CHAIN } from "../store/decisions.ts";
import { errorCode } from "./attempts.ts";
import { createHeadSeal } from "./chain.ts";
import { type DecisionAsk, type DecisionPage, type DecisionVerdict, readDecisions, verifyDecisions } from "./decision-audit.ts";
import { createAppend, type AppendDecisions, type Entry } from "./decision-chain.ts";
import { type Counted, createDecisionCounter } from "./decision-counter.ts";
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
  /** Oldest first. undefined for the tenant: what belongs to none. */
  listDecisions(tenantId: TenantId | undefined, ask: DecisionAsk): Promise<DecisionPage>;
  verifyDecisions(tenantId: TenantId | undefined): Promise<DecisionVerdict>;
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
/** With the database away so many wait; 300 bytes each. */
const WAITING_MAX = 20_000;
/** In one transaction: some milliseconds. */
const BATCH = 200;

export function createDecisionLog(deps: DecisionLogDeps): DecisionLog {
  const { db, clock, log, secret } = deps;
  const append = createAppend(secret);
  const textKey = deriveKey(secret, "decision-texts");
  const writer = createWriter(deps, append);
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
    async verifyDecisions(tenantId = PLATFORM_CHAIN) {
      await flush();
      return verifyDecisions(db, createHeadSeal(secret), tenantId);
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

/** Writes what waits, in order, a batch at a time; what could not be written waits on. */
function createWriter({ db, log, findTenantId }: DecisionLogDeps, append: AppendDecisions) {
  const waiting: Counted[] = [];
  let lost = 0;
  const chainOf = async ({ tenantId, tenantSlug }: Noted): Promise<TenantId> =>
    tenantId ?? (tenantSlug === undefined ? undefined : await findTenantId(tenantSlug)) ?? PLATFORM_CHAIN;
  const toChains = async (batch: Iterable<Counted>): Promise<ReadonlyMap<TenantId, readonly Counted[]>> => {
    const chains = new Map<TenantId, Counted[]>();
    for (const counted of batch) {
      const chain = await chainOf(counted.decision);
      chains.set(chain, [...(chains.get(chain) ?? []), counted]);
    }
    return chains;
  };
  const writeBatch = async (): Promise<void> => {
    const left = new Set(waiting.splice(0, BATCH));
    try {
      for (const [tenantId, counted] of await toChains(left)) {
        await db.transaction(tenantScope(tenantId), (tx) => append(tx, tenantId, counted.map(toEntry)));
        for (const one of counted) left.delete(one);
      }
    } finally {
      waiting.unshift(...left);
    }
  };
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) await writeBatch();
    if (lost > 0) log.warn("record.decisions-lost", { count: lost });
    lost = 0;
  };
  let writing: Promise<void> | undefined;
  const write = (): Promise<void> => {
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  };
  return {
    add(counted: Counted): void {
      if (waiting.length < WAITING_MAX) waiting.push(counted);
      else lost++;
    },
    write,
    async flush(): Promise<void> {
      await writing?.catch(() => undefined);
      await write();
    },
    get waiting() {
      return waiting.length;
    },
  };
}

function toEntry({ decision: { tenantId: _id, tenantSlug: _slug, ...decision }, atMs, count }: Counted): Entry {
  return { decision, atMs, count };
}
