import type { TenantId } from "../kernel/ids.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { type ChainEnd, type LedgerRow, listChain, readChainEnd } from "../store/ledger-audit.ts";
import { findAnchor, type AuditAnchor } from "../store/audit-anchors.ts";
import { createWalk, type AuditFlaw, type Flaw } from "./audit-walk.ts";
import { firstPrevHash, type AnchorSeal, type HeadSeal } from "./chain.ts";
import type { Checkpoint, Checkpoints } from "./checkpoints.ts";

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
  readonly anchorSeal: AnchorSeal;
  readonly checkpoints: Checkpoints;
  /** What this process has answered is in the ledger when it resolves. */ flush(): Promise<void>;
};

/** About a third of a megabyte, read in a few milliseconds. */
const VERIFY_PAGE = 250;

export function createAudit(deps: Deps): Audit {
  const { db } = deps;
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
      const anchor = await findAnchor(db, tenantScope(tenantId), tenantId);
      let prevHash = before?.chainHash ?? anchor?.chainHash ?? firstPrevHash(tenantId);
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
      for (;;) {
        const anchor = await findAnchor(db, tenantScope(tenantId), tenantId);
        const verdict = await verifyFrom(deps, tenantId, anchor);
        // Entries that retention deleted meanwhile are not missing.
        if (verdict.ok || (await findAnchor(db, tenantScope(tenantId), tenantId))?.seq === anchor?.seq) return verdict;
      }
    },
  };
}

async function verifyFrom(deps: Deps, tenantId: TenantId, anchor: AuditAnchor | undefined): Promise<AuditVerdict> {
  const { db, checkpoints } = deps;
  // First what is outside the database, then the database: it may only have grown since.
  const told = await checkpoints.read(tenantId);
  const end = await readChainEnd(db, tenantScope(tenantId), tenantId);
  const walk = createWalk(tenantId, told, anchor);
  let flaw: Flaw | undefined = findForged(told, checkpoints) ?? findFlawAtAnchor(deps, anchor, told);
  const last = end.head?.seq ?? 0;
  for (let afterSeq = Number.MIN_SAFE_INTEGER, more = true; more && flaw === undefined;) {
    const rows = await listChain(db, tenantScope(tenantId), tenantId, { afterSeq, limit: VERIFY_PAGE });
    flaw = walk.check(rows.filter((row) => row.seq <= last));
    afterSeq = rows.at(-1)?.seq ?? last;
    more = rows.length === VERIFY_PAGE && afterSeq < last;
  }
  flaw ??= findFlawAtEnd(deps, end, walk, told);
  const { entries, suspect } = walk;
  return flaw === undefined ? { ok: true, entries, suspect } : { ok: false, entries, suspect, firstBadSeq: flaw.seq, reason: flaw.reason };
}

/** Where a chain was cut is sealed like its head, and what was told outside of that entry must agree. */
function findFlawAtAnchor({ anchorSeal }: Deps, anchor: AuditAnchor | undefined, told: readonly Checkpoint[]): Flaw | undefined {
  if (anchor === undefined) return undefined;
  if (anchorSeal(anchor) !== anchor.mac) return { seq: anchor.seq, reason: "anchor-changed" };
  const agrees = told.every(({ seq, hash }) => seq !== anchor.seq || hash === anchor.chainHash);
  return agrees ? undefined : { seq: anchor.seq, reason: "checkpoint-contradicts" };
}

function parseCursor(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new Fault("body_invalid", { say: "The cursor is not one that this listing gave.", param: "cursor" });
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
