import { sha256Hex } from "../kernel/hash.ts";
import type { AuditAnchor } from "../store/audit-anchors.ts";
import type { LedgerRow } from "../store/ledger-audit.ts";
import { entryHash, firstPrevHash } from "./chain.ts";
import type { Checkpoint } from "./checkpoints.ts";
import { toEventColumns } from "./event-columns.ts";
import { tryParseEvent } from "./event-json.ts";

export type AuditFlaw =
  | "entry-missing"
  | "entry-extra"
  | "body-changed"
  | "column-changed"
  | "chain-broken"
  | "head-changed"
  | "anchor-changed"
  | "checkpoint-forged"
  | "checkpoint-contradicts"
  | "sums-differ";
export type Flaw = { readonly seq: number; readonly reason: AuditFlaw };

/** Follows a chain from its first entry, or from where it was cut. */
export function createWalk(tenantId: string, told: readonly Checkpoint[], anchor?: Omit<AuditAnchor, "mac">) {
  const toldHash = new Map(told.map(({ seq, hash }) => [seq, hash]));
  let seq = anchor?.seq ?? 0;
  let chainHash = anchor?.chainHash ?? firstPrevHash(tenantId);
  let suspect = anchor?.suspect ?? 0;
  const { entries = 0, inputTokens = 0, outputTokens = 0, costMicroUsd = 0 } = anchor ?? {};
  const sums = { entries, inputTokens, outputTokens, costMicroUsd };

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
