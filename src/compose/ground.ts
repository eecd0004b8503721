import type { Stages } from "../chat/index.ts";
import type { ChatCall, Content, Message, Passage, Retrieved } from "../domain/chat.ts";
import type { Target } from "../domain/target.ts";
import { hmacHex } from "../kernel/hash.ts";
import { compress, createCitationWatch, textOf, toQuestion } from "../retrieve/index.ts";

/** Puts the tenant's own instruction and the passages before what the caller said, and counts the bytes that this adds. */
export function createGround(
  groundMessages: (messages: readonly Message[], passages: readonly Passage[]) => readonly Message[],
): Stages["ground"] {
  return (chat, prompt, passages, closing) => {
    if (prompt === undefined && passages === undefined && closing === undefined) return { chat, inputBytes: chat.inputBytes };
    const grounded = passages === undefined ? chat.messages : groundMessages(chat.messages, passages);
    const prompted = prompt === undefined ? grounded : withPrompt(grounded, prompt);
    const messages = closing === undefined ? prompted : withClosing(prompted, closing);
    return { chat: { ...chat, messages }, inputBytes: chat.inputBytes + addedBytes(chat, messages) };
  };
}

/** A call's own word counts before its collection's, and whose stakes are high reads everything. */
export const showPassages: NonNullable<Stages["shown"]> = ({ rag, messages }, { compress: usual, highStakes }, passages) => {
  if (highStakes === true || (rag?.compress ?? usual) !== true) return passages;
  const query = toQuestion(messages);
  return passages.map((passage) => ({ ...passage, text: compress(passage.text, query) }));
};

/**
 * Marks are taken out of text only where that cannot break it: JSON is read by programs, log probabilities are told for each token, and the
 * extractive model quotes.
 */
export const citeAnswer: NonNullable<Stages["cite"]> = ({ chat }, { passages, highStakes }: Retrieved, { kind }: Target) => {
  const { responseFormat, sampling, messages } = chat;
  const isText = responseFormat === undefined || responseFormat.type === "text";
  const mode = isText && sampling.logprobs !== true && kind !== "extractive" ? "edit" : "list";
  const question = messages.flatMap(({ role, content }) => (role === "user" ? [textOf(content)] : [])).join("\n");
  return createCitationWatch(passages, { mode, question, strict: highStakes === true });
};

/** Into the first system message where there is one: many models' templates refuse a second. */
function withPrompt(messages: readonly Message[], prompt: string): readonly Message[] {
  const [first, ...rest] = messages;
  if (first === undefined || (first.role !== "system" && first.role !== "developer"))
    return [{ role: "system", content: prompt }, ...messages];
  const content: Content =
    typeof first.content === "string" ? `${prompt}\n\n${first.content}` : [{ type: "text", text: prompt }, ...first.content];
  return [{ ...first, content }, ...rest];
}

/** Last of the first system message: before it, it would change what a provider can reuse of the prompt. */
function withClosing(messages: readonly Message[], closing: string): readonly Message[] {
  const [first, ...rest] = messages;
  if (first === undefined || (first.role !== "system" && first.role !== "developer"))
    return [{ role: "system", content: closing }, ...messages];
  const content: Content =
    typeof first.content === "string" ? `${first.content}\n\n${closing}` : [...first.content, { type: "text", text: closing }];
  return [{ ...first, content }, ...rest];
}

/** What each message adds in a template beside its text, generously. */
const MESSAGE_BYTES = 32;

/** Messages that were written anew count by how much longer they are: what they were before is in the body's own length. */
function addedBytes(before: ChatCall, after: readonly Message[]): number {
  const known = new Set<Message>(before.messages);
  const kept = new Set<Message>(after);
  const made = after.filter((message) => !known.has(message));
  const replaced = before.messages.filter((message) => !kept.has(message));
  const added = sumBytes(made) - sumBytes(replaced);
  return Math.max(0, added) + MESSAGE_BYTES * Math.max(1, made.length);
}

const sumBytes = (messages: readonly Message[]): number =>
  messages.reduce((sum, { content }) => sum + Buffer.byteLength(typeof content === "string" ? content : JSON.stringify(content)), 0);

/** Instruction texts repeat from call to call, so their digests are kept. */
const DIGESTS_MAX = 1000;

/** Keyed, so that nobody can tell a text from its digest by trying texts. */
export function createDigest(key: Uint8Array): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    const found = kept.get(text);
    if (found !== undefined) return found;
    const digest = hmacHex(key, text).slice(0, 16);
    if (kept.size >= DIGESTS_MAX) kept.clear();
    kept.set(text, digest);
    return digest;
  };
}
