import type { Call } from "../domain/chat.ts";
import { sha256Hex } from "../kernel/hash.ts";

/**
 * Which conversation a call belongs to: the caller's `prompt_cache_key`, else the system prompt and the first words of the user, which stay
 * the same as a conversation grows. Never to be shown: it may be the caller's own text.
 */
export function conversationOf({ chat }: Pick<Call, "chat">): string {
  const { prompt_cache_key: named } = chat.extra;
  if (typeof named === "string" && named !== "") return `key ${named}`;
  let first = "";
  for (const { role, content } of chat.messages) {
    if (role !== "system" && role !== "developer" && role !== "user") continue;
    first += `${role}\n${typeof content === "string" ? content : JSON.stringify(content)}\n`;
    if (role === "user") break;
  }
  return `text ${sha256Hex(first)}`;
}
