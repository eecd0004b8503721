import { toIso } from "../kernel/clock.ts";
import { sha256Hex } from "../kernel/hash.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Database } from "../store/database.ts";
import { type DecisionRow, findDecisionHead, listDecisionEntries, listDecisions } from "../store/decisions.ts";
import { type createHeadSeal, entryHash } from "./chain.ts";
import { type AuditAsk, findPrevHashes, inOrder, searchSeqs } from "./chain-search.ts";
import { findDecisionAnchor, type DecisionAnchor } from "../store/decision-anchors.ts";
import { anchorName, firstHash, sealName } from "./decision-chain.ts";
import type { DecisionBody } from "./decision.ts";

export type DecisionEntry = Omit<DecisionBody, "v" | "atMs" | "tenantId"> & {
  readonly seq: number;
  readonly hash: string;
  readonly prevHash: string;
  readonly createdAt: string;
};
export type DecisionPage = {
  readonly data: readonly DecisionEntry[];
  readonly nextCursor: string | undefined;
  readonly previousCursor: string | undefined;
};
export type DecisionFlaw = "entry-missing" | "entry-extra" | "body-changed" | "chain-broken" | "head-changed" | "anchor-changed";
export type DecisionVerdict = {
  readonly ok: boolean;
  readonly entries: number;
  readonly firstBadSeq?: number;
  readonly reason?: DecisionFlaw;
};

const VERIFY_PAGE = 500;

/** Oldest first unless asked otherwise. */
export async function readDecisions(db: Database, tenantId: TenantId, ask: AuditAsk): Promise<DecisionPage> {
  const { seqs, ...cursors } = await searchSeqs(db, tenantId, "decisions", ask);
  const rows = await listDecisionEntries(db, tenantId, seqs);
  const prevHashOf = await findPrevHashes(db, tenantId, "decisions", rows);
  const data = rows.map((row) => toEntry(row, prevHashOf(row.seq)));
  return { data: inOrder(data, seqs), ...cursors };
}

function toEntry(row: DecisionRow, prevHash: string): DecisionEntry {
  const about = { seq: row.seq, hash: row.chainHash, prevHash, createdAt: toIso(row.createdAtMs) };
  try {
    const { v: _v, atMs: _at, tenantId: _tenant, ...rest } = parseBody(row.body);
    return { ...about, ...rest };
  } catch {
    // Somebody changed it: the others are to be seen all the same.
    return { ...about, category: row.category, action: "unreadable", outcome: "denied", count: 0 };
  }
}

type Seal = ReturnType<typeof createHeadSeal>;

export async function verifyDecisions(db: Database, seal: Seal, tenantId: TenantId): Promise<DecisionVerdict> {
  for (;;) {
    const anchor = await findDecisionAnchor(db, tenantId);
    const verdict = await verifyFrom(db, seal, tenantId, anchor);
    // Entries that were cut off meanwhile are not missing.
    if (verdict.ok || (await findDecisionAnchor(db, tenantId))?.seq === anchor?.seq) return verdict;
  }
}

async function verifyFrom(db: Database, seal: Seal, tenantId: TenantId, anchor: DecisionAnchor | undefined): Promise<DecisionVerdict> {
  if (anchor !== undefined && anchor.mac !== seal(anchorName(tenantId), anchor.seq, anchor.chainHash))
    return bad(anchor.seq, anchor.seq, "anchor-changed");
  // The head first: the chain may only have grown since.
  const head = await findDecisionHead(db, tenantId);
  let entries = anchor?.seq ?? 0;
  let chainHash = anchor?.chainHash ?? firstHash(tenantId);
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

const bad = (seq: number, entries: number, reason: DecisionFlaw): DecisionVerdict => ({ ok: false, entries, firstBadSeq: seq, reason });
