import { sha256Hex } from "../kernel/hash.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import { appendDecisions, type DecisionRow, lockDecisionHead } from "../store/decisions.ts";
import { createHeadSeal, entryHash, firstPrevHash } from "./chain.ts";
import type { Decision, DecisionBody } from "./decision.ts";

export type Entry = { readonly decision: Decision; readonly atMs: number; readonly count: number };
/** Puts entries at the end of a chain, in the caller's transaction. */
export type AppendDecisions = (tx: Tx, tenantId: TenantId, entries: readonly Entry[]) => Promise<void>;

/** The seal's text names the chain, so that a head of the ledger never fits here. */
export const sealName = (tenantId: TenantId): string => `decisions/${tenantId}`;
/** Of where a chain was cut: a head is no place to cut, and the other way round. */
export const anchorName = (tenantId: TenantId): string => `decision-anchors/${tenantId}`;
export const firstHash = (tenantId: TenantId): string => firstPrevHash(sealName(tenantId));

export function createAppend(secret: Uint8Array): AppendDecisions {
  const seal = createHeadSeal(secret);
  return async (tx, tenantId, entries) => {
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
