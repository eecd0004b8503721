import type { Part } from "../../domain/chat.ts";
import { longestBeginning } from "./stop-cut.ts";

/** What stands in a model's text besides text: `<think>` at its beginning, and `<tool_call>` where tools were offered. */
export type MarkupReader = {
  push(text: string): readonly Part[];
  /** What was held back, at the end. */
  end(): readonly Part[];
  readonly toolCalls: number;
};

export type MarkupOptions = {
  /** The template has begun the answer within `<think>`. */
  readonly thinking: boolean;
  readonly tools: boolean;
  readonly makeId: () => string;
};

const THINK = "<think>";
const THINK_END = "</think>";
export const TOOL_CALL = "<tool_call>";
export const TOOL_CALL_END = "</tool_call>";

type Mode = "start" | "think" | "text" | "tool";

export function createMarkupReader({ thinking, tools, makeId }: MarkupOptions): MarkupReader {
  let mode: Mode = thinking ? "think" : "start";
  let buffer = "";
  /** Blank space around marks belongs to neither side. */
  let skipsBlank = false;
  let toolCalls = 0;
  let parts: Part[] = [];

  const say = (type: "text-delta" | "reasoning-delta", text: string): void => {
    if (text !== "") parts.push({ type, choice: 0, text });
  };
  /** Passes on what comes before `mark`, and says whether it came. */
  const sayUntil = (type: "text-delta" | "reasoning-delta", mark: string, final: boolean): boolean => {
    const at = buffer.indexOf(mark);
    const ready = at >= 0 ? at : buffer.length - (final ? 0 : longestBeginning(buffer, [mark]));
    const before = buffer.slice(0, ready);
    say(type, at >= 0 && before.trim() === "" ? "" : before);
    buffer = buffer.slice(at >= 0 ? at + mark.length : ready);
    return at >= 0;
  };
  const call = (body: string): void => {
    const read = readCall(body);
    if (read === undefined) return say("text-delta", `${TOOL_CALL}${body}${TOOL_CALL_END}`);
    const tool = toolCalls++;
    parts.push(
      { type: "tool-input-start", choice: 0, tool, id: makeId(), name: read.name },
      { type: "tool-input-delta", choice: 0, tool, text: read.text },
    );
  };

  /** One step; false: more text is needed. */
  const step = (final: boolean): boolean => {
    if (skipsBlank) {
      buffer = buffer.trimStart();
      if (buffer !== "") skipsBlank = false;
    }
    if (buffer === "") return false;
    if (mode === "start") {
      const text = buffer.trimStart();
      if (!final && text.length < THINK.length && THINK.startsWith(text)) return false;
      if (text.startsWith(THINK)) buffer = text.slice(THINK.length);
      mode = text.startsWith(THINK) ? "think" : "text";
      return true;
    }
    if (mode === "think") return enter(sayUntil("reasoning-delta", THINK_END, final), "text", true);
    if (mode === "text") return enter(tools ? sayUntil("text-delta", TOOL_CALL, final) : sayAll(), "tool", false);
    const end = buffer.indexOf(TOOL_CALL_END);
    if (end < 0) return false;
    call(buffer.slice(0, end));
    buffer = buffer.slice(end + TOOL_CALL_END.length);
    return enter(true, "text", true);
  };
  const sayAll = (): false => {
    say("text-delta", buffer);
    buffer = "";
    return false;
  };
  const enter = (came: boolean, next: Mode, blank: boolean): boolean => {
    if (!came) return false;
    mode = next;
    skipsBlank = blank;
    return true;
  };
  const take = (): readonly Part[] => {
    const taken = parts;
    parts = [];
    return taken;
  };

  return {
    push(text) {
      buffer += text;
      while (step(false));
      return take();
    },
    end() {
      while (step(true));
      // The end mark may be a control token, which is no text.
      if (mode === "tool" && readCall(buffer) !== undefined) call(buffer);
      else if (mode === "tool") say("text-delta", TOOL_CALL + buffer);
      buffer = "";
      return take();
    },
    get toolCalls() {
      return toolCalls;
    },
  };
}

function readCall(body: string): { readonly name: string; readonly text: string } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("name" in value) || typeof value.name !== "string") return undefined;
  const given = "arguments" in value ? value.arguments : "parameters" in value ? value.parameters : {};
  return { name: value.name, text: typeof given === "string" ? given : JSON.stringify(given) };
}
