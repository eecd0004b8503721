/** What others wrote is kept from the model above this score, and whoever uploaded it is told. */
export const FLAG_ABOVE = 0.7;
/** A chunk above this score is not found at all until somebody has looked at it: so sure a detector is seldom wrong. */
export const QUARANTINE_ABOVE = 0.9;

/** What is wrong with a chunk as a text: letters that come out as others or as none, or data that is encoded as letters. */
export type SuspectReason = "garbled" | "encoded";
/** Why a chunk is quarantined: it looks like instructions to a model, or like no text. */
export const QUARANTINE_REASONS = ["injection", "garbled", "encoded"] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

/** What ingestion found of a file: chunks that look like instructions to a model, or like no text. */
export type Judgement = {
  /** Found by searches; each call's policy decides whether the model sees them. */
  readonly flagged: number;
  /** Found by no search. */
  readonly quarantined: number;
  /** Where these are, as a reader would look for them: `p. 3`, or the heading above. The first `PLACES_MAX`. */
  readonly places: readonly string[];
};

/** Enough to find the cause; whoever plants more has planted a document. */
export const PLACES_MAX = 20;

/**
 * Why a file of which every chunk is quarantined is in no answer. Places are pages: a heading would be content. `looksLikeOrders`: any of it is held
 * for that.
 */
export const toQuarantineError = (
  pages: readonly string[],
  looksLikeOrders: boolean,
): { readonly code: "invalid_file"; readonly message: string } => ({
  code: "invalid_file",
  message: `It holds text that ${looksLikeOrders ? "looks like instructions to the model" : "cannot be read"}${pages.length === 0 ? "" : ` (${pages.join(", ")})`}. That was quarantined, so nothing of the file is found.`,
});
