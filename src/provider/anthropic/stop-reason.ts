import type { FinishReason, Part } from "../../domain/chat.ts";
import type { Json } from "../json.ts";

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool-calls"],
  ["refusal", "filter"],
  // A long turn that the server broke off and would go on with: no end that OpenAI's protocol knows.
  ["pause_turn", "other"],
]);

/** The end of an answer, from a message or a `message_delta`. */
export function toChoiceFinish(raw: string, told: Json): Part {
  const { stop_sequence: sequence, stop_details: details } = told;
  const extra =
    sequence == null && details == null
      ? undefined
      : { ...(sequence == null ? {} : { stop_sequence: sequence }), ...(details == null ? {} : { stop_details: details }) };
  return { type: "choice-finish", choice: 0, reason: REASONS.get(raw) ?? "other", rawReason: raw, extra };
}
