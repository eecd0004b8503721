import type { Ask } from "./probe.ts";

export type ChatMessage = {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: unknown;
  readonly tool_calls?: readonly unknown[];
  readonly tool_call_id?: string;
  readonly name?: string;
};

export type ChatOptions = {
  readonly model: string;
  readonly stream?: boolean;
  readonly key?: string | undefined;
  /** Other fields of the body. */
  readonly more?: Readonly<Record<string, unknown>>;
};

/** Long enough to tell whether a model complied, and cheap. */
const OUTPUT_TOKENS_MAX = 300;

export function chatAsk(messages: readonly ChatMessage[], { model, stream = false, key, more = {} }: ChatOptions): Ask {
  const value = { model, messages, stream, temperature: 0, max_tokens: OUTPUT_TOKENS_MAX, ...more };
  return { method: "POST", path: "/v1/chat/completions", key, body: { kind: "json", value } };
}

export const functionTool = (name: string, description: string, fields: readonly string[]): unknown => ({
  type: "function",
  function: {
    name,
    description,
    parameters: { type: "object", properties: Object.fromEntries(fields.map((field) => [field, { type: "string" }])) },
  },
});
