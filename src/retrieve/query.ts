import type { Content, Message } from "../domain/chat.ts";
import { terms } from "./terms.ts";

/** A question with more words of its own says what it is about. */
const FOLLOW_UP_TERMS_MAX = 6;
const SHORT_TERMS_MAX = 1;
const leads = /^\s*(?:and|but|so|then|also|or|what about|how about|why|what if|even|only)\b/i;
const refers = /\b(?:it|its|they|them|their|that|this|those|these|he|she|there|one|ones|same|else|instead)\b/i;

/**
 * What to search for: the last user message, and before it the user's turn before, where the last one leans on it ("And for contractors?").
 * Empty where no user has said anything.
 */
export function toQuery(messages: readonly Message[]): string {
  const said = messages.filter((message) => message.role === "user").map((message) => textOf(message.content));
  const last = said.at(-1) ?? "";
  const before = said.at(-2);
  return before !== undefined && leansOn(last) ? `${before}\n${last}` : last;
}

function leansOn(text: string): boolean {
  const count = terms(text).length;
  return count <= SHORT_TERMS_MAX || (count <= FOLLOW_UP_TERMS_MAX && (leads.test(text) || refers.test(text)));
}

/** The text of a message without its pictures. */
export function textOf(content: Content | null): string {
  if (content === null || typeof content === "string") return content ?? "";
  return content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
}
