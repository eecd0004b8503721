import type { ChatCall, ContentBlock } from "../../domain/chat.ts";
import { atLeast, type GuardPolicy } from "../../domain/guard-policy.ts";
import { modeOf } from "../policy.ts";
import type { Find } from "../look.ts";
import { isUnreadable } from "./file-block.ts";
import { fieldOf } from "./map-texts.ts";

/**
 * The chat holds what nobody can look at here (sound, files that are no text; pictures where the policy says so), where personal data would be
 * masked or kept in. An address of a picture that holds personal data is one as well: it cannot be masked and still be opened.
 */
export function holdsUnread(chat: ChatCall, policy: GuardPolicy, find: Find): boolean {
  return chat.messages.some(({ role, content }) => {
    if (content === null || typeof content === "string" || !atLeast(modeOf(policy, fieldOf(role)), "mask")) return false;
    return content.some((block) => isUnread(block, policy, find));
  });
}

function isUnread(block: ContentBlock, { images }: GuardPolicy, find: Find): boolean {
  switch (block.type) {
    case "text":
      return false;
    case "image":
      return images === "private-only" || (!block.url.startsWith("data:") && find(block.url).length > 0);
    case "raw":
      return isUnreadable(block.value);
  }
}
