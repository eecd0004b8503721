import type { Part } from "../../domain/chat.ts";
import { assertNever } from "../../kernel/assert-never.ts";
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
type Reading = MarkupOptions & {
  mode: Mode;
  buffer: string;
  /** Blank space around marks belongs to neither side. */
  skipsBlank: boolean;
  toolCalls: number;
  parts: Part[];
};

export function createMarkupReader(options: MarkupOptions): MarkupReader {
  const mode = options.thinking ? "think" : "start";
  const reading: Reading = { ...options, mode, buffer: "", skipsBlank: false, toolCalls: 0, parts: [] };
  const take = (): readonly Part[] => {
    const { parts } = reading;
    reading.parts = [];
    return parts;
  };
  return {
    push(text) {
      reading.buffer += text;
      while (step(reading, false));
      return take();
    },
    end() {
      while (step(reading, true));
      const { buffer } = reading;
      reading.buffer = "";
      // The end mark may be a control token, which is no text.
      if (reading.mode === "tool" && readCall(buffer) !== undefined) call(reading, buffer);
      else if (reading.mode === "tool") say(reading, "text-delta", TOOL_CALL + buffer);
      return take();
    },
    get toolCalls() {
      return reading.toolCalls;
    },
  };
}

/** One step; false: more text is needed. `final`: there is no more. */
function step(reading: Reading, final: boolean): boolean {
  if (reading.skipsBlank) {
    reading.buffer = reading.buffer.trimStart();
    if (reading.buffer !== "") reading.skipsBlank = false;
  }
  if (reading.buffer === "") return false;
  switch (reading.mode) {
    case "start":
      return begin(reading, final);
    case "think":
      return sayUntil(reading, "reasoning-delta", THINK_END, final) && enter(reading, "text", true);
    case "text":
      if (reading.tools) return sayUntil(reading, "text-delta", TOOL_CALL, final) && enter(reading, "tool", false);
      say(reading, "text-delta", reading.buffer);
      reading.buffer = "";
      return false;
    case "tool": {
      const end = reading.buffer.indexOf(TOOL_CALL_END);
      if (end < 0) return false;
      const body = reading.buffer.slice(0, end);
      reading.buffer = reading.buffer.slice(end + TOOL_CALL_END.length);
      call(reading, body);
      return enter(reading, "text", true);
    }
    default:
      return assertNever(reading.mode);
  }
}

function begin(reading: Reading, final: boolean): boolean {
  const text = reading.buffer.trimStart();
  if (!final && text.length < THINK.length && THINK.startsWith(text)) return false;
  const thinks = text.startsWith(THINK);
  if (thinks) reading.buffer = text.slice(THINK.length);
  return enter(reading, thinks ? "think" : "text", false);
}

function enter(reading: Reading, mode: Mode, skipsBlank: boolean): true {
  reading.mode = mode;
  reading.skipsBlank = skipsBlank;
  return true;
}

function say({ parts }: Reading, type: "text-delta" | "reasoning-delta", text: string): void {
  if (text !== "") parts.push({ type, choice: 0, text });
}

/** Passes on what comes before `mark`, and says whether it came. */
function sayUntil(reading: Reading, type: "text-delta" | "reasoning-delta", mark: string, final: boolean): boolean {
  const { buffer } = reading;
  const at = buffer.indexOf(mark);
  const ready = at >= 0 ? at : buffer.length - (final ? 0 : longestBeginning(buffer, [mark]));
  const before = buffer.slice(0, ready);
  if (at < 0 || before.trim() !== "") say(reading, type, before);
  reading.buffer = buffer.slice(at < 0 ? ready : at + mark.length);
  return at >= 0;
}

function call(reading: Reading, body: string): void {
  const read = readCall(body);
  if (read === undefined) return say(reading, "text-delta", `${TOOL_CALL}${body}${TOOL_CALL_END}`);
  const tool = reading.toolCalls++;
  reading.parts.push(
    { type: "tool-input-start", choice: 0, tool, id: reading.makeId(), name: read.name },
    { type: "tool-input-delta", choice: 0, tool, text: read.text },
  );
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
