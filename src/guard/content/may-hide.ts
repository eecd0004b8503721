import type { ChatCall } from "../../domain/chat.ts";
import { TAG_LEAD } from "../hidden-text.ts";

/**
 * Whether a walk through all texts of a chat could find a tag character; true where that is not known. Much cheaper than the walk, and nearly
 * every chat ends here.
 */
export function mayHide({ messages, tools, responseFormat, sampling, extra }: ChatCall): boolean {
  return (
    holds(messages) ||
    holds(sampling.stop) ||
    (tools.length > 0 && holds(tools)) ||
    (responseFormat !== undefined && holds(responseFormat)) ||
    (extra !== undefined && holds(extra))
  );
}

/** Tags may also be escaped in JSON that is a text, and stand in a text that is a file. */
const mayHideIn = (text: string): boolean => text.includes(TAG_LEAD) || text.includes("\\u") || DATA.test(text);
const DATA = /^data:/i;

function holds(value: unknown): boolean {
  if (typeof value === "string") return mayHideIn(value);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(holds);
  return Object.entries(value).some(([key, inner]) => holds(inner) || mayHideIn(key));
}
