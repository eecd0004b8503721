import type { ChatCall } from "../domain/chat.ts";

/** Beyond this an image or a document, whose beginning tells it from others. */
const CHARS_MAX = 65_536;

/** The instructions and the first words of the user, which stay while a conversation goes on: they tell it from others. */
export function conversationStart({ messages }: Pick<ChatCall, "messages">): string {
  const first = messages.findIndex(({ role }) => role === "user");
  const start = messages.slice(0, first < 0 ? 1 : first + 1).map(({ role, content }) => [role, content]);
  return JSON.stringify(start).slice(0, CHARS_MAX);
}
