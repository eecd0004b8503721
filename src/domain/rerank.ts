import type { CallHead } from "./chat.ts";
import type { Finding } from "./finding.ts";

/** What the caller wants put in order. */
export type RerankWish = {
  /** As asked: a model of the configuration, or a route name. */
  readonly model: string;
  /** The query, then each document: every text of the call, for whoever looks at them one by one. */
  readonly inputs: readonly [query: string, ...documents: string[]];
  /** Most results that are told; undefined: all. */
  readonly topN: number | undefined;
  /** The caller's own end user, if named. Reaches records only as a salted digest. */
  readonly endUser: string | undefined;
  /** UTF-8 bytes of the query beside each document, which is how a ranker reads them: an upper bound for the tokens. */
  readonly inputBytes: number;
  /** The documents are passages of the tenant's own, in their order, for a user's question. */
  readonly passages?: readonly KnownPassage[] | undefined;
  /** Set where the passages may go to own hardware only. */
  readonly trust?: "private" | undefined;
};

/** What is known of a document's personal data before anybody looks. */
export type KnownPassage = {
  /** Where the passage's own text begins in the document, after what stands before it. */
  readonly at: number;
  /** What ingestion found in that text, by places in it; undefined: it has not looked, or not as it would now. */
  readonly found: readonly Finding[] | undefined;
};

export type RerankCall = CallHead & { readonly wish: RerankWish };

/** How well each document answers the query, in their order. Only the order of scores of one call means something. */
export type Reranked = {
  readonly scores: readonly number[];
  readonly inputTokens: number;
  /** The provider did not say how many tokens it read. */
  readonly counted?: true;
  /** Units that are billed by the search; absent: the provider counts tokens. */
  readonly searches?: number | undefined;
};

/** Marks that tokenizers put round each pair. */
const MARK_TOKENS = 4;

/** Every pair of query and document counts. */
export function pairBytes([query, ...documents]: RerankWish["inputs"]): number {
  const each = Buffer.byteLength(query) + MARK_TOKENS;
  return documents.reduce((sum, document) => sum + each + Buffer.byteLength(document), 0);
}

/** Documents that one search holds, and the tokens at which a longer document counts as several: as Cohere bills. */
const SEARCH_DOCUMENTS = 100;
const SEARCH_TOKENS = 500;
const QUERY_TOKENS_MAX = 250;

/** Most searches that a call can be billed, by bytes: a token is at least one. */
export function searchesMax([query, ...documents]: RerankWish["inputs"]): number {
  const room = SEARCH_TOKENS - Math.min(QUERY_TOKENS_MAX, Buffer.byteLength(query));
  const pieces = documents.reduce((sum, document) => sum + Math.max(1, Math.ceil(Buffer.byteLength(document) / room)), 0);
  return Math.max(1, Math.ceil(pieces / SEARCH_DOCUMENTS));
}
