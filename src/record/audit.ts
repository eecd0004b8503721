import type { TenantId } from "../kernel/ids.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { sha256Hex } from "../kernel/hash.ts";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { type ChainEnd, type LedgerRow, listChain, readChainEnd } from "../store/ledger-audit.ts";
import { entryHash, firstPrevHash, type HeadSeal } from "./chain.ts";
import type { Checkpoint, Checkpoints } from "./checkpoints.ts";
import { toEventColumns } from "./event-columns.ts";
import { tryParseEvent } from "./event-json.ts";

export type AuditEntry = {
  readonly seq: number;
  /** Of this entry and, through `prevHash`, of all before it. `chain.ts` says how it is made. */
  readonly hash: string;
  readonly prevHash: string;
  /** The receipt: SHA-256 of the event as it was recorded. */
  readonly eventHash: string;
  readonly suspect: boolean;
  readonly requestId: string;
  readonly key: string;
  readonly createdAt: string;
  readonly outcome: string;
  readonly model: string | null;
  readonly provider: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
  readonly count: number;
};
export type AuditPage = { readonly data: readonly AuditEntry[]; readonly nextCursor: string | undefined };

export type AuditFlaw =
  | "entry-missing"
  | "entry-extra"
  | "body-changed"
  | "column-changed"
  | "chain-broken"
  | "head-changed"
  | "checkpoint-forged"
  | "checkpoint-contradicts"
  | "sums-differ";
export type AuditVerdict = {
  readonly ok: boolean;
  /** Entries found whole, from the first on. */
  readonly entries: number;
  /** Entries whose journal was damaged before they came here. They are whole as they stand. */
  readonly suspect: number;
  readonly firstBadSeq?: number;
  readonly reason?: AuditFlaw;
};

export type Audit = {
  /** Oldest first. `cursor` is the last `seq` of the page before. */
  listAudit(tenantId: TenantId, page?: { readonly cursor?: string | undefined; readonly limit?: number | undefined }): Promise<AuditPage>;
  /** Reads the whole chain again and tells the first thing that is not as it was written. */
  verifyAudit(tenantId: TenantId): Promise<AuditVerdict>;
};

type Deps = {
  readonly db: Database;
  readonly seal: HeadSeal;
  readonly checkpoints: Checkpoints;
  /** What this process has answered is in the ledger when it resolves. */ flush(): Promise<void>;
};

/** About a third of a megabyte, read in a few milliseconds. */
const VERIFY_PAGE = 250;

export function createAudit(deps: Deps): Audit {
  const { db, checkpoints } = deps;
  return {
    async listAudit(tenantId, { cursor, limit = PAGE_DEFAULT } = {}) {
      const afterSeq = cursor === undefined ? 0 : parseCursor(cursor);
      const size = Math.min(Math.max(1, limit), PAGE_MAX);
      await deps.flush();
      // One entry before the page, whose hash is the first one's `prevHash`; one behind it, which says that there is more.
      const read = { afterSeq: Math.max(0, afterSeq - 1), limit: size + 2 };
      const rows = await listChain(db, tenantScope(tenantId), tenantId, read);
      const before = rows[0]?.seq === afterSeq ? rows[0] : undefined;
      const page = rows.filter((row) => row.seq > afterSeq).slice(0, size);
      let prevHash = before?.chainHash ?? firstPrevHash(tenantId);
      const data = page.map((row) => {
        const entry = toEntry(row, prevHash);
        prevHash = row.chainHash;
        return entry;
      });
      const last = page.at(-1);
      const more = last !== undefined && rows.some((row) => row.seq > last.seq);
      return { data, nextCursor: more ? String(last.seq) : undefined };
    },
    async verifyAudit(tenantId) {
      await deps.flush();
      // First what is outside the database, then the database: it may only have grown since.
      const told = await checkpoints.read(tenantId);
      const end = await readChainEnd(db, tenantScope(tenantId), tenantId);
      const walk = createWalk(tenantId, told);
      let flaw: Flaw | undefined = findForged(told, checkpoints);
      const last = end.head?.seq ?? 0;
      for (let afterSeq = Number.MIN_SAFE_INTEGER, more = true; more && flaw === undefined;) {
        const rows = await listChain(db, tenantScope(tenantId), tenantId, { afterSeq, limit: VERIFY_PAGE });
        flaw = walk.check(rows.filter((row) => row.seq <= last));
        afterSeq = rows.at(-1)?.seq ?? last;
        more = rows.length === VERIFY_PAGE && afterSeq < last;
      }
      flaw ??= findFlawAtEnd(deps, end, walk, told);
      const { entries, suspect } = walk;
      return flaw === undefined
        ? { ok: true, entries, suspect }
        : { ok: false, entries, suspect, firstBadSeq: flaw.seq, reason: flaw.reason };
    },
  };
}

