import type { ChatCall, Part, Passage } from "./chat.ts";
import type { EmbeddingInput } from "./embedding.ts";
import type { FindingType } from "./finding.ts";
import type { Guarded, PiiMode, Standing } from "./guard-policy.ts";
import type { Target } from "./target.ts";

/** Rules for one attempt's answer. Parts in, parts out; whatever is held comes out before the finish. Throws where a rule ends the answer. */
export type Outgoing = { push(parts: readonly Part[]): readonly Part[] };

/** A call that the rules have looked at. */
export type Checked = {
  readonly standing: Standing;
  /** Values in it that are somebody's: wherever else one stands, it is the same person's. Grows with `sift`. */
  readonly values: ReadonlyMap<string, FindingType>;
  /** Most bytes that masking can add. */
  readonly bytesAdded: number;
  /** The call as it may go to any model: what was withheld is replaced. */
  readonly chat: ChatCall;
  /** Last words of the system prompt, for every target. */
  readonly closing: string | undefined;
  /** Without those that are withheld. */
  sift(passages: readonly Passage[]): readonly Passage[] | Promise<readonly Passage[]>;
  /** The call, instruction and passages as they may leave for a target; `mode` is the plan's. */
  leave(target: Pick<Target, "trust">, mode: PiiMode, passages: readonly Passage[]): Leaving;
  /** undefined: the answer passes as it comes. */
  outgoing(): Outgoing | undefined;
  readonly guarded: Guarded | undefined;
};
/** What was found in the call that a text is about: it may repeat any of it. */
export type Found = Pick<Checked, "standing" | "values">;
/** Texts for vectors that the rules have looked at. */
export type CheckedInputs = Pick<Checked, "standing" | "bytesAdded" | "guarded"> & {
  /** The inputs as they may leave for a target; `mode` is the plan's. */
  leave(target: Target, mode: PiiMode): readonly EmbeddingInput[];
};

export type Leaving = {
  readonly chat: ChatCall;
  /** Of the tenant. */
  readonly systemPrompt: string | undefined;
  readonly passages: readonly Passage[];
};
