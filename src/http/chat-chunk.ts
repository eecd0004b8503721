import type { AnswerPart } from "../chat/index.ts";
import type { Call } from "../domain/chat.ts";
import { Fault } from "../kernel/fault.ts";
import { toFinishReason, toUsage } from "./chat-choice.ts";
import { toErrorBody } from "./fault-response.ts";
import { toWeirAnswer, type Cited } from "./weir-answer.ts";

/** Turns the parts of one answer into OpenAI's stream events, as text that is ready to send. */
export type ChunkWriter = {
  /** May be empty: some parts are told only at the end. */
  write(part: AnswerPart): string;
  /** The error event that ends a broken stream; never followed by `[DONE]`. */
  fail(error: unknown): string;
};

/** A text delta is nearly every event of a stream, so its envelope is written once. */
export function createChunkWriter(call: Call, includeUsage: boolean): ChunkWriter {
  const created = Math.floor(call.startedAtMs / 1000);
  const id = `chatcmpl-${call.requestId.slice(4)}`;
  const base = `data: {"id":"${id}","object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(call.chat.model)}`;
  const usageField = includeUsage ? ',"usage":null' : "";
  const started = new Set<number>();
  const cited: Cited[] = [];
  const ends: Extract<AnswerPart, { type: "choice-finish" }>[] = [];

  const chunk = (choice: number, delta: string, rest = ""): string => {
    const role = started.has(choice) ? "" : `"role":"assistant"${delta === "" ? "" : ","}`;
    started.add(choice);
    return `${base},"choices":[{"index":${choice},"delta":{${role}${delta}}${rest},"finish_reason":null}]${usageField}}\n\n`;
  };

  const writeEnd = (part: Extract<AnswerPart, { type: "finish" }>): string => {
    const weir = JSON.stringify(toWeirAnswer(part, cited));
    const print = part.systemFingerprint === undefined ? "" : `,"system_fingerprint":${JSON.stringify(part.systemFingerprint)}`;
    const lines = ends.map((end, at) => {
      const tail = at === ends.length - 1 && !includeUsage ? `${print},"weir":${weir}` : print;
      const role = started.has(end.choice) ? {} : { role: "assistant" };
      const choice = JSON.stringify({ ...end.extra, index: end.choice, delta: role, finish_reason: toFinishReason(end.reason) });
      return `${base},"choices":[${choice}]${usageField}${tail}}\n\n`;
    });
    if (includeUsage) lines.push(`${base},"choices":[],"usage":${JSON.stringify(toUsage(part.usage))}${print},"weir":${weir}}\n\n`);
    return `${lines.join("")}data: [DONE]\n\n`;
  };

  return {
    write(part) {
      switch (part.type) {
        case "text-delta": {
          const fields = part.extra === undefined ? "" : JSON.stringify(part.extra).slice(1, -1);
          const extra = fields === "" ? "" : `,${fields}`;
          const logprobs = part.logprobs === undefined ? "" : `,"logprobs":${JSON.stringify(part.logprobs)}`;
          return chunk(part.choice, `"content":${JSON.stringify(part.text)}${extra}`, logprobs);
        }
        case "reasoning-delta":
          return chunk(part.choice, `"reasoning_content":${JSON.stringify(part.text)}`);
        case "refusal-delta":
          return chunk(part.choice, `"refusal":${JSON.stringify(part.text)}`);
        case "tool-input-start": {
          const opened = { index: part.tool, id: part.id, type: "function", function: { name: part.name, arguments: "" } };
          return chunk(part.choice, `"tool_calls":[${JSON.stringify(opened)}]`);
        }
        case "tool-input-delta":
          return chunk(part.choice, `"tool_calls":[{"index":${part.tool},"function":{"arguments":${JSON.stringify(part.text)}}}]`);
        case "citation":
          cited.push(part);
          return "";
        case "choice-finish":
          ends.push(part);
          return "";
        case "finish":
          return writeEnd(part);
      }
    },
    fail: (error) => `data: ${JSON.stringify(toErrorBody(Fault.from(error)))}\n\n`,
  };
}
