import type { Stages } from "../chat/index.ts";
import type { ChatCall } from "../domain/chat.ts";
import { onlyOwnerOf, readerOf } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Retrieve } from "../retrieve/index.ts";
import { needRerank, type RerankFor } from "./rerank-passages.ts";
import type { Rewrite } from "./rewrite-query.ts";

export type RetrievePassagesDeps = {
  readonly retrieve: Retrieve;
  /** Is the collection this owner's? Asked only for callers who see nothing but their own. */
  readonly isOwnCollection: (tenantId: TenantId, nameOrId: string, owner: string) => Promise<boolean>;
};
/** What asks models by the very path that this stage is of: known once that is put together. */
export type ByModel = { readonly rerankFor: RerankFor; readonly rewrite: Rewrite };

/** The passages of a call, as its caller may find them. */
export const createRetrievePassages =
  ({ retrieve, isOwnCollection }: RetrievePassagesDeps, byModel: () => ByModel): Stages["retrieve"] =>
  async (call, signal, checked) => {
    const { who, chat, requestId, feature } = call;
    const ask = toAsk(chat);
    const only = onlyOwnerOf(who);
    if (only !== undefined && !(await isOwnCollection(who.tenant.id, ask.collection, only)))
      throw new Fault("collection_unknown", { param: "rag.collection" });
    const { rerankFor, rewrite } = byModel();
    const rerank = chat.rag?.mode === "quality" ? needRerank(rerankFor, { who, requestId, feature }, signal) : undefined;
    const query = await rewrite(call, checked, signal);
    try {
      return await retrieve(who.tenant.id, { ...ask, query, reader: readerOf(who), rerank });
    } catch (error) {
      // In a chat the collection is named there; a search names it in its path.
      throw error instanceof Fault && error.code === "collection_unknown" ? error.with({ param: "rag.collection" }) : error;
    }
  };

const BY_WORDS = Object.freeze({ dense: 0, sparse: 1 });

function toAsk({ rag }: ChatCall) {
  if (rag === undefined) throw new TypeError("only calls that ask for documents are retrieved for");
  const { collection, topK, filter, mode, hops } = rag;
  return { collection, topK, filter, hops, ...(mode === "keyword" ? { weights: BY_WORDS } : {}) };
}
