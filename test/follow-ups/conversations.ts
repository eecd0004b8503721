import { readFileSync } from "node:fs";
import type { Message } from "../../src/domain/chat.ts";

export type Conversation = {
  /** Words that a passage must hold which answers the last question. */
  readonly wanted: string;
  readonly messages: readonly Message[];
  readonly kind: "follow-up" | "other topic" | "long";
};

/** Labelled by hand, over the demo documents. */
export function readConversations(): readonly Conversation[] {
  const found: Conversation[] = [];
  let kind: Conversation["kind"] = "follow-up";
  for (const line of readFileSync(new URL("conversations.txt", import.meta.url), "utf8").split("\n")) {
    if (line.startsWith("# Questions that")) kind = "other topic";
    if (line.startsWith("# Longer")) kind = "long";
    const [wanted, talk] = line.split(" = ");
    if (line.startsWith("#") || wanted === undefined || talk === undefined) continue;
    const messages = talk.split(" > ").map((content, at): Message => ({ role: at % 2 === 0 ? "user" : "assistant", content }));
    found.push({ wanted, messages, kind });
  }
  return found;
}
