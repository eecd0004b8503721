import type { Message } from "../domain/chat.ts";

/** What of a conversation may be left out, in the order in which it goes. Each list holds places of messages that only go together. */
export type Removable = {
  /** Whole exchanges before the last question, oldest first: a user's words, the answer, and the tools that it called. */
  readonly exchanges: readonly (readonly number[])[];
  /** After the last question: a model's call of tools with their results, oldest first. The last such round stays: it is what is to be answered. */
  readonly rounds: readonly (readonly number[])[];
};

/** Never in it: system and developer messages, the last question with the messages of the user just before it, and what is no round after it. */
export function findRemovable(messages: readonly Message[]): Removable {
  const groups = groupsOf(messages);
  const last = messages.findLastIndex(({ role }) => role === "user");
  // Without a question nobody can tell what is to be answered.
  if (last < 0) return { exchanges: [], rounds: [] };
  const current = groups[last] ?? 0;
  const exchanges = new Map<number, number[]>();
  for (const [at, group] of groups.entries()) if (group >= 0 && group < current) append(exchanges, group, at);
  return { exchanges: [...exchanges.values()], rounds: roundsOf(messages, last).slice(0, -1) };
}

/**
 * The exchange of each message, ascending; -1 of those that are in none. A user's words begin a new one only after an answer: a question and
 * the text that it is about may come as two messages. Results of tools belong to where they were called, with all that stands between.
 */
function groupsOf(messages: readonly Message[]): readonly number[] {
  const groups: number[] = [];
  /** Place of the message that made each call. */
  const calls = new Map<string, number>();
  let group = 0;
  let isAnswered = false;
  for (const message of messages) {
    if (message.role === "system" || message.role === "developer") {
      groups.push(-1);
      continue;
    }
    if (message.role !== "user") isAnswered = true;
    else if (isAnswered) {
      group++;
      isAnswered = false;
    }
    if (message.role === "assistant") for (const { id } of message.toolCalls ?? []) calls.set(id, groups.length);
    const caller = message.role === "tool" ? groups[calls.get(message.toolCallId) ?? -1] : undefined;
    if (caller !== undefined && caller < group) {
      joinFrom(groups, caller);
      group = caller;
    }
    groups.push(group);
  }
  return groups;
}

/** Groups ascend, so those beyond this one are at the end. */
function joinFrom(groups: number[], group: number): void {
  for (let at = groups.length - 1; at >= 0; at--) {
    const of = groups[at] ?? -1;
    if (of === group) return;
    if (of > group) groups[at] = group;
  }
}

function roundsOf(messages: readonly Message[], from: number): readonly (readonly number[])[] {
  const rounds: number[][] = [];
  const roundOf = new Map<string, number[]>();
  for (const [at, message] of messages.entries()) {
    if (at <= from) continue;
    if (message.role === "assistant" && message.toolCalls !== undefined && message.toolCalls.length > 0) {
      const round = [at];
      rounds.push(round);
      for (const { id } of message.toolCalls) roundOf.set(id, round);
    }
    if (message.role === "tool") roundOf.get(message.toolCallId)?.push(at);
  }
  return rounds;
}

function append(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
