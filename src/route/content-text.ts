import type { Content } from "../domain/chat.ts";

/** The texts of a message. */
export function textsOf(content: Content | null): readonly string[] {
  if (content === null) return [];
  return typeof content === "string" ? [content] : content.flatMap((block) => (block.type === "text" ? [block.text] : []));
}
