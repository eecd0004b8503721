import type { FetchResult, SearchResult } from "../contract/mcp.ts";
import type { CallHead, Passage, Retrieved } from "../domain/chat.ts";
import { placeOf } from "../domain/page.ts";
import { viewerOf, type TenantPrincipal, type Viewer } from "../domain/principal.ts";
import { FLAG_ABOVE } from "../domain/quarantine.ts";
import { Fault } from "../kernel/fault.ts";
import { collectionIds } from "../kernel/ids.ts";
import { parseWireFileId, toWireFileId } from "../ingest/index.ts";
import type { VectorStoreDeps } from "./vector-stores.ts";

export type McpDeps = Pick<
  VectorStoreDeps,
  "searchCollection" | "listCollections" | "getCollection" | "readCollectionFile" | "rerankFor"
> & {
  /** Throws `not_found`, for what the viewer may not see, too. */
  getFile(
    tenantId: TenantPrincipal["tenant"]["id"],
    id: Parameters<VectorStoreDeps["getFile"]>[1],
    viewer: Viewer,
  ): Promise<{ readonly filename: string }>;
};

/** Who calls a tool, and over which address. */
export type ToolCall = Pick<CallHead, "who" | "feature" | "requestId"> & { readonly origin: string; readonly signal: AbortSignal };

const RESULTS_DEFAULT = 10;
/** Searched at once where no collection is named: each is a search of its own. */
const COLLECTIONS_SEARCHED_MAX = 10;
const COLLECTIONS_LISTED_MAX = 100;
/** Of a document's text: some tens of thousands of tokens, which a model can still read. */
const FETCH_CHARS_MAX = 100_000;
/** Of these, before the passage. */
const BEFORE_CHARS = 10_000;

export async function listCollections(deps: McpDeps, { who }: ToolCall) {
  const { data, hasMore } = await deps.listCollections(who.tenant.id, { limit: COLLECTIONS_LISTED_MAX }, viewerOf(who));
  const collections = data.map(({ id, name, description, fileCounts }) => ({
    id,
    name,
    ...(description === "" ? {} : { description }),
    files: fileCounts.completed,
  }));
  return { collections, more: hasMore };
}

export type SearchAsk = {
  readonly query: string;
  readonly collection?: string | undefined;
  readonly topK?: number | undefined;
  readonly mode?: "fast" | "quality" | undefined;
};

/** Passages of one collection, or of each that the caller may find, best first. */
export async function search(deps: McpDeps, call: ToolCall, ask: SearchAsk): Promise<SearchResult> {
  const { collection, topK = RESULTS_DEFAULT } = ask;
  const viewer = viewerOf(call.who);
  const named = collection === undefined ? await few(deps, call, viewer) : [collection];
  const rerank = ask.mode === "quality" ? rankerOf(deps, call) : undefined;
  const searched = await Promise.all(
    named.map(async (name) => {
      // Whose a collection is, searches do not look at.
      if (viewer.ownOnly) await deps.getCollection(call.who.tenant.id, name, viewer);
      const { reader } = viewer;
      const plain = { filter: undefined, weights: undefined, fusion: undefined };
      return deps
        .searchCollection(call.who.tenant.id, { collection: name, query: ask.query, topK, reader, rerank, ...plain })
        .catch((error: unknown) => {
          // Since it was listed it has gone, or its time without a use was over: nobody asked for it by name.
          if (collection === undefined && error instanceof Fault && error.code === "collection_unknown") return undefined;
          throw error;
        });
    }),
  );
  const found = searched.filter((each) => each !== undefined);
  const reranked = rerank === undefined ? {} : { reranked: found.every((each) => each.reranked !== false) };
  const results = inOneOrder(found).slice(0, topK);
  const degraded = found.some((each) => each.degraded !== undefined) ? { degraded: "dense" as const } : {};
  return { results: results.map((passage) => toResult(passage, call.origin)), ...reranked, ...degraded };
}

