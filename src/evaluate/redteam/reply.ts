import { createSseParser } from "../../kernel/sse.ts";
import { fieldOf, findText, itemsOf, parseJson } from "./json-field.ts";

export type ToolCall = { readonly name: string; readonly arguments: string };

/** How an answer ended. `cut`: a stream without its end mark and without an error event. */
export type Ending = "whole" | "error" | "cut";

/** An answer, streamed or not, as a judge sees it. */
export type Reply = {
  /** 0: none came. */
  readonly status: number;
  /** Why none came. */
  readonly failure?: string;
  /** The error's code, also of an error event in a stream. */
  readonly code: string | undefined;
  /** What the model said that reached the client, tool arguments included. */
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: string | undefined;
  readonly ending: Ending;
  /** The answer's `weir`. */
  readonly weir: unknown;
  /** The body as it came. */
  readonly raw: string;
  readonly contentType: string;
  readonly latencyMs: number;
  readonly tries: number;
};

type Read = Pick<Reply, "code" | "text" | "toolCalls" | "finish" | "ending" | "weir">;

const NOTHING: Read = { code: undefined, text: "", toolCalls: [], finish: undefined, ending: "whole", weir: undefined };

export const noReply = (failure: string, latencyMs: number, tries: number): Reply => ({
  ...NOTHING,
  status: 0,
  failure,
  ending: "cut",
  raw: "",
  contentType: "",
  latencyMs,
  tries,
});

/** Reads a body by its content type. */
export function readBody(raw: string, contentType: string): Read {
  return contentType.includes("text/event-stream") ? readStream(raw) : readWhole(parseJson(raw));
}

function readWhole(body: unknown): Read {
  const message = fieldOf(itemsOf(body, "choices")[0], "message");
  const toolCalls = itemsOf(message, "tool_calls").map(toToolCall);
  const texts = itemsOf(body, "choices").flatMap((choice) => {
    const said = fieldOf(choice, "message");
    return [findText(said, "content"), findText(said, "refusal"), ...itemsOf(said, "tool_calls").map((call) => toToolCall(call).arguments)];
  });
  return {
    code: codeOf(body),
    text: texts.filter((text) => text !== undefined).join("\n"),
    toolCalls,
    finish: findText(itemsOf(body, "choices")[0], "finish_reason"),
    ending: "whole",
    weir: fieldOf(body, "weir"),
  };
}

const toToolCall = (call: unknown): ToolCall => {
  const called = fieldOf(call, "function");
  return { name: findText(called, "name") ?? "", arguments: findText(called, "arguments") ?? "" };
};

function readStream(raw: string): Read {
  const pieces: string[] = [];
  const tools = new Map<number, { name: string; arguments: string }>();
  let end: Pick<Read, "code" | "finish" | "weir"> & { ending: Ending } = {
    code: undefined,
    finish: undefined,
    weir: undefined,
    ending: "cut",
  };
  const parser = createSseParser((_name, data) => {
    if (data === "[DONE]") return void (end = { ...end, ending: "whole" });
    const chunk = parseJson(data);
    if (fieldOf(chunk, "error") !== undefined) end = { ...end, code: codeOf(chunk) ?? "unknown", ending: "error" };
    const weir = fieldOf(chunk, "weir");
    if (weir !== undefined) end = { ...end, weir };
    for (const choice of itemsOf(chunk, "choices")) {
      const delta = fieldOf(choice, "delta");
      pieces.push(findText(delta, "content") ?? "", findText(delta, "refusal") ?? "");
      addTools(tools, delta);
      end = { ...end, finish: findText(choice, "finish_reason") ?? end.finish };
    }
  });
  try {
    parser.push(new TextEncoder().encode(raw));
  } catch {
    end = { ...end, ending: "cut" };
  }
  const toolCalls = [...tools.values()];
  return {
    ...end,
    text: [pieces.join(""), ...toolCalls.map((call) => call.arguments)].filter((text) => text !== "").join("\n"),
    toolCalls,
  };
}

function addTools(tools: Map<number, { name: string; arguments: string }>, delta: unknown): void {
  for (const call of itemsOf(delta, "tool_calls")) {
    const index = Number(fieldOf(call, "index") ?? 0);
    const piece = toToolCall(call);
    const known = tools.get(index) ?? { name: "", arguments: "" };
    tools.set(index, { name: known.name + piece.name, arguments: known.arguments + piece.arguments });
  }
}

const codeOf = (body: unknown): string | undefined => {
  const error = fieldOf(body, "error");
  return findText(error, "code") ?? findText(error, "type");
};
