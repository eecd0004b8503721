import { embeddingAct, type EmbeddingAct } from "../contract/embedding-anew.ts";
import { viewerOf, type TenantPrincipal, type Viewer } from "../domain/principal.ts";
import type { EmbeddingStatus, Ingest } from "../ingest/index.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import { readJson } from "./body.ts";
import { paramOf, tenantEndpoint, type Asked, type Endpoint } from "./endpoint.ts";

export type EmbeddingAnewDeps = Pick<
  Ingest,
  "embeddingStatus" | "startEmbedding" | "compareEmbedding" | "shiftEmbedding" | "rollBackEmbedding" | "finishEmbedding"
> & {
  /** By name or id. Throws `collection_unknown`, for what the viewer may not find, too. */
  getCollection(tenantId: TenantId, nameOrId: string, viewer: Viewer): Promise<unknown>;
  /** Enters into the audit log what somebody did. */
  embeddingChanged(who: TenantPrincipal, act: EmbeddingAct, collectionId: CollectionId): void;
};

const AT = "/v1/vector_stores/:store/embedding";

/** The vectors of a collection: what there is, and another model's in their place, step by step. */
export function embeddingAnew(deps: EmbeddingAnewDeps): Endpoint[] {
  return [
    tenantEndpoint("GET", AT, "collections.embed", async (asked) =>
      Response.json(toWire(await deps.embeddingStatus(asked.who.tenant.id, await ownStore(deps, asked)))),
    ),
    tenantEndpoint("POST", AT, "collections.embed", async (asked) => {
      const act = await readJson(asked.request, embeddingAct, JSON_BODY_BYTES_MAX);
      const status = await run(deps, asked.who.tenant.id, await ownStore(deps, asked), act);
      if (act.act !== "compare") deps.embeddingChanged(asked.who, act, status.collectionId);
      return Response.json(toWire(status));
    }),
  ];
}

async function run(deps: EmbeddingAnewDeps, tenantId: TenantId, store: string, act: EmbeddingAct): Promise<EmbeddingStatus> {
  switch (act.act) {
    case "start":
      return await deps.startEmbedding(tenantId, store, act.model);
    case "compare":
      return await deps.compareEmbedding(tenantId, store);
    case "shift":
      return await deps.shiftEmbedding(tenantId, store, act.share);
    case "rollback":
      return await deps.rollBackEmbedding(tenantId, store);
    case "finish":
      return await deps.finishEmbedding(tenantId, store);
  }
}

/** Who may not find all of the tenant's collections: the others are as if they were not there. */
async function ownStore(deps: EmbeddingAnewDeps, asked: Asked<TenantPrincipal>): Promise<string> {
  const store = paramOf(asked, "store");
  const viewer = viewerOf(asked.who);
  if (viewer.ownOnly || viewer.reader.kind !== "all") await deps.getCollection(asked.who.tenant.id, store, viewer);
  return store;
}

function toWire({ collectionId, generations }: EmbeddingStatus) {
  return {
    object: "vector_store.embedding",
    vector_store_id: collectionId,
    generations: generations.map(({ generation, model, dimensions, role, share, graph, documents, embedded, report, createdAt }) => ({
      generation,
      model,
      dimensions: dimensions ?? null,
      role,
      share: role === "serving" ? 100 : share,
      index: graph ? "approximate" : "exact",
      documents: { total: documents, embedded },
      comparison: report === undefined ? null : toComparison(report),
      created_at: Math.floor(createdAt.getTime() / 1000),
    })),
  };
}

const toComparison = ({ latencyMs, ...report }: NonNullable<EmbeddingStatus["generations"][number]["report"]>) => ({
  ...report,
  latency_ms: latencyMs,
});
