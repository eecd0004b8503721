import type { Part } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import { isRecord, textOf } from "../json.ts";

/** Beyond any number of answers or parallel tools that a caller can ask for: an index above is a broken upstream. */
const INDEX_MAX = 255;

/** The tool calls of one choice, streamed in pieces or whole. Ours are numbered in the order they come. */
export function createToolReader(choice: number) {
  const tools = new Map<number, number>();
  return {
    read(value: unknown, position: number, parts: Part[]): void {
      if (!isRecord(value)) throw new Fault("target_broken");
      const made = isRecord(value["function"]) ? value["function"] : {};
      const at = readIndex(value["index"], position);
      let tool = tools.get(at);
      if (tool === undefined) {
        const name = textOf(made["name"]);
        if (name === "") throw new Fault("target_broken");
        tool = tools.size;
        tools.set(at, tool);
        // An answer to the call must name it, so a server that gives no id gets one.
        const id = textOf(value["id"]) || `call_${choice}_${tool}`;
        parts.push({ type: "tool-input-start", choice, tool, id, name });
      }
      const input = made["arguments"];
      const text = isRecord(input) ? JSON.stringify(input) : textOf(input);
      if (text !== "") parts.push({ type: "tool-input-delta", choice, tool, text });
    },
  };
}

/** An index that came, or the position where none did. */
export function readIndex(value: unknown, position: number): number {
  if (value === undefined || value === null) return position;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= INDEX_MAX) return value;
  throw new Fault("target_broken");
}
