import {
  vectorStoreCreate,
  vectorStoreSearch,
  vectorStoreUpdate,
  vectorStorePage,
  type CollectionSettingsBody,
  type VectorStoreSearch,
} from "../contract/knowledge.ts";
import { isListed, type Attributes, type CollectionAccess } from "../domain/access.ts";
import type { CallHead, FoundBy, Passage, Retrieved } from "../domain/chat.ts";
import type { CollectionSettings } from "../domain/collection.ts";
import { placeOf } from "../domain/page.ts";
import { readerOf, viewerOf, type TenantPrincipal, type Viewer } from "../domain/principal.ts";
import type { AttributeFilter, Reader } from "../domain/reader.ts";
import { Fault } from "../kernel/fault.ts";
import { collectionIds, type FileId, type TenantId } from "../kernel/ids.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { toWireFileId } from "../ingest/index.ts";
import { rewriteQuery, type Rerank } from "../retrieve/index.ts";
import type { CollectionChange, CollectionPage, CollectionRecord } from "../store/collections.ts";
import type { Page } from "../store/files.ts";
import { readJson } from "./body.ts";
import { paramOf, tenantEndpoint, type Asked, type Endpoint } from "./endpoint.ts";
import { featureOf } from "./feature.ts";
import { needFileId, toCursor, toWireList } from "./files.ts";
import { readQuery } from "./query.ts";
import { vectorStoreFiles, type VectorStoreFileDeps } from "./vector-store-files.ts";
import { chosen, toSettings, toWire } from "./vector-store-wire.ts";

export type VectorStoreDeps = VectorStoreFileDeps & {
  nowMs(): number;
  hasEmbedding(name: string): boolean;
  createCollection(
    tenantId: TenantId,
    ask: {
      name?: string | undefined;
      description?: string | undefined;
      metadata?: Readonly<Record<string, string>> | undefined;
      settings?: CollectionSettings | undefined;
      access?: CollectionAccess | undefined;
      owner?: string | undefined;
    },
  ): Promise<CollectionRecord>;
  /** By name or id. Throws `collection_unknown`, for what the viewer may not find, too. */
  getCollection(tenantId: TenantId, nameOrId: string, viewer: Viewer): Promise<CollectionRecord>;
  updateCollection(tenantId: TenantId, nameOrId: string, change: CollectionChange, viewer: Viewer): Promise<CollectionRecord>;
  listCollections(tenantId: TenantId, ask: CollectionPage, viewer: Viewer): Promise<Page<CollectionRecord>>;
  deleteCollection(tenantId: TenantId, nameOrId: string, viewer: Viewer): Promise<CollectionRecord>;
  getFile(tenantId: TenantId, id: FileId, viewer: Viewer): Promise<unknown>;
  searchCollection(
    tenantId: TenantId,
    ask: SearchAsk,
  ): Promise<
    Pick<Retrieved, "degraded" | "reranked" | "fused" | "foundBy"> & {
      readonly passages: readonly (Passage & { readonly attributes: Attributes })[];
    }
  >;
  /** A model that puts passages in order; undefined: none is configured. */
  rerankFor?(searching: Pick<CallHead, "who" | "feature" | "requestId">, signal: AbortSignal | undefined): Rerank | undefined;
};

type SearchAsk = {
  readonly collection: string;
  readonly query: string;
  readonly topK: number;
  readonly reader: Reader;
  readonly filter: AttributeFilter | undefined;
  /** How much vectors and words count. undefined: as the collection says. */
  readonly weights: { readonly dense: number; readonly sparse: number } | undefined;
  readonly fusion: "rank" | "score" | undefined;
  readonly rerank: Rerank | undefined;
  readonly tellsLegs?: boolean;
};

const AT = "/v1/vector_stores";
/** OpenAI's own. */
const RESULTS_DEFAULT = 10;

export function vectorStores(deps: VectorStoreDeps): Endpoint[] {
  return [...stores(deps), ...vectorStoreFiles(deps), search(deps)];
}

