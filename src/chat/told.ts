import type { Call, Part } from "../domain/chat.ts";
import type { Stages } from "./stages.ts";

/** What of an answer has left, as far as its record needs it. */
export type Told = {
  sent(part: Part): void;
  readonly firstPartMs: number | undefined;
  /** Places of passages that it cites. */
  readonly cited: ReadonlySet<number>;
  /** What may be kept of its text; undefined: nothing. */
  readonly kept: { readonly answer: string; readonly cut: boolean } | undefined;
};

/** Of one answer. Longer ones are no conversation. */
const KEPT_CHARS_MAX = 1024 * 1024;

export function createTold(stages: Pick<Stages, "keepsContent" | "monotonicMs">, call: Call, startedMs: number): Told {
  const cited = new Set<number>();
  const kept = stages.keepsContent(call) ? { answer: "", cut: false } : undefined;
  let firstPartMs: number | undefined;
  const keep = (part: Part): void => {
    if (kept === undefined) return;
    if (part.type !== "text-delta" && part.type !== "tool-input-delta" && part.type !== "refusal-delta") return;
    if (kept.answer.length < KEPT_CHARS_MAX) kept.answer += part.text;
    else kept.cut = true;
  };
  return {
    sent(part) {
      firstPartMs ??= stages.monotonicMs() - startedMs;
      if (part.type === "citation") cited.add(part.passage);
      keep(part);
    },
    get firstPartMs() {
      return firstPartMs;
    },
    cited,
    kept,
  };
}
