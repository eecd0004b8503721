import type { Part, Retrieved, Usage } from "../domain/chat.ts";
import type { CallEvent } from "../domain/event.ts";
import type { Target } from "../domain/target.ts";

/** The end of an answer, after it was recorded. */
export type Finish = {
  readonly type: "finish";
  readonly upstreamId: string | undefined;
  readonly systemFingerprint: string | undefined;
  readonly target: Target;
  /** Of the attempt that answered. */
  readonly usage: Usage;
  readonly event: CallEvent;
  readonly receipt: string;
  readonly retrieved: Retrieved | undefined;
};
/** What of an answer is for its caller. */
export type Said = Exclude<Part, { type: "finish" | "usage" }>;
export type AnswerPart = Said | Finish;
