import type { Part } from "./chat.ts";

/** How an answer from documents stands to them. */
export type Grounding = {
  /** Marks that name a passage which supports what they stand behind. */
  readonly cited: number;
  /** Marks that were taken out of the answer, because their passage does not, or because there is none of that number. */
  readonly removed: number;
  /** Something in it rests on a passage. */
  readonly grounded: boolean;
  /** It says that the documents do not hold the answer, and cites none. */
  readonly notHeld?: true | undefined;
};

/** Reads the marks of one answer while it is told. */
export type CitationWatch = {
  /** Parts as they came, in order; gives those that may leave now. What stands after a mark's beginning is held until the mark has ended. */
  push(parts: readonly Part[]): readonly Part[];
  /** Of what was told; undefined before its end, and where no text was told: tools are no answer. */
  readonly grounding: Grounding | undefined;
};
