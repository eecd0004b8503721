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
export type AnswerPart = Exclude<Part, { type: "finish" | "usage" }> | Finish;
