import { embeddingRequest } from "../contract/embeddings.ts";
import type { Config } from "../config/index.ts";
import type { EmbeddingCall } from "../domain/embedding.ts";
import { checkBody, toWish, underWay } from "../http/index.ts";
import { createCompare, createQdrantGraphs, type VectorsDeps } from "../ingest/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { requestIds, type TenantId } from "../kernel/ids.ts";
import type { Qdrant } from "../qdrant/index.ts";
import { createNearSearch, type RetrieverDeps } from "../retrieve/index.ts";
import type { Engine } from "../store/index.ts";
import { hasVectors } from "../store/pgvector.ts";
import { getTenant } from "../store/tenants.ts";
import { createPgvectorGraphs } from "../store/pgvector-graphs.ts";
import { describeError, type Log } from "../telemetry/index.ts";
import { admitEmbeddings, type AdmissionParts } from "./admission.ts";
import type { ChatParts } from "./chat.ts";
import { isPrivate } from "./context-line.ts";
import { toPrincipal } from "./generate.ts";
import { admitBeside } from "./side-call.ts";

export type DensePartsDeps = {
  readonly db: Engine;
  readonly clock: Clock;
  readonly log: Log;
  /** As it stands. */
  readonly config: () => Config;
  readonly admission: AdmissionParts;
  /** The path of embeddings, as it stands. */
  readonly chat: () => Pick<ChatParts, "embed" | "refuse">;
  /** Of the calls under way. */
  readonly live: Set<AbortController>;
  /** Where one is configured, it holds the vectors for searches. */
  readonly qdrant: Qdrant | undefined;
};

export type DenseParts = {
  readonly vectors: VectorsDeps;
  readonly dense: NonNullable<RetrieverDeps["dense"]>;
  /** Searches that went by words alone though there are vectors, by why. */
  degradations(): Readonly<Record<string, number>>;
};

/** What asks for vectors shows in records by this. */
const FEATURE = { document: "ingestion", question: "search" } as const;

/** Vectors of documents and of questions: every one is a call of the tenant's, with its rules, rates, budget and record. */
export function composeDense({ db, clock, log, config, admission, chat, live, qdrant }: DensePartsDeps): DenseParts {
  const degraded = new Map<string, number>();

  async function embed(tenantId: TenantId, model: string, texts: readonly string[], feature: string, signal?: AbortSignal) {
    const startedAtMs = clock.nowMs();
    const wish = toWish(checkBody({ model, input: texts }, embeddingRequest));
    const who = toPrincipal(await getTenant(db, tenantId));
    const call: EmbeddingCall = { requestId: requestIds.make(startedAtMs), who, wish, feature, startedAtMs };
    const { embed: run, refuse } = chat();
    return await underWay(live, signal, async (until) => {
      // A question is embedded for a call that has its place already: a second one would be waited for by its own caller in a full house.
      const isBeside = feature === FEATURE.question;
      const { admitted } = isBeside
        ? { admitted: admitBeside(admission.budgets, call, until) }
        : await admitEmbeddings(admission.admission, refuse)(call, until);
      const { vectors, target } = await run(call, admitted, until);
      return { vectors, space: target.upstream };
    });
  }

  async function embedQuery(tenantId: TenantId, model: string, text: string, signal: AbortSignal) {
    const { vectors, space } = await embed(tenantId, model, [text], FEATURE.question, signal);
    const [vector] = vectors;
    if (vector === undefined) throw new Fault("target_broken");
    return { vector, space };
  }

  const embedding = {
    modelOf({ embedding: own, trust }: Parameters<VectorsDeps["embedding"]["modelOf"]>[0]) {
      if (own !== undefined) return own ?? undefined;
      const model = config().retrieval.embedding;
      // What goes to private models only is not embedded elsewhere: it is found by words alone. A model that its owner names and that may not is told.
      return model !== undefined && trust === "private" && !isPrivate(config(), model) ? undefined : model;
    },
    spaceOf: (name: string) => config().models.find((model) => model.name === name && model.capabilities.embeddings === true)?.upstream,
    isPrivate: (name: string) => isPrivate(config(), name),
    embed: (tenantId: TenantId, model: string, texts: readonly string[]) => embed(tenantId, model, texts, FEATURE.document),
    isStored: createOnce(() => hasVectors(db)),
  };

  return {
    vectors: {
      embedding,
      graphs: qdrant === undefined ? createPgvectorGraphs(db) : createQdrantGraphs({ db, qdrant }),
      compare: createCompare({ db, clock, embedQuery, near: createNearSearch({ db, qdrant }) }),
    },
    dense: {
      clock,
      embedQuery,
      degraded(why, error) {
        degraded.set(why, (degraded.get(why) ?? 0) + 1);
        log.warn("a search went by words alone", { why, ...(error === undefined ? {} : describeError(error)) });
      },
    },
    degradations: () => Object.fromEntries(degraded),
  };
}

/** Asked until it is so: a database that could not be asked, or has no pgvector yet, may at the next start. */
function createOnce(ask: () => Promise<boolean>): () => Promise<boolean> {
  let known = false;
  return async () => (known ||= await ask());
}
