import type { CallHead } from "./chat.ts";

/** A text, or tokens of the model's own vocabulary. */
export type EmbeddingInput = string | readonly number[];

/** What the caller wants turned into vectors. */
export type EmbeddingWish = {
  /** As asked: a model of the configuration, or a route name. */
  readonly model: string;
  /** At least one; none is empty. */
  readonly inputs: readonly EmbeddingInput[];
  /** Length of each vector; undefined: the model's own. */
  readonly dimensions: number | undefined;
  /** The caller's own end user, if named. Reaches records only as a salted digest. */
  readonly endUser: string | undefined;
  /** UTF-8 bytes of all texts, and one for each token: an upper bound for the tokens. */
  readonly inputBytes: number;
};

export type EmbeddingCall = CallHead & { readonly wish: EmbeddingWish };

export type Vector = readonly number[] | Float32Array;
/** One vector for each input, in their order. */
export type Embedded = {
  readonly vectors: readonly Vector[];
  readonly inputTokens: number;
  /** The provider did not say how many tokens it read. */
  readonly counted?: true;
};
