import { sha256Hex } from "../kernel/hash.ts";
import type { TenantId } from "../kernel/ids.ts";
import { cutDecisions, findDecisionAnchor } from "../store/decision-anchors.ts";
import type { Database } from "../store/database.ts";
import { listDecisions } from "../store/decisions.ts";
import { createHeadSeal, entryHash } from "./chain.ts";
import { anchorName, firstHash } from "./decision-chain.ts";

/** A transaction of some milliseconds. */
const PAGE = 250;

/**
 * Takes all entries out of a chain of decisions; where it ended stays, sealed. Each entry is verified once more on the way: an anchor is never
 * set over what was changed, so what stands behind a flaw stays too. Returns how many went.
 */
export function createDecisionCut(db: Database, secret: Uint8Array): (tenantId: TenantId) => Promise<number> {
  const seal = createHeadSeal(secret);
  return async (tenantId) => {
    for (let deleted = 0; ;) {
      const anchor = await findDecisionAnchor(db, tenantId);
      if (anchor !== undefined && anchor.mac !== seal(anchorName(tenantId), anchor.seq, anchor.chainHash)) return deleted;
      let seq = anchor?.seq ?? 0;
      let chainHash = anchor?.chainHash ?? firstHash(tenantId);
      const rows = await listDecisions(db, tenantId, { afterSeq: seq, limit: PAGE });
      let whole = 0;
      for (const row of rows) {
        const fits = row.seq === seq + 1 && sha256Hex(row.body) === row.eventHash;
        if (!fits || entryHash(chainHash, row.seq, row.eventHash, false) !== row.chainHash) break;
        ({ seq, chainHash } = row);
        whole++;
      }
      if (whole > 0) await cutDecisions(db, tenantId, { seq, chainHash, mac: seal(anchorName(tenantId), seq, chainHash) });
      deleted += whole;
      if (whole < PAGE) return deleted;
    }
  };
}
