import type { ChatCall, ContentBlock, Message } from "../../domain/chat.ts";
import { QUASI_TYPES } from "../../domain/finding.ts";
import { stricter, type ContentField, type GuardPolicy, type PiiMode } from "../../domain/guard-policy.ts";
import { modeOf } from "../policy.ts";
import type { Find } from "../look.ts";
import { fieldOf } from "./map-texts.ts";
import { holdsBytes } from "./payload.ts";

/**
 * The mode of what a chat holds that cannot be looked at (sound, files that are no text; pictures where the policy says so) or cannot be masked
 * without breaking what it is for: an address of a picture, a name of a tool, an id that ties a result to its call. undefined: it holds none.
 */
export function unreadMode(chat: ChatCall, policy: GuardPolicy, find: Find): PiiMode | undefined {
  let mode: PiiMode | undefined;
  const note = (field: ContentField, isUnread: boolean): void => {
    if (isUnread) mode = stricter(mode ?? "off", modeOf(policy, field));
  };
  for (const message of chat.messages) note(fieldOf(message.role), isUnreadMessage(message, policy, find));
  const { toolChoice } = chat;
  const names = chat.tools.map(({ name }) => name);
  if (typeof toolChoice === "object") names.push(toolChoice.name);
  note(
    "system",
    names.some((name) => isSomebodys(name, find)),
  );
  note("user", holdsBytes(chat.extra));
  return mode;
}

function isUnreadMessage(message: Message, policy: GuardPolicy, find: Find): boolean {
  if (message.role === "tool" && isSomebodys(message.toolCallId, find)) return true;
  const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
  if (calls.some(({ id, name }) => isSomebodys(id, find) || isSomebodys(name, find))) return true;
  const { content } = message;
  return content !== null && typeof content !== "string" && content.some((block) => isUnreadBlock(block, policy, find));
}

/** Bytes and nothing else, so nothing in it is text. */
const PICTURE = /^data:image\/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=_-]*$/;

function isUnreadBlock(block: ContentBlock, { images }: GuardPolicy, find: Find): boolean {
  switch (block.type) {
    case "text":
      return false;
    case "image":
      if (images === "private-only" || (block.detail !== undefined && isSomebodys(block.detail, find))) return true;
      return !PICTURE.test(block.url) && (find(block.url).length > 0 || find(decoded(block.url)).length > 0);
    case "raw":
      return holdsBytes(block.value);
  }
}

/** An id is long and random, as a key is, and a name may be that of a place. */
const isSomebodys = (text: string, find: Find): boolean => find(text).some(({ type }) => type !== "SECRET" && !QUASI_TYPES.has(type));

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