function parseCursor(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new Fault("body_invalid", { say: "The cursor is not one that this listing gave.", param: "cursor" });
}

type Flaw = { readonly seq: number; readonly reason: AuditFlaw };

/** Follows a chain from its first entry. */
function createWalk(tenantId: string, told: readonly Checkpoint[]) {
  const toldHash = new Map(told.map(({ seq, hash }) => [seq, hash]));
  let seq = 0;
  let chainHash = firstPrevHash(tenantId);
  let suspect = 0;
  const sums = { entries: 0, inputTokens: 0, outputTokens: 0, costMicroUsd: 0 };

  const checkOne = (row: LedgerRow): AuditFlaw | undefined => {
    if (row.seq !== seq + 1) return row.seq > seq + 1 ? "entry-missing" : "entry-extra";
    const flaw = findFlawInside(row, tenantId);
    if (flaw !== undefined) return flaw;
    if (entryHash(chainHash, row.seq, row.eventHash, row.suspect) !== row.chainHash) return "chain-broken";
    return (toldHash.get(row.seq) ?? row.chainHash) === row.chainHash ? undefined : "checkpoint-contradicts";
  };
  return {
    check(rows: readonly LedgerRow[]): Flaw | undefined {
      for (const row of rows) {
        const reason = checkOne(row);
        if (reason !== undefined) return { seq: reason === "entry-missing" ? seq + 1 : row.seq, reason };
        seq = row.seq;
        ({ chainHash } = row);
        if (row.suspect) suspect++;
        sums.entries += row.count;
        sums.inputTokens += row.inputTokens;
        sums.outputTokens += row.outputTokens;
        sums.costMicroUsd += row.costMicroUsd;
      }
      return undefined;
    },
    get entries() {
      return seq;
    },
    get chainHash() {
      return chainHash;
    },
    get suspect() {
      return suspect;
    },
    sums,
  };
}

function findFlawInside(row: LedgerRow, tenantId: string): AuditFlaw | undefined {
  if (sha256Hex(row.body) !== row.eventHash) return "body-changed";
  const event = tryParseEvent(row.body);
  if (event === undefined || event.tenantId !== tenantId) return "body-changed";
  const columns = Object.entries(toEventColumns(event));
  const found = new Map<string, unknown>(Object.entries(row));
  return columns.every(([name, value]) => found.get(name) === value) ? undefined : "column-changed";
}

function findForged(told: readonly Checkpoint[], checkpoints: Checkpoints): Flaw | undefined {
  const forged = told.find((checkpoint) => !checkpoints.isGenuine(checkpoint));
  return forged === undefined ? undefined : { seq: forged.seq, reason: "checkpoint-forged" };
}

/** What the entries themselves cannot show: that some are missing at the end, or that all of it is an older copy. */
function findFlawAtEnd({ seal }: Deps, end: ChainEnd, walk: ReturnType<typeof createWalk>, told: readonly Checkpoint[]): Flaw | undefined {
  const { head, last, hours } = end;
  const next = walk.entries + 1;
  if (head === undefined ? last !== 0 : head.mac !== seal(head.tenantId, head.seq, head.chainHash))
    return { seq: next, reason: "head-changed" };
  if (walk.entries < (head?.seq ?? 0)) return { seq: next, reason: "entry-missing" };
  if (last > walk.entries) return { seq: next, reason: "entry-extra" };
  if (head !== undefined && head.chainHash !== walk.chainHash) return { seq: walk.entries, reason: "head-changed" };
  if (told.some(({ seq }) => seq > walk.entries)) return { seq: next, reason: "checkpoint-contradicts" };
  const { sums } = walk;
  const same =
    sums.entries === hours.entries &&
    sums.inputTokens === hours.inputTokens &&
    sums.outputTokens === hours.outputTokens &&
    sums.costMicroUsd === hours.costMicroUsd;
  return same ? undefined : { seq: walk.entries, reason: "sums-differ" };
}

function toEntry(row: LedgerRow, prevHash: string): AuditEntry {
  const { seq, chainHash: hash, eventHash, suspect, requestId, keyId: key, outcome, model, provider } = row;
  const { inputTokens, outputTokens, costMicroUsd, count } = row;
  const what = { outcome, model, provider, inputTokens, outputTokens, costMicroUsd, count };
  return { seq, hash, prevHash, eventHash, suspect, requestId, key, createdAt: toIso(row.createdAtMs), ...what };
}
