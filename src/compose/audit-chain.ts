import type { AuditChainDeps, ChainNamed } from "../http/index.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { DecisionLog, RecordParts } from "../record/index.ts";

type Deps = {
  readonly record: Pick<RecordParts, "readCalls" | "readCall" | "readCheckpoints">;
  readonly decisions: Pick<DecisionLog, "readChain" | "readEntry">;
};

/** Two chains of a tenant under one address; of what belongs to no tenant there are decisions only. */
export function composeAuditChain({ record, decisions }: Deps, findChain: (slug: string) => Promise<TenantId>): AuditChainDeps {
  const idOf = async ({ slug }: ChainNamed): Promise<TenantId | undefined> => (slug === undefined ? undefined : await findChain(slug));
  return {
    async readPage(of, page) {
      const id = await idOf(of);
      return of.chain === "calls" && id !== undefined ? record.readCalls(id, page) : decisions.readChain(id, page);
    },
    async readEntry(of, seq) {
      const id = await idOf(of);
      return of.chain === "calls" && id !== undefined ? record.readCall(id, seq) : decisions.readEntry(id, seq);
    },
    readCheckpoints: async (slug) => record.readCheckpoints(await findChain(slug)),
  };
}
