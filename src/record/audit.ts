import type { TenantId } from "../kernel/ids.ts";
import { toIso } from "../kernel/clock.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { type ChainEnd, type LedgerRow, listChain, listEntries, readChainEnd } from "../store/ledger-audit.ts";
import { findAnchor, type AuditAnchor } from "../store/audit-anchors.ts";
import { createWalk, type AuditFlaw, type Flaw } from "./audit-walk.ts";
import type { AnchorSeal, HeadSeal } from "./chain.ts";
import { type ChainEntry, type ChainPage, type ChainPageAsk, readChainEntry, readChainPage } from "./chain-page.ts";
import { type AuditAsk, findPrevHashes, inOrder, searchSeqs } from "./chain-search.ts";
import type { Checkpoint, Checkpoints } from "./checkpoints.ts";
import type { Signer } from "./signer.ts";

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
export type AuditPage = {
  readonly data: readonly AuditEntry[];
  readonly nextCursor: string | undefined;
  readonly previousCursor: string | undefined;
};
/** `receipt`: made now, over `eventHash`; absent where the entry is not as it was written. */
export type CallEntry = ChainEntry & {
  readonly receipt?: { readonly signature: string; readonly publicKey: string; readonly keyId: string };
};

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
  /** Oldest first unless asked otherwise. */
  listAudit(tenantId: TenantId, ask?: AuditAsk): Promise<AuditPage>;
  /** The bytes that were hashed, for whoever checks the chain without trusting this server. */
  readCalls(tenantId: TenantId, page: ChainPageAsk): Promise<ChainPage>;
  /** One entry with its receipt; undefined where there is none of this number. */
  readCall(tenantId: TenantId, seq: number): Promise<CallEntry | undefined>;
  /** Signed ends of the chain, and the key that tells whether they are genuine. */
  readCheckpoints(
    tenantId: TenantId,
  ): Promise<{ readonly data: readonly Checkpoint[]; readonly publicKey: string; readonly keyId: string }>;
  /** Reads the whole chain again and tells the first thing that is not as it was written. */
  verifyAudit(tenantId: TenantId): Promise<AuditVerdict>;
};

type Deps = {
  readonly db: Database;
  readonly seal: HeadSeal;
  readonly anchorSeal: AnchorSeal;
  readonly checkpoints: Checkpoints;
  /** Of receipts. */
  readonly signer: Signer;
  /** What this process has answered is in the ledger when it resolves. */ flush(): Promise<void>;
};

/** About a third of a megabyte, read in a few milliseconds. */
const VERIFY_PAGE = 250;

export function createAudit(deps: Deps): Audit {
  const { db } = deps;
  return {
    async listAudit(tenantId, ask = {}) {
      await deps.flush();
      const { seqs, ...cursors } = await searchSeqs(db, tenantId, "calls", ask);
      const rows = await listEntries(db, tenantScope(tenantId), tenantId, seqs);
      const prevHashOf = await findPrevHashes(db, tenantId, "calls", rows);
      const data = rows.map((row) => toEntry(row, prevHashOf(row.seq)));
      return { data: inOrder(data, seqs), ...cursors };
    },
    async readCalls(tenantId, page) {
      await deps.flush();
      return readChainPage(db, tenantId, "calls", page);
    },
    async readCall(tenantId, seq) {
      await deps.flush();
      const entry = await readChainEntry(db, tenantId, "calls", seq);
      if (entry === undefined) return undefined;
      const { signer } = deps;
      // What somebody changed is not signed anew.
      const receipt = { signature: signer.sign(entry.eventHash), publicKey: signer.publicKey, keyId: signer.keyId };
      return entry.intact ? { ...entry, receipt } : entry;
    },
    async readCheckpoints(tenantId) {
      const { publicKey, keyId, read } = deps.checkpoints;
      return { data: await read(tenantId), publicKey, keyId };
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
    more = rows.length >= VERIFY_PAGE && afterSeq < last;
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
