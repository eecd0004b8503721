import { CHOICES_MAX, MESSAGES_MAX } from "../kernel/limits.ts";
import type { ChatCompletionRequest } from "./chat-completions.ts";

/**
 * True for the usual body: messages of plain text and the common settings, each as `chatCompletionRequest` wants it. It says no to much that
 * the schema takes, and never yes to what the schema refuses or would change; whoever gets a no asks the schema. The schema alone took a
 * twentieth of a call.
 */
export function isPlainChat(value: unknown): value is ChatCompletionRequest {
  if (!isObject(value)) return false;
  const { messages } = value;
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MESSAGES_MAX || !messages.every(isPlainMessage)) return false;
  for (const name in value) {
    const check = CHECKS.get(name);
    if (check !== undefined && !check(value[name])) return false;
  }
  return isName(value["model"]);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isName = (value: unknown): boolean => typeof value === "string" && value !== "";
const isText = (value: unknown): boolean => typeof value === "string";
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const isBetween =
  (from: number, to: number) =>
  (value: unknown): boolean =>
    typeof value === "number" && value >= from && value <= to;
const isWhole =
  (from: number, to: number) =>
  (value: unknown): boolean =>
    Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to;
const never = (): boolean => false;

/** Fields that are not here are unknown to the schema too, and passed on as they are. */
const CHECKS: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ["stream", isFlag],
  ["stream_options", isStreamOptions],
  ["max_tokens", isWhole(1, Number.MAX_SAFE_INTEGER)],
  ["max_completion_tokens", isWhole(1, Number.MAX_SAFE_INTEGER)],
  ["temperature", isBetween(0, 2)],
  ["top_p", isBetween(0, 1)],
  ["n", isWhole(1, CHOICES_MAX)],
  ["seed", isWhole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)],
  ["presence_penalty", isBetween(-2, 2)],
  ["frequency_penalty", isBetween(-2, 2)],
  ["logprobs", isFlag],
  ["top_logprobs", isWhole(0, 20)],
  ["stop", isText],
  ["user", isText],
  ["safety_identifier", isText],
  ["parallel_tool_calls", isFlag],
  ["tools", never],
  ["tool_choice", never],
  ["response_format", never],
  ["rag", never],
  ["provider", never],
  ["forceApi", never],
  // The schema drops it.
  ["__proto__", never],
]);

function isStreamOptions(value: unknown): boolean {
  if (!isObject(value)) return false;
  const usage = value["include_usage"];
  return usage === undefined || typeof usage === "boolean";
}

/** Exactly a role and a text: anything beside them is the schema's to keep or to drop. */
function isPlainMessage(value: unknown): boolean {
  if (!isObject(value)) return false;
  for (const name in value) if (name !== "role" && name !== "content") return false;
  if (typeof value["content"] !== "string") return false;
  switch (value["role"]) {
    case "user":
    case "assistant":
    case "system":
    case "developer":
      return true;
    default:
      return false;
  }
}
