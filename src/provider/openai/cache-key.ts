import type { ChatCall } from "../../domain/chat.ts";
import { sha256Hex } from "../../kernel/hash.ts";
import { conversationStart } from "../conversation-start.ts";

/**
 * `prompt_cache_key` of a call: the same in every turn of a conversation, so that they reach the machine that keeps its beginning, and
 * another one in another tenant. `salt`: the tenant's secret, so that nobody can tell a text from its key.
 */
export function promptCacheKey(salt: string, chat: Pick<ChatCall, "messages" | "extra">): string {
  const { prompt_cache_key: named } = chat.extra;
  return sha256Hex(`${salt}\n${typeof named === "string" && named !== "" ? `named\n${named}` : conversationStart(chat)}`).slice(0, 32);
}
