/** What a place says of one of its documents. */
export type SourceEntry =
  /** `etag` is another whenever the content is. */
  | { readonly kind: "item"; readonly key: string; readonly etag: string; readonly bytes: number }
  /** It is there and cannot be taken: a link, a submodule. `why` is for whoever runs the place, and names nothing but it. */
  | { readonly kind: "refused"; readonly key: string; readonly why: string };

export type SourceListing =
  /** Nothing has changed since the cursor. */
  | { readonly kind: "same" }
  /** All that is there: what is not among it is gone. `cursor` holds once all of it is taken. */
  | { readonly kind: "all"; readonly entries: AsyncIterable<SourceEntry>; readonly cursor: string | undefined };

/**
 * A place that documents come from. One file of this shape each. What it throws as `SourceProblem` is for whoever runs it; anything else is the
 * server's own failure. Both end a run, and the next one goes on where this one stood.
 */
export type Connector = {
  /** `since` is the cursor of the last whole run. */
  list(since: string | undefined, signal: AbortSignal): Promise<SourceListing>;
  /** undefined: it has gone since it was listed. Throws `DocumentProblem` where it is longer than `bytesMax`, or cannot be read. */
  read(entry: { readonly key: string; readonly etag: string }, bytesMax: number, signal: AbortSignal): Promise<Uint8Array | undefined>;
};

/** The place, or the way to it. Said to the operator as it is: it quotes nothing of what is there. */
export class SourceProblem extends Error {
  override readonly name = "SourceProblem";
}

/** One document, which is refused; the run goes on. */
export class DocumentProblem extends Error {
  override readonly name = "DocumentProblem";
}
