import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createDice } from "../documents/dice.ts";

type Body = {
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly input?: unknown;
  readonly stream?: boolean;
  readonly tools?: readonly unknown[];
};

/** A model that says back what it was told: the last message as its text, or as the argument of a tool. Keeps what reached it. */
export type Echo = {
  readonly url: string;
  readonly bodies: string[];
  /** Instead of the last message. */ say: ((body: Body) => string) | undefined;
  close(): void;
};

export async function startEcho(seed = 1): Promise<Echo> {
  const dice = createDice(seed);
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      if (text === "") return response.end(JSON.stringify({ object: "list", data: [] }));
      bodies.push(text);
      const body: Body = JSON.parse(text);
      if (request.url?.endsWith("/embeddings") === true) return answerVectors(body, response);
      const said = echo.say?.(body) ?? lastText(body);
      return body.stream === true ? streamed(said, body, response, dice) : whole(said, body, response);
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has such an address
  const { port } = server.address() as AddressInfo;
  const echo: Echo = {
    url: `http://127.0.0.1:${String(port)}/v1`,
    bodies,
    say: undefined,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return echo;
}

const USAGE = { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 };
const HEAD = { id: "chatcmpl-echo", created: 1, model: "echo" };

function lastText({ messages }: Body): string {
  const content = messages?.at(-1)?.content;
  return typeof content === "string" ? content : JSON.stringify(content);
}

function answerVectors({ input }: Body, response: ServerResponse): void {
  const inputs = Array.isArray(input) ? input : [input];
  const data = inputs.map((_, index) => ({ object: "embedding", index, embedding: [1, 0] }));
  response.setHeader("content-type", "application/json").end(JSON.stringify({ object: "list", data, model: "echo", usage: USAGE }));
}

function whole(said: string, { tools }: Body, response: ServerResponse): void {
  const call = { id: "call_1", type: "function", function: { name: "send", arguments: JSON.stringify({ text: said }) } };
  const message = tools === undefined ? { role: "assistant", content: said } : { role: "assistant", content: null, tool_calls: [call] };
  const choices = [{ index: 0, message, finish_reason: tools === undefined ? "stop" : "tool_calls" }];
  response.setHeader("content-type", "application/json").end(JSON.stringify({ ...HEAD, object: "chat.completion", choices, usage: USAGE }));
}

/** In pieces of random length: nothing says that a pseudonym comes whole. */
function streamed(said: string, { tools }: Body, response: ServerResponse, dice: ReturnType<typeof createDice>): void {
  response.setHeader("content-type", "text/event-stream");
  const send = (choice: Record<string, unknown>, more = {}): void => {
    const choices = [{ index: 0, finish_reason: null, delta: {}, ...choice }];
    response.write(`data: ${JSON.stringify({ ...HEAD, object: "chat.completion.chunk", choices, ...more })}\n\n`);
  };
  const text = tools === undefined ? said : JSON.stringify({ text: said });
  if (tools !== undefined)
    send({ delta: { tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "send", arguments: "" } }] } });
  for (let at = 0; at < text.length;) {
    const piece = text.slice(at, (at += 1 + dice.below(dice.below(2) === 0 ? 4 : 30)));
    send({ delta: tools === undefined ? { content: piece } : { tool_calls: [{ index: 0, function: { arguments: piece } }] } });
  }
  send({ finish_reason: tools === undefined ? "stop" : "tool_calls" }, { usage: USAGE });
  response.end("data: [DONE]\n\n");
}
