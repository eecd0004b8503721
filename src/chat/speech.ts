import type { Part } from "../domain/chat.ts";
import type { Grounding } from "../domain/grounding.ts";
import type { Target } from "../domain/target.ts";
import type { Said } from "./answer-part.ts";
import type { Run } from "./run.ts";
import type { Stages } from "./stages.ts";
import type { Trying } from "./trying.ts";

/** What of one attempt's answer is for the caller. */
export type Speech = {
  follow(parts: readonly Part[]): { readonly said: readonly Said[]; readonly end: Extract<Part, { type: "finish" }> | undefined };
  /** After the end of an answer from documents. */
  readonly grounding: Grounding | undefined;
};

/** Billed is what was made, told is what the rules let pass; and marks are read in what is told, for that is what they stand in. */
export function createSpeech(
  stages: Stages,
  run: Pick<Run, "addAnswerRules">,
  { call, checked, retrieved }: Trying,
  target: Target,
): Speech {
  const outgoing = checked.outgoing();
  const marks = retrieved === undefined ? undefined : stages.cite?.(call, retrieved, target);
  const isPlain = outgoing === undefined && marks === undefined;
  const rules = (parts: readonly Part[]): readonly Part[] => {
    if (isPlain) return parts;
    const beganMs = stages.monotonicMs();
    const passed = outgoing === undefined ? parts : outgoing.push(parts);
    const told = marks === undefined ? passed : marks.push(passed);
    run.addAnswerRules(stages.monotonicMs() - beganMs);
    return told;
  };
  return {
    follow(parts) {
      const told = rules(parts);
      const said: Said[] = [];
      for (const part of told) {
        if (part.type === "finish") return { said, end: part };
        if (part.type !== "usage") said.push(part);
      }
      return { said, end: undefined };
    },
    get grounding() {
      return marks?.grounding;
    },
  };
}
