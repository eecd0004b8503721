import type { FinishReason } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", "stop"],
  ["eos", "stop"],
  ["eos_token", "stop"],
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["tool_calls", "tool-calls"],
  ["function_call", "tool-calls"],
  ["content_filter", "filter"],
]);

/** vLLM says `abort` and routers say `error` where an answer was cut off inside the server: that is no ending. */
export function mapFinishReason(raw: string): FinishReason {
  if (raw === "abort" || raw === "error") throw new Fault("target_failed");
  return REASONS.get(raw) ?? "other";
}
