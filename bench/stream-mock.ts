/**
 * The mock upstream of the stream runs: `bun bench/stream-mock.ts PARTS PARTS_PER_SECOND` answers every request on its port with an SSE
 * stream at that rate, the first part at once. Plain sockets and prepared bytes, so that 512 streams leave the core free for the load.
 */
import type { Socket } from "bun";
import { MODEL } from "./payload.ts";

const parts = Number(process.argv[2] ?? 500);
const perSecond = Number(process.argv[3] ?? 50);
const intervalMs = 1000 / perSecond;

type State = { received: string; sent: number; nextAtMs: number; streaming: boolean };

const chunked = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const event = (delta: object, finish: string | null, extra: object = {}): string =>
  `data: ${JSON.stringify({ id: "chatcmpl-stream", object: "chat.completion.chunk", created: 1_760_000_000, model: MODEL, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], ...extra })}\n\n`;

const HEAD =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";
const MODELS = '{"object":"list","data":[]}';
const FIRST = Buffer.from(HEAD + chunked(event({ role: "assistant", content: "word " }, null)));
const NEXT = Buffer.from(chunked(event({ content: "word " }, null)));
const usage = { usage: { prompt_tokens: 87, completion_tokens: parts, total_tokens: 87 + parts } };
const LAST = Buffer.from(
  `${chunked(`${event({}, "stop")}data: ${JSON.stringify({ id: "chatcmpl-stream", object: "chat.completion.chunk", created: 1_760_000_000, model: MODEL, choices: [], ...usage })}\n\ndata: [DONE]\n\n`)}0\r\n\r\n`,
);

/** Streams by the millisecond of their turn: each tick writes only those that are due. */
const turns: Set<Socket<State>>[] = Array.from({ length: Math.max(1, Math.round(intervalMs)) }, () => new Set());

function begin(socket: Socket<State>): void {
  const now = performance.now();
  socket.data.streaming = true;
  socket.data.sent = 1;
  socket.data.nextAtMs = now + intervalMs;
  socket.write(FIRST);
  turns[Math.floor(now) % turns.length]?.add(socket);
}

function advance(socket: Socket<State>, turn: Set<Socket<State>>): void {
  if (socket.data.sent < parts) {
    socket.data.sent++;
    socket.write(NEXT);
    return;
  }
  turn.delete(socket);
  socket.data.streaming = false;
  socket.write(LAST);
}

let lastTick = Math.floor(performance.now());
setInterval(() => {
  const now = Math.floor(performance.now());
  // A late timer catches up: the rate is kept, and the delay shows as what it is.
  for (let tick = lastTick + 1; tick <= now; tick++) {
    const turn = turns[tick % turns.length];
    if (turn === undefined) continue;
    for (const socket of turn) if (socket.data.nextAtMs - intervalMs / 2 <= tick) advance(socket, turn);
  }
  lastTick = now;
}, 1);

const server = Bun.listen<State>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open(socket) {
      socket.data = { received: "", sent: 0, nextAtMs: 0, streaming: false };
    },
    data(socket, bytes) {
      socket.data.received += bytes.toString("latin1");
      const end = socket.data.received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(socket.data.received.slice(0, end).match(/content-length: *(\d+)/i)?.[1] ?? 0);
      if (socket.data.received.length < end + 4 + length) return;
      const isPost = socket.data.received.startsWith("POST");
      socket.data.received = socket.data.received.slice(end + 4 + length);
      if (isPost) begin(socket);
      else socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${MODELS.length}\r\n\r\n${MODELS}`);
    },
    close(socket) {
      for (const turn of turns) turn.delete(socket);
    },
    error() {
      // A reader that goes away is the load generator's choice.
    },
  },
});
console.log(`mock listening on http://127.0.0.1:${server.port}`);
