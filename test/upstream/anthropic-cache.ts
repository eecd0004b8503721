import { countText, isRecord, textOf, type Json } from "./asked.ts";

/** What one call costs, in the provider's own counts. */
export type Billed = {
  readonly fresh: number;
  readonly written: number;
  readonly read: number;
  readonly output: number;
  /** Marks (`cache_control`) in the request. */
  readonly marks: number;
};

export type CachingUpstream = { readonly url: string; readonly billed: readonly Billed[]; close(): Promise<void> };

/** A mark finds what was written at a mark up to so many blocks before it. */
const LOOK_BACK_BLOCKS = 20;
/** A prefix of fewer tokens is not kept. */
const PREFIX_TOKENS_MIN = 1024;
const SAID = ["The", " river", " is", " low", "."];

/** Anthropic's Messages API with its prompt cache as documented: the prefix up to a mark, tools first, is written once and read afterwards. */
export function startCachingUpstream(): CachingUpstream {
  const kept = new Set<string>();
  const billed: Billed[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (request.method === "GET") return Response.json({ data: [], has_more: false });
      const body: unknown = await request.json();
      if (!isRecord(body)) return new Response("", { status: 400 });
      const bill = billFor(body, kept);
      billed.push(bill);
      return body["stream"] === true ? streamed(bill) : Response.json(whole(bill));
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, billed, close: () => server.stop(true) };
}

const blocksOf = (value: unknown): readonly Json[] =>
  typeof value === "string" ? [{ type: "text", text: value }] : Array.isArray(value) ? value.filter(isRecord) : [];

function billFor(body: Json, kept: Set<string>): Billed {
  const turns = blocksOf(body["messages"]).flatMap((turn) => blocksOf(turn["content"]));
  const blocks = [...blocksOf(body["tools"]), ...blocksOf(body["system"]), ...turns];
  let tokens = 0;
  let text = "";
  let read = 0;
  let until = 0;
  let marks = 0;
  const ends: { readonly text: string; readonly tokens: number }[] = [];
  for (const { cache_control: mark, ...block } of blocks) {
    text += `${JSON.stringify(block)}\n`;
    tokens += countText(textOf(block["text"]) || JSON.stringify(block));
    ends.push({ text, tokens });
    if (mark === undefined) continue;
    marks++;
    if (tokens < PREFIX_TOKENS_MIN) continue;
    until = tokens;
    read = ends.slice(-LOOK_BACK_BLOCKS).findLast((end) => kept.has(end.text))?.tokens ?? read;
    kept.add(text);
  }
  return { fresh: tokens - until, written: until - read, read, output: SAID.length, marks };
}

const usageOf = ({ fresh, written, read, output }: Billed): Json => ({
  input_tokens: fresh,
  cache_creation_input_tokens: written,
  cache_read_input_tokens: read,
  cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
  output_tokens: output,
});
const HEAD = { id: "msg_1", type: "message", role: "assistant", model: "one", stop_sequence: null };

const whole = (bill: Billed): Json => ({
  ...HEAD,
  content: [{ type: "text", text: SAID.join("") }],
  stop_reason: "end_turn",
  usage: usageOf(bill),
});

function streamed(bill: Billed): Response {
  const event = (type: string, rest: Json): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
  const start = { ...HEAD, content: [], stop_reason: null, usage: { ...usageOf(bill), output_tokens: 1 } };
  const text = [
    event("message_start", { message: start }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    ...SAID.map((piece) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text: piece } })),
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: bill.output } }),
    event("message_stop", {}),
  ];
  return new Response(text.join(""), { headers: { "content-type": "text/event-stream" } });
}