async function few(deps: McpDeps, { who }: ToolCall, viewer: Viewer): Promise<readonly string[]> {
  const { data, hasMore } = await deps.listCollections(who.tenant.id, { limit: COLLECTIONS_SEARCHED_MAX }, viewer);
  if (!hasMore) return data.map(({ id }) => id);
  throw new Fault("body_invalid", {
    param: "collection",
    say: `collection: name one. There are more than ${COLLECTIONS_SEARCHED_MAX}; list_collections tells which.`,
  });
}

function rankerOf({ rerankFor }: McpDeps, { who, feature, requestId, signal }: ToolCall) {
  const rerank = rerankFor?.({ who, feature, requestId }, signal);
  if (rerank !== undefined) return rerank;
  throw new Fault("body_invalid", { param: "mode", say: "mode: this server has no model that ranks (retrieval.rerank). Leave it out." });
}

type Found = Pick<Retrieved, "passages" | "reranked">;

/** One model's scores compare, whatever collection they are of; those of searches do not, so there every collection's best comes before a second. */
function inOneOrder(found: readonly Found[]): readonly Passage[] {
  if (found.every(({ reranked }) => reranked === true))
    return found.flatMap(({ passages }) => passages).toSorted((a, b) => b.score - a.score);
  const ranked = found.flatMap(({ passages }) => passages.map((passage, rank) => ({ passage, rank })));
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ passage }) => passage);
}

function toResult(passage: Passage, origin: string): SearchResult["results"][number] {
  const { title, headings, text, collectionId, collectionName, fileId, filename, start, score, injection = 0 } = passage;
  const place = placeOf(passage.pages, passage);
  return {
    id: `${collectionId}/${toWireFileId(fileId)}/${start}`,
    title: [...new Set([title, ...headings])].join(" > "),
    url: urlOf(origin, toWireFileId(fileId)),
    text,
    collection: collectionName,
    filename,
    ...(place === undefined ? {} : { place }),
    score,
    ...(injection > FLAG_ABOVE ? { flagged: true } : {}),
  };
}

const urlOf = (origin: string, file: string): string => `${origin}/v1/files/${file}/content`;

/** The text of the document that a passage stands in, from a little before it where it is long. */
export async function fetchDocument(deps: McpDeps, { who, origin }: ToolCall, id: string): Promise<FetchResult> {
  const [collection = "", file = "", place = "0"] = id.split("/");
  const fileId = parseWireFileId(file);
  if (!collectionIds.is(collection) || fileId === undefined || !/^\d{1,9}$/.test(place)) throw unknown();
  const viewer = viewerOf(who);
  const tenantId = who.tenant.id;
  const { name } = await deps.getCollection(tenantId, collection, viewer);
  const read = await readAround(deps, { tenantId, collection, fileId, viewer }, Math.max(0, Number(place) - BEFORE_CHARS));
  const { filename } = await deps.getFile(tenantId, fileId, viewer);
  const { text, from, whole } = read;
  return { id, title: filename, text, url: urlOf(origin, file), metadata: { filename, collection: name, from, whole } };
}

type Place = {
  readonly tenantId: TenantPrincipal["tenant"]["id"];
  readonly collection: string;
  readonly fileId: Parameters<McpDeps["readCollectionFile"]>[2];
  readonly viewer: Viewer;
};

/** `whole`: it is the document from its beginning to its end. */
async function readAround(deps: McpDeps, { tenantId, collection, fileId, viewer }: Place, from: number) {
  let text = "";
  let passed = 0;
  let next: number | undefined = 0;
  while (next !== undefined && text.length <= FETCH_CHARS_MAX) {
    const page: Awaited<ReturnType<McpDeps["readCollectionFile"]>> = await deps.readCollectionFile(
      tenantId,
      collection,
      fileId,
      next,
      viewer,
    );
    for (const piece of page.texts) {
      if (passed + piece.length > from) text += piece.slice(Math.max(0, from - passed));
      passed += piece.length;
    }
    next = page.next;
  }
  const whole = from === 0 && next === undefined && text.length <= FETCH_CHARS_MAX;
  return { text: text.slice(0, FETCH_CHARS_MAX).toWellFormed(), from, whole };
}

const unknown = (): Fault =>
  new Fault("not_found", { param: "id", say: "id: there is no such document. search gives the ids that there are." });
