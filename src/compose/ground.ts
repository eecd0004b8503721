import type { Stages } from "../chat/index.ts";
import type { ChatCall, Message, Passage } from "../domain/chat.ts";
import { hmacHex } from "../kernel/hash.ts";

/** Puts the tenant's own instruction and the passages before what the caller said, and counts the bytes that this adds. */
export function createGround(
  groundMessages: (messages: readonly Message[], passages: readonly Passage[]) => readonly Message[],
): Stages["ground"] {
  return (call, passages) => {
    const { chat } = call;
    const prompt = call.who.tenant.systemPrompt;
    if (prompt === undefined && passages === undefined) return { chat, inputBytes: chat.inputBytes };
    const grounded = passages === undefined ? chat.messages : groundMessages(chat.messages, passages);
    const messages: readonly Message[] = prompt === undefined ? grounded : [{ role: "system", content: prompt }, ...grounded];
    return { chat: { ...chat, messages }, inputBytes: chat.inputBytes + addedBytes(chat, messages) };
  };
}

/** What each message adds in a template beside its text, generously. */
const MESSAGE_BYTES = 32;

function addedBytes(before: ChatCall, after: readonly Message[]): number {
  const known = new Set<Message>(before.messages);
  let bytes = 0;
  for (const message of after) {
    if (known.has(message)) continue;
    bytes += MESSAGE_BYTES + Buffer.byteLength(typeof message.content === "string" ? message.content : JSON.stringify(message.content));
  }
  return bytes;
}

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