function stores(deps: VectorStoreDeps): Endpoint[] {
  const answer = (collection: CollectionRecord): Response => Response.json(toWire(collection, deps.nowMs()));
  return [
    tenantEndpoint("POST", AT, "collections.write", async ({ request, who }) => {
      const body = await readJson(request, vectorStoreCreate, JSON_BODY_BYTES_MAX);
      const tenantId = who.tenant.id;
      const viewer = viewerOf(who);
      const files = (body.file_ids ?? []).map((raw) => needFileId(raw, "file_ids"));
      for (const file of files) await deps.getFile(tenantId, file, viewer);
      const made = await deps.createCollection(tenantId, {
        name: body.name ?? undefined,
        description: body.description ?? undefined,
        metadata: body.metadata ?? undefined,
        settings: chosen(settingsOf(deps, body)),
        access: accessOf(body.weir, who),
        owner: viewer.owner,
      });
      for (const file of files) await deps.addFileToCollection(tenantId, made.id, file, {}, { viewer });
      return answer(files.length === 0 ? made : await deps.getCollection(tenantId, made.id, viewer));
    }),
    tenantEndpoint("GET", AT, "collections.read", async ({ query, who }) => {
      const page = await deps.listCollections(who.tenant.id, readStorePage(query), viewerOf(who));
      return Response.json(toWireList(page, (collection) => toWire(collection, deps.nowMs())));
    }),
    tenantEndpoint("GET", `${AT}/:store`, "collections.read", async (asked) =>
      answer(await deps.getCollection(asked.who.tenant.id, paramOf(asked, "store"), viewerOf(asked.who))),
    ),
    tenantEndpoint("POST", `${AT}/:store`, "collections.write", async (asked) => {
      const { name, description, metadata, ...body } = await readJson(asked.request, vectorStoreUpdate, JSON_BODY_BYTES_MAX);
      const change = {
        name: name ?? undefined,
        description: description === null ? "" : description,
        metadata: metadata === null ? {} : metadata,
        settings: settingsOf(deps, body),
        access: accessOf(body.weir, asked.who),
      };
      return answer(await deps.updateCollection(asked.who.tenant.id, paramOf(asked, "store"), change, viewerOf(asked.who)));
    }),
    tenantEndpoint("DELETE", `${AT}/:store`, "collections.write", async (asked) => {
      const { id } = await deps.deleteCollection(asked.who.tenant.id, paramOf(asked, "store"), viewerOf(asked.who));
      return Response.json({ id, object: "vector_store.deleted", deleted: true });
    }),
  ];
}

/** A model that is not there would leave the collection to be searched by words alone, and nobody told. */
function settingsOf({ hasEmbedding }: Pick<VectorStoreDeps, "hasEmbedding">, body: Parameters<typeof toSettings>[0]) {
  const settings = toSettings(body);
  const name = settings.embedding?.to;
  if (typeof name !== "string" || hasEmbedding(name)) return settings;
  throw new Fault("body_invalid", { param: "weir.embedding", say: "weir.embedding: there is no model of kind embedding of that name." });
}

/** undefined: the body says nothing of it. Nobody shuts themselves out by a slip. */
function accessOf(weir: CollectionSettingsBody | undefined, who: TenantPrincipal): CollectionAccess | undefined {
  if (weir?.access === undefined) return undefined;
  const { groups, classification } = weir.access ?? {};
  const access = { groups: groups === undefined ? undefined : [...new Set(groups)].toSorted(), classification };
  if (isListed(access, readerOf(who))) return access;
  throw new Fault("body_invalid", { param: "weir.access", say: "weir.access: you would not find the collection yourself." });
}

