import type { z } from "zod";
import type { chainPage, checkpointList } from "../../../../src/contract/audit.ts";
import { entryHash, firstHash, openKey, sha256 } from "./crypto.ts";

export type ChainPage = z.infer<typeof chainPage>;
export type Checkpoints = z.infer<typeof checkpointList>;
type Link = ChainPage["data"][number];

/** What this browser saw when it checked the chain before: whoever rewrites all of it since then is found out. */
export type Remembered = { readonly seq: number; readonly hash: string; readonly at: string; readonly keyId?: string | undefined };

export type Flaw =
  | "start"
  | "gap"
  | "double"
  | "body"
  | "link"
  | "head"
  | "checkpoint-forged"
  | "checkpoint-differs"
  | "checkpoint-missing"
  | "remembered-differs"
  | "remembered-missing"
  | "key-changed";

export type Verdict =
  | {
      readonly ok: true;
      readonly entries: number;
      /** Number and hash of the last entry. */
      readonly head: { readonly seq: number; readonly hash: string };
      /** Entries before this number were deleted; 0: none. */
      readonly cutAt: number;
      readonly suspect: number;
      readonly checkpoints: number;
      /** Whether this browser could check signatures; undefined: there was none to check. */
      readonly signatures: boolean | undefined;
      readonly keyId: string | undefined;
      readonly remembered: Remembered | undefined;
    }
  | {
      readonly ok: false;
      readonly entries: number;
      readonly seq: number;
      readonly flaw: Flaw;
      readonly expected: string;
      readonly found: string;
    };

export type Reader = {
  /** Entries after a number. */
  readPage(after: number): Promise<ChainPage>;
  /** undefined for a chain that has none. */
  readCheckpoints(): Promise<Checkpoints | undefined>;
  readonly remembered: Remembered | undefined;
  onProgress(done: number, total: number): void;
};

type Found = { readonly seq: number; readonly flaw: Flaw; readonly expected: string; readonly found: string };

/**
 * Computes every hash of a chain again and compares all that was told. The server is asked for bytes only; what it says of them is not
 * believed. Digests are computed outside the page's thread, so the page stays usable.
 */
export async function verifyChain(reader: Reader): Promise<Verdict> {
  // Before the entries: each must then be found among them.
  const told = await reader.readCheckpoints();
  const key = told === undefined || told.data.length === 0 ? undefined : await openKey(told.publicKey);
  const known = new Map<number, string>();
  let page = await reader.readPage(0);
  const { start, tenantId, chain } = page;
  const bad = (found: Found): Verdict => ({ ok: false, entries: seq - start.seq, ...found });
  let { seq, hash } = start;
  known.set(seq, hash);
  const first = await firstHash(tenantId, chain);
  if (!start.cut && (seq !== 0 || hash !== first)) return bad({ seq: 1, flaw: "start", expected: first, found: hash });
  let suspect = 0;
  for (;;) {
    const bodies = await Promise.all(page.data.map(({ body }) => sha256(body)));
    for (const [at, link] of page.data.entries()) {
      const flaw = await findFlaw(link, { seq, hash, bodyHash: bodies[at] ?? "" });
      if (flaw !== undefined) return bad(flaw);
      ({ seq, hash } = link);
      known.set(seq, hash);
      if (link.suspect) suspect++;
    }
    reader.onProgress(seq - start.seq, Math.max(seq, page.head?.seq ?? 0) - start.seq);
    if (page.nextCursor === undefined || page.nextCursor === null) break;
    page = await reader.readPage(seq);
    if (page.data.length === 0) break;
  }
  const flaw =
    findEndFlaw(page.head, { seq, hash }) ??
    (await findCheckpointFlaw(told, key, known, seq)) ??
    findRememberedFlaw(reader.remembered, known, { seq, cutAt: start.seq }, key?.keyId);
  if (flaw !== undefined) return bad(flaw);
  return {
    ok: true,
    entries: seq - start.seq,
    head: { seq, hash },
    cutAt: start.cut ? start.seq : 0,
    suspect,
    checkpoints: told?.data.length ?? 0,
    signatures: told === undefined || told.data.length === 0 ? undefined : key !== undefined,
    keyId: key?.keyId,
    remembered: reader.remembered,
  };
}

async function findFlaw(
  link: Link,
  before: { readonly seq: number; readonly hash: string; readonly bodyHash: string },
): Promise<Found | undefined> {
  const next = before.seq + 1;
  if (link.seq > next) return { seq: next, flaw: "gap", expected: String(next), found: String(link.seq) };
  if (link.seq < next) return { seq: link.seq, flaw: "double", expected: String(next), found: String(link.seq) };
  if (before.bodyHash !== link.eventHash) return { seq: next, flaw: "body", expected: link.eventHash, found: before.bodyHash };
  const linked = await entryHash(before.hash, link);
  return linked === link.hash ? undefined : { seq: next, flaw: "link", expected: linked, found: link.hash };
}

/** The chain may have grown while it was read, and never shrunk. */
function findEndFlaw(head: ChainPage["head"], end: { readonly seq: number; readonly hash: string }): Found | undefined {
  if (head === undefined) return end.seq === 0 ? undefined : { seq: end.seq, flaw: "head", expected: end.hash, found: "" };
  if (head.seq > end.seq) return { seq: end.seq + 1, flaw: "gap", expected: String(head.seq), found: String(end.seq) };
  return head.seq === end.seq && head.hash !== end.hash ? { seq: end.seq, flaw: "head", expected: end.hash, found: head.hash } : undefined;
}

async function findCheckpointFlaw(
  told: Checkpoints | undefined,
  key: Awaited<ReturnType<typeof openKey>>,
  known: ReadonlyMap<number, string>,
  last: number,
): Promise<Found | undefined> {
  for (const one of told?.data ?? []) {
    const text = [one.tenantId, one.seq, one.hash, one.at].join("\n");
    if (key !== undefined && !(await key.isSigned(text, one.signature)))
      return { seq: one.seq, flaw: "checkpoint-forged", expected: key.keyId, found: one.keyId };
    if (one.seq > last) return { seq: last + 1, flaw: "checkpoint-missing", expected: String(one.seq), found: String(last) };
    const found = known.get(one.seq);
    if (found !== undefined && found !== one.hash) return { seq: one.seq, flaw: "checkpoint-differs", expected: one.hash, found };
  }
  return undefined;
}

function findRememberedFlaw(
  remembered: Remembered | undefined,
  known: ReadonlyMap<number, string>,
  { seq, cutAt }: { readonly seq: number; readonly cutAt: number },
  keyId: string | undefined,
): Found | undefined {
  if (remembered === undefined) return undefined;
  if (remembered.keyId !== undefined && keyId !== undefined && remembered.keyId !== keyId)
    return { seq, flaw: "key-changed", expected: remembered.keyId, found: keyId };
  if (remembered.seq > seq) return { seq: seq + 1, flaw: "remembered-missing", expected: String(remembered.seq), found: String(seq) };
  const found = known.get(remembered.seq);
  if (remembered.seq < cutAt || found === undefined || found === remembered.hash) return undefined;
  return { seq: remembered.seq, flaw: "remembered-differs", expected: remembered.hash, found };
}
