import type { Message } from "../../domain/chat.ts";
import { isRecord } from "../json.ts";
import type { Block } from "./blocks.ts";
import { toBlocks } from "./blocks.ts";

export type Turn = { readonly role: "user" | "assistant"; readonly content: Block[] };

/** The first turn must be the user's, so one is made where a caller sent none. */
const OPENING: Block = { type: "text", text: "Begin." };

/**
 * Messages as turns of user and assistant by turns: results of tools belong to the user's turn, and come first in it; neighbours of one
 * role become one turn; instructions are left out, they go elsewhere.
 */
export function toTurns(messages: readonly Message[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const [at, message] of messages.entries()) {
    const blocks = toTurnBlocks(message, `messages[${at}].content`);
    if (blocks.length === 0) continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: blocks });
  }
  for (const turn of turns) if (turn.role === "user") turn.content.sort(byResultFirst);
  if (turns[0]?.role !== "user") turns.unshift({ role: "user", content: [OPENING] });
  trimPrefill(turns);
  return turns;
}

const byResultFirst = (one: Block, other: Block): number => rank(one) - rank(other);
const rank = (block: Block): number => (block.type === "tool_result" ? 0 : 1);

function toTurnBlocks(message: Message, param: string): Block[] {
  switch (message.role) {
    case "system":
    case "developer":
      return [];
    case "user":
      return toBlocks(message.content, param);
    case "tool": {
      const content = toBlocks(message.content, param);
      return [{ type: "tool_result", tool_use_id: toToolId(message.toolCallId), ...(content.length === 0 ? {} : { content }) }];
    }
    case "assistant": {
      const blocks = toBlocks(message.content ?? "", param);
      if (message.refusal !== undefined && message.refusal.trim() !== "") blocks.push({ type: "text", text: message.refusal });
      for (const { id, name, arguments: input } of message.toolCalls ?? []) {
        blocks.push({ type: "tool_use", id: toToolId(id), name, input: toInput(input) });
      }
      return blocks;
    }
  }
}

/** Ids of other servers may hold characters that this one refuses. */
const toToolId = (id: string): string => id.replaceAll(/[^\w-]/g, "_") || "_";

/** Arguments are an object here. What a model wrote that is none is kept, so that the conversation goes on. */
function toInput(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // As text, below.
  }
  return { arguments: text };
}

/** A last turn of the assistant is continued, and may not end in white space. */
function trimPrefill(turns: Turn[]): void {
  const last = turns.at(-1);
  const block = last?.role === "assistant" ? last.content.at(-1) : undefined;
  if (last === undefined || block?.type !== "text") return;
  last.content[last.content.length - 1] = { ...block, text: String(block["text"]).trimEnd() };
}

/** Declarations of the tools that a history calls, in the least words. */
export function historyTools(messages: readonly Message[]): readonly Record<string, unknown>[] {
  const names = new Set<string>();
  for (const message of messages) if (message.role === "assistant") for (const call of message.toolCalls ?? []) names.add(call.name);
  return [...names].map((name) => ({ name, input_schema: { type: "object" } }));
}
