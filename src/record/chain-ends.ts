import type { AuditHead } from "../store/events.ts";

/** Where chains ended when this process last wrote or read them: a guess, which the database checks before anything is built on it. */
export type ChainEnds = {
  /** Undefined unless all of them are known. */
  find(tenantIds: readonly string[]): AuditHead[] | undefined;
  keep(heads: readonly AuditHead[]): void;
  forget(): void;
};

/** About 300 bytes each. */
const KEPT_MAX = 10_000;

export function createChainEnds(keptMax = KEPT_MAX): ChainEnds {
  const ends = new Map<string, AuditHead>();
  return {
    find(tenantIds) {
      const found: AuditHead[] = [];
      for (const tenantId of tenantIds) {
        const head = ends.get(tenantId);
        if (head === undefined) return undefined;
        found.push(head);
      }
      return found;
    },
    keep(heads) {
      if (ends.size + heads.length > keptMax) ends.clear();
      for (const head of heads) ends.set(head.tenantId, head);
    },
    forget: () => ends.clear(),
  };
}
