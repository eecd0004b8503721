import type { Part } from "../../domain/chat.ts";
import type { Json } from "../json.ts";
import { isRecord, textOf } from "../json.ts";
import { mapFinishReason } from "./finish-reason.ts";
import { createToolReader } from "./tool-reader.ts";

/** One answer of several (`n`), as far as it has come. The same reads a streamed delta and a whole message. */
export type Choice = {
  readonly finished: boolean;
  /** `said` is the `delta` or the `message` inside `choice`. */
  read(said: Json, choice: Json, parts: Part[]): void;
};

export function createChoice(index: number): Choice {
  const tools = createToolReader(index);
  let finished = false;

  return {
    get finished() {
      return finished;
    },
    read(said, choice, parts) {
      let text = "";
      let reasoning = "";
      let refusal = "";
      let calls: unknown;
      let extra: Record<string, unknown> | undefined;
      for (const key in said) {
        const value = said[key];
        switch (key) {
          case "role":
            break;
          case "content":
            text = readText(value);
            break;
          case "reasoning":
          case "reasoning_content":
            // Servers that send both send the same twice.
            reasoning = textOf(value) || reasoning;
            break;
          case "refusal":
            refusal = textOf(value);
            break;
          case "tool_calls":
            calls = value;
            break;
          default:
            if (value !== null && value !== undefined) (extra ??= {})[key] = value;
        }
      }
      if (reasoning !== "") parts.push({ type: "reasoning-delta", choice: index, text: reasoning });
      const logprobs = choice["logprobs"] ?? undefined;
      if (text !== "" || logprobs !== undefined || extra !== undefined) {
        const part: Part = { type: "text-delta", choice: index, text };
        parts.push(logprobs === undefined && extra === undefined ? part : { ...part, logprobs, extra });
      }
      if (refusal !== "") parts.push({ type: "refusal-delta", choice: index, text: refusal });
      if (Array.isArray(calls)) for (const [position, call] of calls.entries()) tools.read(call, position, parts);
      const reason = choice["finish_reason"];
      if (typeof reason !== "string" || reason === "" || finished) return;
      finished = true;
      parts.push({ type: "choice-finish", choice: index, reason: mapFinishReason(reason), rawReason: reason, extra: choiceExtra(choice) });
    },
  };
}

/** A text, or the text blocks of a list of them. */
function readText(value: unknown): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return "";
  let text = "";
  for (const block of value) if (isRecord(block) && block["type"] === "text") text += textOf(block["text"]);
  return text;
}

const CHOICE_FIELDS = new Set(["index", "delta", "message", "logprobs", "finish_reason"]);
/** Fields beside the standard ones, such as vLLM's `stop_reason`. */
function choiceExtra(choice: Json): Json | undefined {
  let extra: Record<string, unknown> | undefined;
  for (const key in choice) if (!CHOICE_FIELDS.has(key) && choice[key] !== null) (extra ??= {})[key] = choice[key];
  return extra;
}
