import { ApiError, ask } from "../../api/client.ts";
import { eventsOf } from "../../api/sse.ts";
import type { Chunk, Failure, Step, ToolCall } from "./types.ts";

/** What the next text of a stream changes in a step. */
type Change = Partial<Step>;

type Delta = Chunk["choices"][number]["delta"] & {
  readonly reasoning_content?: string;
  readonly refusal?: string;
  readonly tool_calls?: readonly {
    readonly index: number;
    readonly id?: string;
    readonly function?: { readonly name?: string; readonly arguments?: string };
  }[];
};
type StreamError = { readonly error: { readonly message: string; readonly code: string | null; readonly type: string } };

export function toFailure(error: unknown, requestId: string | undefined): Failure {
  if (!(error instanceof ApiError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { message, code: "unreadable", requestId, retryAtMs: undefined };
  }
  const { message, code, retryAfterSeconds } = error;
  const retryAtMs = retryAfterSeconds === undefined ? undefined : Date.now() + retryAfterSeconds * 1000;
  return { message, code, requestId: error.requestId ?? requestId, retryAtMs };
}

/** Adds the pieces of calls of tools to what came of them before. */
function addToolCalls(before: readonly ToolCall[], pieces: Delta["tool_calls"]): readonly ToolCall[] {
  if (pieces === undefined) return before;
  const calls = [...before];
  for (const { index, id, function: it } of pieces) {
    const known = calls[index] ?? { id: "", name: "", arguments: "" };
    calls[index] = { id: id ?? known.id, name: known.name + (it?.name ?? ""), arguments: known.arguments + (it?.arguments ?? "") };
  }
  return calls;
}

function readChunk(step: Step, chunk: Chunk): Change {
  const choice = chunk.choices[0];
  // The contract names what every client reads; OpenAI's protocol has these fields, too.
  const delta = (choice?.delta ?? {}) as Delta;
  return {
    text: step.text + (delta.content ?? ""),
    reasoning: step.reasoning + (delta.reasoning_content ?? ""),
    refusal: step.refusal + (delta.refusal ?? ""),
    toolCalls: addToolCalls(step.toolCalls, delta.tool_calls),
    finishReason: choice?.finish_reason ?? step.finishReason,
    usage: chunk.usage ?? step.usage,
    weir: chunk.weir ?? step.weir,
  };
}

const isStreamError = (value: Chunk | StreamError): value is StreamError => "error" in value;

/** Sends a step's request and tells of every change until it has ended, however it ends. Never throws. */
export async function readAnswer(first: Step, signal: AbortSignal, tell: (step: Step) => void): Promise<void> {
  const beganMs = performance.now();
  let step = first;
  const change = (by: Change): void => {
    step = { ...step, ...by };
    tell(step);
  };
  const since = (): number => performance.now() - beganMs;
  try {
    const response = await ask("/v1/chat/completions", { method: "POST", body: first.request, signal });
    change({ requestId: response.headers.get("x-weir-request-id") ?? undefined });
    let whole = false;
    for await (const { data } of eventsOf(response)) {
      if (data === "[DONE]") {
        whole = true;
        break;
      }
      const chunk: Chunk | StreamError = JSON.parse(data);
      if (isStreamError(chunk)) {
        const { message, code, type } = chunk.error;
        throw new ApiError(message, { status: 200, code: code ?? type, requestId: step.requestId });
      }
      const by = readChunk(step, chunk);
      change(step.firstMs === undefined && chunk.choices.length > 0 ? { ...by, firstMs: since() } : by);
    }
    if (!whole) throw new ApiError("", { status: 200, code: "target_broken", requestId: step.requestId });
    change({ status: "finished", totalMs: since() });
  } catch (error) {
    if (signal.aborted) change({ status: "stopped", totalMs: since() });
    else change({ status: "failed", totalMs: since(), failure: toFailure(error, step.requestId) });
  }
}
