import type { FaultCode } from "../../kernel/fault.ts";

/**
 * What the server and the process that runs a model say to each other: one JSON value a line, over its standard input and output.
 * llama.cpp ends its whole process where it meets a file or a state that it did not expect, so it gets one of its own.
 */

/** Said once, first. */
export type LoadOrder = {
  readonly type: "load";
  readonly model: string;
  /** File of each adapter by name. */
  readonly adapters: Readonly<Record<string, string>>;
  /** A chat template in place of the one in the file. */
  readonly chatTemplate: string | undefined;
  readonly threads: number;
  readonly contexts: number;
  readonly contextTokens: number;
};

export type TemplateMessage = {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
  readonly tool_calls?: readonly TemplateToolCall[];
  readonly tool_call_id?: string;
};
export type TemplateToolCall = {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: unknown };
};
export type TemplateTool = {
  readonly type: "function";
  readonly function: { readonly name: string; readonly description?: string; readonly parameters: Readonly<Record<string, unknown>> };
};

export type Sampler = {
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number | undefined;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
};

export type ChatOrder = {
  readonly type: "chat";
  readonly id: number;
  /** undefined: the model without an adapter. */
  readonly adapter: string | undefined;
  /** Whose prompt it is. What a context still holds of one owner is never read for another. */
  readonly owner: string;
  readonly messages: readonly TemplateMessage[];
  readonly tools: readonly TemplateTool[];
  /** GBNF that the answer is held to. */
  readonly grammar: string | undefined;
  /** The grammar is that of a tool call, or tools may be called: the template must know them. */
  readonly stop: readonly string[];
  readonly sampler: Sampler;
  readonly maxTokens: number;
};

export type EmbedOrder = { readonly type: "embed"; readonly id: number; readonly inputs: readonly (string | readonly number[])[] };
export type RankOrder = { readonly type: "rank"; readonly id: number; readonly query: string; readonly documents: readonly string[] };
export type Job = ChatOrder | EmbedOrder | RankOrder;
export type Order = LoadOrder | Job | { readonly type: "cancel"; readonly id: number };

export type EndReason = "stop" | "length" | "cancelled";

export type Report =
  | { readonly type: "loaded"; readonly contextTokens: number }
  /** The model cannot be used. `why` is for the operator. */
  | { readonly type: "failed"; readonly why: string }
  /** The prompt is being read. `openTag`: the template has begun the answer with this itself. */
  | {
      readonly type: "prompt";
      readonly id: number;
      readonly inputTokens: number;
      readonly cachedTokens: number;
      readonly thinking: boolean;
    }
  | { readonly type: "text"; readonly id: number; readonly text: string; readonly outputTokens: number }
  | { readonly type: "end"; readonly id: number; readonly reason: EndReason; readonly outputTokens: number }
  /** Base64 of little-endian 32-bit floats, one for each input. */
  | { readonly type: "vectors"; readonly id: number; readonly vectors: readonly string[]; readonly inputTokens: number }
  | { readonly type: "scores"; readonly id: number; readonly scores: readonly number[]; readonly inputTokens: number }
  /** Nothing was produced. */
  | {
      readonly type: "refused";
      readonly id: number;
      readonly code: FaultCode;
      readonly say?: string | undefined;
      readonly param?: string | undefined;
    };

/** The reports that end a job. */
export const isLast = (report: Report): boolean => report.type !== "prompt" && report.type !== "text";
