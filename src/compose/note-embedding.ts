import { principalIdOf } from "../domain/principal.ts";
import type { EmbeddingAnewDeps } from "../http/index.ts";
import type { DecisionLog } from "../record/index.ts";

/** Who embeds a collection with another model, and each step of it, is in the audit log. */
export const noteEmbedding =
  ({ note }: Pick<DecisionLog, "note">): EmbeddingAnewDeps["embeddingChanged"] =>
  (who, act, collectionId) =>
    note({
      category: "configuration",
      action: `embedding.${act.act}`,
      outcome: "granted",
      tenantId: who.tenant.id,
      actor: principalIdOf(who),
      role: who.role,
      resource: collectionId,
      ...(act.act === "start" ? { reason: `model:${act.model}` } : act.act === "shift" ? { reason: `share:${act.share}` } : {}),
    });
