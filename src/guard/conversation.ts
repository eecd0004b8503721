import type { Call } from "../domain/chat.ts";
import { ownerOf } from "../domain/principal.ts";
import { sha256Hex } from "../kernel/hash.ts";

/** Of one caller and its end user: others of the tenant may begin with the same words. */
export const conversationOf = (call: Pick<Call, "chat" | "who">): string =>
  `${call.who.tenant.id}\n${ownerOf(call.who)}\n${call.chat.endUser ?? ""}\n${nameOf(call)}`;

/**
 * Which conversation a call belongs to: the caller's `prompt_cache_key`, else the system prompt and the first words of the user, which stay
 * the same as a conversation grows. Never to be shown: it may be the caller's own text.
 */
function nameOf({ chat }: Pick<Call, "chat">): string {
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
