import { sha256Hex } from "../kernel/hash.ts";
import { toIso } from "../kernel/clock.ts";
import type { TenantId } from "../kernel/ids.ts";
import { PAGE_MAX } from "../kernel/limits.ts";
import { type ChainName, findChainHead } from "../store/audit-search.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { listDecisionEntries, listDecisions } from "../store/decisions.ts";
import { listChain, listEntries } from "../store/ledger-audit.ts";
import { entryHash } from "./chain.ts";
import { type ChainStart, findChainStart, findPrevHashes } from "./chain-search.ts";

/** What is needed to compute an entry's hash again: `eventHash` is the SHA-256 of `body`'s UTF-8, `hash` is made as `chain.ts` says. */
export type ChainLink = {
  readonly seq: number;
  readonly hash: string;
  readonly eventHash: string;
  readonly suspect: boolean;
  /** The entry as it was recorded, byte for byte. */
  readonly body: string;
};
export type ChainPage = {
  readonly tenantId: TenantId;
  readonly chain: ChainName;
  readonly start: ChainStart;
  /** Where the chain ended when the page was read; undefined: nothing was entered yet. */
  readonly head: { readonly seq: number; readonly hash: string } | undefined;
  readonly data: readonly ChainLink[];
  readonly nextCursor: string | undefined;
};
export type ChainPageAsk = { readonly after: number; readonly limit?: number | undefined };

/** Rows of one statement, about a third of a megabyte: between two, others have their turn at the database. */
const SLICE = 250;

/** Entries after a number, in order, with the bytes that were hashed. For whoever checks a chain without trusting this server. */
export async function readChainPage(db: Database, tenantId: TenantId, chain: ChainName, ask: ChainPageAsk): Promise<ChainPage> {
  const size = Math.min(Math.max(1, ask.limit ?? PAGE_MAX), PAGE_MAX);
  const start = await findChainStart(db, tenantId, chain);
  const head = await findChainHead(db, tenantId, chain);
  const data: ChainLink[] = [];
  let after = Math.max(ask.after, start.seq);
  for (let more = true; more && data.length < size;) {
    const limit = Math.min(SLICE, size - data.length);
    const rows = await listLinks(db, tenantId, chain, { afterSeq: after, limit });
    data.push(...rows);
    after = rows.at(-1)?.seq ?? after;
    more = rows.length >= limit;
  }
  const isFull = data.length >= size;
  return { tenantId, chain, start, head, data, nextCursor: isFull ? String(after) : undefined };
}

async function listLinks(
  db: Database,
  tenantId: TenantId,
  chain: ChainName,
  page: { readonly afterSeq: number; readonly limit: number },
): Promise<readonly ChainLink[]> {
  if (chain === "decisions") return (await listDecisions(db, tenantId, page)).map((row) => toLink({ ...row, suspect: false }));
  return (await listChain(db, tenantScope(tenantId), tenantId, page)).map(toLink);
}

type LinkRow = Pick<ChainLink, "seq" | "eventHash" | "suspect" | "body"> & { readonly chainHash: string };
const toLink = ({ seq, chainHash: hash, eventHash, suspect, body }: LinkRow): ChainLink => ({ seq, hash, eventHash, suspect, body });

/** One entry of a chain. `intact`: its hashes fit its body and the entry before. */
export type ChainEntry = ChainLink & {
  readonly tenantId: TenantId;
  readonly chain: ChainName;
  readonly prevHash: string;
  readonly createdAt: string;
  readonly intact: boolean;
  /** undefined where the body is no JSON any more. */
  readonly event: Readonly<Record<string, unknown>> | undefined;
};

/** undefined where the chain has no entry of this number. */
export async function readChainEntry(db: Database, tenantId: TenantId, chain: ChainName, seq: number): Promise<ChainEntry | undefined> {
  const row = await findRow(db, tenantId, chain, seq);
  if (row === undefined) return undefined;
  const prevHash = (await findPrevHashes(db, tenantId, chain, [row]))(seq);
  const isWhole = sha256Hex(row.body) === row.eventHash;
  const intact = isWhole && entryHash(prevHash, seq, row.eventHash, row.suspect) === row.chainHash;
  return { tenantId, chain, ...toLink(row), prevHash, createdAt: toIso(row.createdAtMs), intact, event: tryParse(row.body) };
}

async function findRow(
  db: Database,
  tenantId: TenantId,
  chain: ChainName,
  seq: number,
): Promise<(LinkRow & { createdAtMs: number }) | undefined> {
  if (chain === "calls") return (await listEntries(db, tenantScope(tenantId), tenantId, [seq]))[0];
  const [row] = await listDecisionEntries(db, tenantId, [seq]);
  return row === undefined ? undefined : { ...row, suspect: false };
}

function tryParse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
