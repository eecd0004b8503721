import type { FakeRequest } from "./http.ts";

export type Json = Readonly<Record<string, unknown>>;
export const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** A request in the words that both protocols share. */
export type Asked = {
  readonly protocol: "openai" | "anthropic";
  readonly model: string;
  readonly stream: boolean;
  readonly choices: number;
  readonly tokensMax: number;
  readonly tools: readonly string[];
  readonly toolForced: boolean;
  readonly logprobs: boolean;
  /** Usage was asked for, or comes always. */
  readonly usageWanted: boolean;
  readonly inputTokens: number;
  readonly lastUserText: string;
  readonly body: Json;
};

export function readAsked(request: FakeRequest, body: Json): Asked {
  const protocol = request.path.endsWith("/messages") ? "anthropic" : "openai";
  const messages = Array.isArray(body["messages"]) ? body["messages"].filter(isRecord) : [];
  const tools = Array.isArray(body["tools"]) ? body["tools"].filter(isRecord) : [];
  const limit = Number(body["max_tokens"] ?? body["max_completion_tokens"]);
  const choice = body["tool_choice"];
  const options = body["stream_options"];
  return {
    protocol,
    model: textOf(body["model"]),
    stream: body["stream"] === true,
    choices: Number(body["n"] ?? 1),
    tokensMax: Number.isFinite(limit) ? limit : Number.POSITIVE_INFINITY,
    tools: tools.map((tool) => textOf(tool["name"]) || textOf(isRecord(tool["function"]) ? tool["function"]["name"] : "")),
    toolForced:
      choice === "required" ||
      (isRecord(choice) && (choice["type"] === "any" || choice["type"] === "tool" || choice["type"] === "function")),
    logprobs: body["logprobs"] === true,
    usageWanted: protocol === "anthropic" || body["stream"] !== true || (isRecord(options) && options["include_usage"] === true),
    inputTokens: countPrompt(body, messages),
    lastUserText: allText(messages.findLast((message) => message["role"] === "user")?.["content"]),
    body,
  };
}

function allText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((block) => (isRecord(block) ? textOf(block["text"]) || allText(block["content"]) : "")).join("");
}

/** Words with their space, numbers by threes, marks, line ends: what the public vocabularies make of plain English. */
const TOKEN = / ?[A-Za-z]+|\d{1,3}|[^\sA-Za-z\d]+|\n+/g;
export const countText = (text: string): number => text.match(TOKEN)?.length ?? 0;

/** The fake's own count of a prompt, which has nothing in common with the gateway's estimate. */
function countPrompt(body: Json, messages: readonly Json[]): number {
  let tokens = 3 + countText(allText(body["system"])) + (body["system"] === undefined ? 0 : 4);
  for (const message of messages) tokens += 4 + countText(allText(message["content"]));
  if (Array.isArray(body["tools"])) tokens += countText(JSON.stringify(body["tools"]));
  return tokens;
}
