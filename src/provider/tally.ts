import type { ChatCall, Content, Message, Part, Usage } from "../domain/chat.ts";
import { assertNever } from "../kernel/assert-never.ts";
import { isRecord } from "./json.ts";
import { weighTokens } from "./token-count.ts";

/** Follows the parts of one answer, so that its usage is known however it ends. */
export type Tally = {
  see(part: Part): void;
  /** The usage to bill where what the upstream reported does not say it: nothing reported, zeros, or a count that the answer has outgrown. */
  correction(): Usage | undefined;
};

/** Text is weighed in pieces of this size, so that a long answer is not kept. */
const PIECE_CHARS = 4096;
/** What chat templates add: role and delimiters of a message, the opening of the answer, the frame of a tool call, an image of usual size. */
const MESSAGE_TOKENS = 4;
const ANSWER_TOKENS = 3;
const TOOL_CALL_TOKENS = 8;
const IMAGE_TOKENS = 800;

export function createTally(chat: ChatCall): Tally {
  const output = createWeight();
  const reasoning = createWeight();
  let reported: Usage | undefined;
  /** Something was said after the upstream last reported. */
  let outgrown = false;

  return {
    see(part) {
      switch (part.type) {
        case "text-delta": {
          const exact = tokensOfLogprobs(part.logprobs);
          if (exact > 0) output.addTokens(exact);
          else output.addText(part.text);
          outgrown = true;
          break;
        }
        case "reasoning-delta":
          reasoning.addText(part.text);
          outgrown = true;
          break;
        case "refusal-delta":
        case "tool-input-delta":
          output.addText(part.text);
          outgrown = true;
          break;
        case "tool-input-start":
          output.addText(part.name);
          output.addTokens(TOOL_CALL_TOKENS);
          outgrown = true;
          break;
        case "usage":
          reported = part.usage;
          outgrown = false;
          break;
        case "choice-finish":
        case "citation":
        case "finish":
          break;
        default:
          assertNever(part);
      }
    },
    correction() {
      // The usual answer, which need not be weighed.
      if (reported !== undefined && !outgrown && reported.inputTokens > 0 && reported.outputTokens > 0) return undefined;
      const reasoningTokens = reasoning.tokens();
      const outputTokens = output.tokens() + reasoningTokens;
      if (reported === undefined) {
        return { inputTokens: promptTokens(chat), outputTokens, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens, source: "counted" };
      }
      const said = outputTokens > 0;
      const inputKnown = reported.inputTokens > 0;
      const outputKnown = !said || (reported.outputTokens > 0 && !outgrown);
      if (inputKnown && outputKnown) return undefined;
      return {
        ...reported,
        inputTokens: inputKnown ? reported.inputTokens : promptTokens(chat),
        outputTokens: outputKnown ? reported.outputTokens : Math.max(reported.outputTokens, outputTokens),
        reasoningTokens: Math.max(reported.reasoningTokens, outputKnown ? 0 : reasoningTokens),
        source: "counted",
      };
    },
  };
}

function createWeight() {
  let weight = 0;
  let pending = "";
  return {
    addText(text: string): void {
      pending += text;
      if (pending.length < PIECE_CHARS) return;
      weight += weighTokens(pending);
      pending = "";
    },
    addTokens(count: number): void {
      weight += count;
    },
    tokens(): number {
      const exact = weight + weighTokens(pending);
      return exact === 0 ? 0 : Math.max(1, Math.round(exact));
    },
  };
}

/** OpenAI's `logprobs` lists every token of its chunk. */
function tokensOfLogprobs(logprobs: unknown): number {
  return isRecord(logprobs) && Array.isArray(logprobs["content"]) ? logprobs["content"].length : 0;
}

/** Tokens of the prompt, counted. */
export function promptTokens(chat: ChatCall): number {
  let tokens = ANSWER_TOKENS;
  for (const message of chat.messages) tokens += MESSAGE_TOKENS + messageTokens(message);
  if (chat.tools.length > 0) tokens += weighTokens(JSON.stringify(chat.tools));
  return Math.round(tokens);
}

function messageTokens(message: Message): number {
  let tokens = message.content === null ? 0 : contentTokens(message.content);
  if (message.role === "assistant") {
    for (const call of message.toolCalls ?? []) tokens += TOOL_CALL_TOKENS + weighTokens(call.name) + weighTokens(call.arguments);
  }
  return tokens;
}

function contentTokens(content: Content): number {
  if (typeof content === "string") return weighTokens(content);
  let tokens = 0;
  for (const block of content) tokens += block.type === "text" ? weighTokens(block.text) : IMAGE_TOKENS;
  return tokens;
}
