import type { Clock } from "../kernel/clock.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { deriveKey, hmacHex, sha256Hex } from "../kernel/hash.ts";
import type { TenantId } from "../kernel/ids.ts";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";
import { type Database, type Scope, tenantScope, type Tx } from "../store/database.ts";
import {
  appendDecisions,
  boundTo,
  type DecisionCategory,
  type DecisionRow,
  findDecisionHead,
  listDecisions,
  lockDecisionHead,
  PLATFORM_CHAIN,
} from "../store/decisions.ts";
import { errorCode } from "./attempts.ts";
import { createHeadSeal, entryHash, firstPrevHash } from "./chain.ts";
import { type Counted, createDecisionCounter } from "./decision-counter.ts";
import type { Decision, DecisionBody, Noted } from "./decision.ts";
import type { RecordLog } from "./record-log.ts";

export type DecisionEntry = Omit<DecisionBody, "v" | "atMs" | "tenantId"> & {
  readonly seq: number;
  readonly hash: string;
  readonly prevHash: string;
  readonly createdAt: string;
};
export type DecisionPage = { readonly data: readonly DecisionEntry[]; readonly nextCursor: string | undefined };
export type DecisionFlaw = "entry-missing" | "entry-extra" | "body-changed" | "chain-broken" | "head-changed";
export type DecisionVerdict = {
  readonly ok: boolean;
  readonly entries: number;
  readonly firstBadSeq?: number;
  readonly reason?: DecisionFlaw;
};

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
  listDecisions(
    tenantId: TenantId | undefined,
    ask: { readonly category?: DecisionCategory | undefined; readonly cursor?: string | undefined; readonly limit?: number | undefined },
  ): Promise<DecisionPage>;
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
const VERIFY_PAGE = 500;

type Entry = { readonly decision: Decision; readonly atMs: number; readonly count: number };

export function createDecisionLog({ db, clock, log, secret, findTenantId }: DecisionLogDeps): DecisionLog {
  const append = createAppend(secret);
  const textKey = deriveKey(secret, "decision-texts");
  const waiting: Counted[] = [];
  let lost = 0;
  const counter = createDecisionCounter((counted) => {
    if (waiting.length < WAITING_MAX) waiting.push(counted);
    else lost++;
  });
  const chainOf = async ({ tenantId, tenantSlug }: Noted): Promise<TenantId> =>
    tenantId ?? (tenantSlug === undefined ? undefined : await findTenantId(tenantSlug)) ?? PLATFORM_CHAIN;

  const writeBatch = async (): Promise<void> => {
    const batch = waiting.slice(0, BATCH);
    const chains = new Map<TenantId, Entry[]>();
    for (const { decision, atMs, count } of batch) {
      const tenantId = await chainOf(decision);
      const { tenantId: _id, tenantSlug: _slug, ...rest } = decision;
      chains.set(tenantId, [...(chains.get(tenantId) ?? []), { decision: rest, atMs, count }]);
    }
    for (const [tenantId, entries] of chains) {
      await db.transaction(tenantScope(tenantId), (tx) => append(tx, tenantId, entries));
    }
    waiting.splice(0, batch.length);
  };
  let writing: Promise<void> | undefined;
  const write = (): Promise<void> => {
    const run = async (): Promise<void> => {
      while (waiting.length > 0) await writeBatch();
      if (lost > 0) log.warn("record.decisions-lost", { count: lost });
      lost = 0;
    };
    writing ??= run().finally(() => {
      writing = undefined;
    });
    return writing;
  };
  const flush = async (): Promise<void> => {
    counter.flush();
    await writing?.catch(() => undefined);
    await write();
  };

  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => {
    counter.rollOver(clock.nowMs());
    if (waiting.length > 0) void write().catch((error: unknown) => log.warn("record.decisions-wait", { code: errorCode(error) }));
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
      return readPage(db, tenantId, ask);
    },
    async verifyDecisions(tenantId = PLATFORM_CHAIN) {
      await flush();
      return verify(db, createHeadSeal(secret), tenantId);
    },
    digestText: (text) => `digest:${hmacHex(textKey, text).slice(0, 16)}`,
    flush,
    start() {
      timer = setInterval(tick, WRITE_EVERY_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await flush().catch((error: unknown) => log.warn("record.decisions-lost", { code: errorCode(error), count: waiting.length }));
    },
  };
}

/** The seal's text names the chain, so that a head of the ledger never fits here. */
const sealName = (tenantId: TenantId): string => `decisions/${tenantId}`;
const firstHash = (tenantId: TenantId): string => firstPrevHash(sealName(tenantId));

