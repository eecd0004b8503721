import type { ChatCall } from "../../domain/chat.ts";
import { sha256Hex } from "../../kernel/hash.ts";

/** Beyond this an image or a document, whose beginning tells it from others. */
const CHARS_MAX = 65_536;

/**
 * `prompt_cache_key` of a call: the same in every turn of a conversation, so that they reach the machine that keeps its beginning, and
 * another one in another tenant. `salt`: the tenant's secret, so that nobody can tell a text from its key.
 */
export function promptCacheKey(salt: string, { messages, extra }: Pick<ChatCall, "messages" | "extra">): string {
  const { prompt_cache_key: named } = extra;
  return sha256Hex(`${salt}\n${typeof named === "string" && named !== "" ? `named\n${named}` : beginningOf(messages)}`).slice(0, 32);
}

/** The instructions and the first words of the user, which stay while a conversation goes on. */
function beginningOf(messages: ChatCall["messages"]): string {
  const first = messages.findIndex(({ role }) => role === "user");
  const beginning = messages.slice(0, first < 0 ? 1 : first + 1).map(({ role, content }) => [role, content]);
  return JSON.stringify(beginning).slice(0, CHARS_MAX);
}