function search(deps: VectorStoreDeps): Endpoint {
  return tenantEndpoint("POST", `${AT}/:store/search`, "collections.read", async (asked) => {
    const body = await readJson(asked.request, vectorStoreSearch, JSON_BODY_BYTES_MAX);
    const tenantId = asked.who.tenant.id;
    const viewer = viewerOf(asked.who);
    const given = typeof body.query === "string" ? [body.query] : body.query;
    const queries = body.rewrite_query === true ? [rewriteQuery(given)] : given;
    // Whose a collection is, searches do not look at.
    if (viewer.ownOnly) await deps.getCollection(tenantId, paramOf(asked, "store"), viewer);
    const hybrid = body.ranking_options?.hybrid_search;
    const explains = body.weir?.explain === true;
    const { passages, degraded, reranked, fused, foundBy } = await deps.searchCollection(tenantId, {
      collection: paramOf(asked, "store"),
      query: queries.join(" "),
      topK: body.max_num_results ?? RESULTS_DEFAULT,
      reader: viewer.reader,
      filter: body.filters ?? undefined,
      weights: hybrid === undefined ? undefined : { dense: hybrid.embedding_weight, sparse: hybrid.text_weight },
      fusion: body.weir?.fusion,
      rerank: rerankOf(deps, body, asked),
      tellsLegs: explains,
    });
    const least = body.ranking_options?.score_threshold ?? 0;
    const isUnit = reranked === true || fused === true;
    const data = passages
      .map((passage) => toWireHit(passage, isUnit, explains ? (foundBy ?? new Map()) : undefined))
      .filter(({ score }) => score >= least);
    const weir = {
      took_ms: Math.max(0, Math.round(deps.nowMs() - asked.startedAtMs)),
      legs: fused === true ? ["words", "vectors"] : ["words"],
      ...(degraded === undefined ? {} : { degraded }),
      ...(reranked === undefined ? {} : { reranked }),
    };
    return Response.json(
      {
        object: "vector_store.search_results.page",
        search_query: queries,
        data,
        ...(explains ? { weir } : {}),
        has_more: false,
        next_page: null,
      },
      {
        headers: {
          // The vectors could not be searched now: these were found by words alone.
          ...(degraded === undefined ? {} : { "x-weir-degraded": degraded }),
          ...(reranked === undefined ? {} : { "x-weir-reranked": String(reranked) }),
        },
      },
    );
  });
}

/** OpenAI's `auto` has a model put results in order where there is one; who asks for quality by name is told where there is none. */
function rerankOf(deps: Pick<VectorStoreDeps, "rerankFor">, body: VectorStoreSearch, asked: Asked<TenantPrincipal>): Rerank | undefined {
  const { ranking_options: ranking, weir } = body;
  const named = weir?.mode === "quality";
  const ranker = ranking?.ranker;
  if (!named && (ranker === undefined || ranker === "none" || weir?.mode === "fast")) return undefined;
  const { who, requestId, request } = asked;
  const rerank = deps.rerankFor?.({ who, requestId, feature: featureOf(asked) }, request.signal);
  if (rerank !== undefined || !named) return rerank;
  throw new Fault("body_invalid", { param: "weir.mode", say: NO_RANKER });
}
const NO_RANKER = "weir.mode: quality needs a model that ranks, and this server names none (retrieval.rerank).";

function toWireHit(
  passage: Passage & { readonly attributes: Attributes },
  isUnit: boolean,
  foundBy: ReadonlyMap<string, FoundBy> | undefined,
) {
  const place = placeOf(passage.pages, passage);
  return {
    file_id: toWireFileId(passage.fileId),
    filename: passage.filename,
    score: isUnit ? Math.min(1, passage.score) : toUnit(passage.score),
    attributes: passage.attributes,
    content: [{ type: "text", text: passage.text }],
    ...(place === undefined ? {} : { place }),
    ...(foundBy === undefined ? {} : { weir: toWeir(passage, foundBy.get(passage.chunkId)) }),
  };
}

const toWeir = ({ chunkId, start, end, headings, score }: Passage, by: FoundBy | undefined) => ({
  chunk: chunkId.slice(chunkId.indexOf("#") + 1),
  start,
  end,
  headings,
  words: by?.words ?? null,
  vectors: by?.vectors ?? null,
  together: by?.together ?? { rank: 0, score },
});

/** OpenAI's scores end at 1; BM25's have no end, while a model's and those of words and vectors together do. The order stays. */
const toUnit = (score: number): number => (score <= 0 ? 0 : score / (1 + score));

const parseId = (raw: string) => (collectionIds.is(raw) ? raw : undefined);

function readStorePage(query: URLSearchParams) {
  const page = readQuery(query, vectorStorePage);
  return { ...page, after: toCursor("after", page.after, parseId), before: toCursor("before", page.before, parseId) };
}