function createAppend(secret: Uint8Array) {
  const seal = createHeadSeal(secret);
  return async (tx: Tx, tenantId: TenantId, entries: readonly Entry[]): Promise<void> => {
    const chainHash = firstHash(tenantId);
    const first = { tenantId, seq: 0, chainHash, mac: seal(sealName(tenantId), 0, chainHash) };
    const head = await lockDecisionHead(tx, tenantId, first);
    // Sealing an end that somebody else wrote would make their work look like ours.
    const ours = head.mac === seal(sealName(tenantId), head.seq, head.chainHash);
    let end = { seq: head.seq, chainHash: head.chainHash };
    const rows = entries.map(({ decision, atMs, count }): DecisionRow => {
      const body = JSON.stringify({ v: 1, tenantId, atMs, ...decision, count } satisfies DecisionBody);
      const eventHash = sha256Hex(body);
      end = { seq: end.seq + 1, chainHash: entryHash(end.chainHash, end.seq + 1, eventHash, false) };
      return { seq: end.seq, createdAtMs: atMs, category: decision.category, eventHash, chainHash: end.chainHash, body };
    });
    await appendDecisions(tx, { tenantId, ...end, mac: ours ? seal(sealName(tenantId), end.seq, end.chainHash) : "" }, rows);
  };
}

async function readPage(
  db: Database,
  tenantId: TenantId,
  { category, cursor, limit = PAGE_DEFAULT }: Parameters<DecisionLog["listDecisions"]>[1],
): Promise<DecisionPage> {
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor))
    throw new Fault("body_invalid", { say: "The cursor is not one that this listing gave.", param: "cursor" });
  const afterSeq = Number(cursor ?? 0);
  const size = Math.min(Math.max(1, limit), PAGE_MAX);
  const rows = await listDecisions(db, tenantId, { afterSeq, limit: size + 1, category });
  const page = rows.slice(0, size);
  const before = await prevHashes(db, tenantId, page);
  const data = page.map((row): DecisionEntry => {
    const { v: _v, atMs: _at, tenantId: _tenant, ...rest } = parseBody(row.body);
    return { seq: row.seq, hash: row.chainHash, prevHash: before.get(row.seq) ?? "", createdAt: toIso(row.createdAtMs), ...rest };
  });
  const last = page.at(-1);
  return { data, nextCursor: rows.length > page.length && last !== undefined ? String(last.seq) : undefined };
}

/** A page of one category leaves entries out, whose hashes the others follow. */
async function prevHashes(db: Database, tenantId: TenantId, page: readonly DecisionRow[]): Promise<ReadonlyMap<number, string>> {
  const hashes = new Map<number, string>([[1, firstHash(tenantId)], ...page.map((row) => [row.seq + 1, row.chainHash] as const)]);
  for (const { seq } of page) {
    if (hashes.has(seq)) continue;
    const [row] = await listDecisions(db, tenantId, { afterSeq: seq - 2, limit: 1 });
    if (row?.seq === seq - 1) hashes.set(seq, row.chainHash);
  }
  return hashes;
}

async function verify(db: Database, seal: ReturnType<typeof createHeadSeal>, tenantId: TenantId): Promise<DecisionVerdict> {
  // The head first: the chain may only have grown since.
  const head = await findDecisionHead(db, tenantId);
  const bad = (seq: number, entries: number, reason: DecisionFlaw): DecisionVerdict => ({ ok: false, entries, firstBadSeq: seq, reason });
  let entries = 0;
  let chainHash = firstHash(tenantId);
  let atHead = chainHash;
  for (let more = true; more;) {
    const rows = await listDecisions(db, tenantId, { afterSeq: entries, limit: VERIFY_PAGE });
    more = rows.length === VERIFY_PAGE;
    for (const row of rows) {
      if (row.seq !== entries + 1) return bad(entries + 1, entries, "entry-missing");
      if (sha256Hex(row.body) !== row.eventHash || !isBodyOf(row, tenantId)) return bad(row.seq, entries, "body-changed");
      if (entryHash(chainHash, row.seq, row.eventHash, false) !== row.chainHash) return bad(row.seq, entries, "chain-broken");
      entries = row.seq;
      ({ chainHash } = row);
      if (entries === (head?.seq ?? 0)) atHead = chainHash;
    }
  }
  if (head === undefined) return entries === 0 ? { ok: true, entries } : bad(1, 0, "head-changed");
  if (head.mac !== seal(sealName(tenantId), head.seq, head.chainHash)) return bad(entries + 1, entries, "head-changed");
  if (entries < head.seq) return bad(entries + 1, entries, "entry-missing");
  const grown = await findDecisionHead(db, tenantId);
  if (entries > (grown?.seq ?? 0)) return bad((grown?.seq ?? 0) + 1, entries, "entry-extra");
  return head.chainHash === atHead ? { ok: true, entries } : bad(head.seq, entries, "head-changed");
}

function isBodyOf(row: DecisionRow, tenantId: TenantId): boolean {
  try {
    const body = parseBody(row.body);
    return body.tenantId === tenantId && body.category === row.category && body.atMs === row.createdAtMs;
  } catch {
    return false;
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this process or another of the same program wrote it, and its hash is checked
const parseBody = (body: string): DecisionBody => JSON.parse(body) as DecisionBody;
