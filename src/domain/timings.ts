/**
 * When a call had gone through each step of its path, in whole microseconds from the moment that it was admitted. Steps follow each other,
 * so how long one took is the difference from the one before. What a call did not come to is absent.
 */
export type Timings = {
  /** Before that moment: from its arrival, with reading it, its rates and waiting for a place. To the millisecond, for it is by another clock. */
  readonly admitUs: number;
  /** The rules for content have looked at what came in. */
  readonly checkedUs?: number | undefined;
  /** Passages were found. */
  readonly retrievedUs?: number | undefined;
  /** The rules for content have looked at them. */
  readonly siftedUs?: number | undefined;
  /** It is known which targets may be asked. */
  readonly routedUs?: number | undefined;
  /** Its cost was set aside, and the journal knows of it. */
  readonly openedUs?: number | undefined;
  /** Of each attempt, in the order of the event's `attempts`. */
  readonly attempts: readonly AttemptTimes[];
  /** In all, while the answer came: the rules for answers, and the check of citations. */
  readonly answerRulesUs?: number | undefined;
};

export type AttemptTimes = {
  readonly beganUs: number;
  /** When its first part came. */
  readonly firstUs?: number | undefined;
  readonly endedUs: number;
};

/** The steps before the first attempt, in their order. */
export const STEPS = ["checkedUs", "retrievedUs", "siftedUs", "routedUs", "openedUs"] as const;
export type Step = (typeof STEPS)[number];

/** What became of a passage that was found. `withheld`: the rules for content kept it from the model; `trimmed`: there was no room for it. */
export const PASSAGE_FATES = ["cited", "read", "withheld", "trimmed"] as const;
export type PassageFate = (typeof PASSAGE_FATES)[number];

/** A passage that was found for a call, by its ids: best first. */
export type FoundPassage = {
  readonly chunkId: string;
  readonly fileId: string;
  /** As the search has it; comparable within one call only. */
  readonly score: number;
  readonly fate: PassageFate;
};
