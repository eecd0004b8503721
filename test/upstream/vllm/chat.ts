import type { Socket } from "node:net";
import { countText, isRecord, textOf, type Json } from "../asked.ts";
import { createBodyWriter, headText, writeJson } from "../http.ts";
import type { PrefixCache } from "./prefix-cache.ts";

export type ServedModels = {
  readonly model: string;
  readonly maxModelLen: number;
  /** Names of LoRA adapters, each a model of its own. */
  readonly loras: readonly string[];
  /** Started with `--scheduling-policy priority`. */
  readonly byPriority: boolean;
};

/** vLLM's own form of an error since 0.10: the code is the status. */
export function refuse(socket: Socket, code: number, type: string, message: string): void {
  writeJson(socket, code, { error: { message, type, param: null, code } });
}

const SAID = ["Sluices", " were", " built", " of", " oak", "."];

/** Answers a chat as vLLM documents it. */
export function serveChat(socket: Socket, closed: Promise<void>, body: Json, served: ServedModels, cache: PrefixCache): void {
  const model = textOf(body["model"]);
  if (model !== served.model && !served.loras.includes(model))
    return refuse(socket, 404, "NotFoundError", `The model \`${model}\` does not exist.`);
  if (body["priority"] !== undefined && body["priority"] !== 0 && !served.byPriority)
    return refuse(socket, 400, "BadRequestError", "Got a priority but Priority scheduling is not enabled.");
  const prompt = promptOf(body);
  const asked = Number(body["max_tokens"] ?? 16);
  if (prompt.length + asked > served.maxModelLen) {
    const say = `This model's maximum context length is ${served.maxModelLen} tokens. However, you requested ${prompt.length + asked} tokens (${prompt.length} in the messages, ${asked} in the completion). Please reduce the length of the messages or completion.`;
    return refuse(socket, 400, "BadRequestError", say);
  }
  const cached = cache.take(textOf(body["cache_salt"]), prompt);
  const usage = {
    prompt_tokens: prompt.length,
    completion_tokens: SAID.length,
    total_tokens: prompt.length + SAID.length,
    prompt_tokens_details: { cached_tokens: cached },
  };
  const head = { id: "chatcmpl-0f1e", created: 1, model };
  if (body["stream"] === true) return void stream(socket, closed, body, { ...head, object: "chat.completion.chunk" }, usage);
  const message = { role: "assistant", content: SAID.join(""), reasoning_content: null, tool_calls: [] };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop", stop_reason: null }];
  writeJson(socket, 200, { ...head, object: "chat.completion", choices, usage, prompt_logprobs: null, kv_transfer_params: null });
}

/** A first event with the role alone, one for each token, and the usage only where it was asked for, in an event without choices. */
async function stream(socket: Socket, closed: Promise<void>, body: Json, head: Json, usage: Json): Promise<void> {
  socket.write(headText(200, { "content-type": "text/event-stream; charset=utf-8", "transfer-encoding": "chunked" }));
  const writer = createBodyWriter(socket, "chunked", closed);
  const send = (rest: Json): Promise<void> => writer.write(`data: ${JSON.stringify({ ...head, ...rest })}\n\n`);
  const delta = (said: Json, reason: string | null): Json => ({
    choices: [{ index: 0, delta: said, logprobs: null, finish_reason: reason, stop_reason: null }],
  });
  await send(delta({ role: "assistant", content: "" }, null));
  for (const [at, text] of SAID.entries()) await send(delta({ content: text }, at === SAID.length - 1 ? "stop" : null));
  const options = body["stream_options"];
  if (isRecord(options) && options["include_usage"] === true) await send({ choices: [], usage });
  await writer.write("data: [DONE]\n\n");
  writer.end();
}

/** Words stand for tokens. */
function promptOf(body: Json): readonly string[] {
  const messages = Array.isArray(body["messages"]) ? body["messages"].filter(isRecord) : [];
  return messages.flatMap((message) => {
    const text = `<|${textOf(message["role"])}|> ${typeof message["content"] === "string" ? message["content"] : JSON.stringify(message["content"])}`;
    return countText(text) === 0 ? [] : text.split(/(?<=\s)/);
  });
}
