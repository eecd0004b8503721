import type { Message } from "../domain/chat.ts";
import { mapPayload } from "./content/payload.ts";

/** All that a message says, as one text: an attack that is split over its blocks is one again. */
export function messageText({ content }: Message): string {
  if (content === null) return "";
  if (typeof content === "string") return content;
  const texts: string[] = [];
  const take = (text: string): string => {
    texts.push(text);
    return text;
  };
  for (const block of content) {
    if (block.type === "text") texts.push(block.text);
    else if (block.type === "raw") mapPayload(block.value, take);
  }
  return texts.join("\n");
}
