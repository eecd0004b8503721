import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";
import { findAnchor } from "../store/audit-anchors.ts";
import { type AuditFilter, type ChainName, findChainHashes, findSeqs } from "../store/audit-search.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { findDecisionAnchor } from "../store/decision-anchors.ts";
import { firstPrevHash } from "./chain.ts";
import { firstHash } from "./decision-chain.ts";

export type AuditOrder = "asc" | "desc";
/** `cursor`: the number of the last entry before the page; with a minus, of the first one behind it. */
export type AuditAsk = AuditFilter & {
  readonly order?: AuditOrder | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
};
/** Numbers of a page's entries in its order. A page may be short, even empty, where there is a next one: one look has its bounds. */
export type SeqPage = {
  readonly seqs: readonly number[];
  readonly nextCursor: string | undefined;
  readonly previousCursor: string | undefined;
};

/** One page of those entries that fit, in either order, and the way to the pages before and behind it. */
export async function searchSeqs(db: Database, tenantId: TenantId, chain: ChainName, ask: AuditAsk): Promise<SeqPage> {
  const { order = "asc", cursor, limit = PAGE_DEFAULT, ...filter } = ask;
  const size = Math.min(Math.max(1, limit), PAGE_MAX);
  const from = cursor === undefined ? undefined : parseCursor(cursor);
  const back = from?.back ?? false;
  const up = (order === "asc") !== back;
  const found = await findSeqs(db, tenantId, chain, filter, { up, bound: from?.seq, limit: size + 1 });
  const read = found.seqs.slice(0, size);
  const further = found.seqs.length > size ? read.at(-1) : found.scannedTo;
  const seqs = back ? read.toReversed() : read;
  const onward = further === undefined ? undefined : String(further);
  const first = seqs.at(0);
  const last = seqs.at(-1);
  if (back) return { seqs, nextCursor: textOf(last) ?? textOf(from?.seq), previousCursor: onward === undefined ? undefined : `-${onward}` };
  const begun = from === undefined || (from.seq === 0 && order === "asc");
  return { seqs, nextCursor: onward, previousCursor: begun || first === undefined ? undefined : `-${String(first)}` };
}

/** Entries in the order of a page; two of one number both stay. */
export function inOrder<E extends { readonly seq: number }>(entries: readonly E[], seqs: readonly number[]): readonly E[] {
  const places = new Map(seqs.map((seq, place) => [seq, place]));
  return entries.toSorted((one, other) => (places.get(one.seq) ?? 0) - (places.get(other.seq) ?? 0));
}

const textOf = (seq: number | undefined): string | undefined => (seq === undefined ? undefined : String(seq));

function parseCursor(cursor: string): { readonly back: boolean; readonly seq: number } {
  const [, minus, digits] = /^(-?)(\d{1,15})$/.exec(cursor) ?? [];
  if (digits !== undefined) return { back: minus === "-", seq: Number(digits) };
  throw new Fault("body_invalid", { say: "The cursor is not one that this listing gave.", param: "cursor" });
}

/** Where a chain begins that can be read: before its first entry, or behind those that were deleted. */
export type ChainStart = { readonly seq: number; readonly hash: string; readonly cut: boolean };

export async function findChainStart(db: Database, tenantId: TenantId, chain: ChainName): Promise<ChainStart> {
  const anchor = chain === "calls" ? await findAnchor(db, tenantScope(tenantId), tenantId) : await findDecisionAnchor(db, tenantId);
  if (anchor !== undefined) return { seq: anchor.seq, hash: anchor.chainHash, cut: true };
  return { seq: 0, hash: chain === "calls" ? firstPrevHash(tenantId) : firstHash(tenantId), cut: false };
}

/** The hash that stands before an entry, by the entry's number; "" where nothing does. */
export async function findPrevHashes(
  db: Database,
  tenantId: TenantId,
  chain: ChainName,
  entries: readonly { readonly seq: number; readonly chainHash: string }[],
): Promise<(seq: number) => string> {
  const known = new Map(entries.map(({ seq, chainHash }) => [seq, chainHash]));
  const start = await findChainStart(db, tenantId, chain);
  if (!known.has(start.seq)) known.set(start.seq, start.hash);
  const missing = entries.map(({ seq }) => seq - 1).filter((seq) => !known.has(seq));
  for (const [seq, hash] of await findChainHashes(db, tenantId, chain, missing)) known.set(seq, hash);
  return (seq) => known.get(seq - 1) ?? "";
}
