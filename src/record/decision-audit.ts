import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { sha256Hex } from "../kernel/hash.ts";
import type { TenantId } from "../kernel/ids.ts";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";
import type { Database } from "../store/database.ts";
import { type DecisionCategory, type DecisionRow, findDecisionHead, listDecisions } from "../store/decisions.ts";
import { type createHeadSeal, entryHash } from "./chain.ts";
import { findDecisionAnchor, type DecisionAnchor } from "../store/decision-anchors.ts";
import { anchorName, firstHash, sealName } from "./decision-chain.ts";
import type { DecisionBody } from "./decision.ts";

export type DecisionEntry = Omit<DecisionBody, "v" | "atMs" | "tenantId"> & {
  readonly seq: number;
  readonly hash: string;
  readonly prevHash: string;
  readonly createdAt: string;
};
export type DecisionPage = { readonly data: readonly DecisionEntry[]; readonly nextCursor: string | undefined };
export type DecisionFlaw = "entry-missing" | "entry-extra" | "body-changed" | "chain-broken" | "head-changed" | "anchor-changed";
export type DecisionVerdict = {
  readonly ok: boolean;
  readonly entries: number;
  readonly firstBadSeq?: number;
  readonly reason?: DecisionFlaw;
};

export type DecisionAsk = {
  readonly category?: DecisionCategory | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
};

const VERIFY_PAGE = 500;

export async function readDecisions(
  db: Database,
  tenantId: TenantId,
  { category, cursor, limit = PAGE_DEFAULT }: DecisionAsk,
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
  const anchor = await findDecisionAnchor(db, tenantId);
  const cut = anchor === undefined ? ([1, firstHash(tenantId)] as const) : ([anchor.seq + 1, anchor.chainHash] as const);
  const hashes = new Map<number, string>([cut, ...page.map((row) => [row.seq + 1, row.chainHash] as const)]);
  for (const { seq } of page) {
    if (hashes.has(seq)) continue;
    const [row] = await listDecisions(db, tenantId, { afterSeq: seq - 2, limit: 1 });
    if (row?.seq === seq - 1) hashes.set(seq, row.chainHash);
  }
  return hashes;
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
