import { rootCertificates } from "node:tls";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { UPSTREAM_BODY_BYTES_MAX } from "../kernel/limits.ts";
import type { Timeouts } from "../domain/target.ts";
import type { Connection, Reply, Request } from "./connection.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import { createHttp1Connection } from "./http1.ts";
import { isRecord } from "./json.ts";
import { errorObjectFault, refusalFault, retryAfterMs } from "./upstream-fault.ts";

/** One request to an upstream. */
export type Ask = Request & { readonly timeouts: Timeouts };

export type ByteStream = {
  /** undefined: the upstream ended its answer cleanly, by HTTP's own rules. Throws a Fault. */
  next(): Promise<Uint8Array | undefined>;
  /** The answer is whole by its protocol: the connection is drained and kept for another. */
  finish(): void;
  /** Closes the connection at once. Harmless after the end. */
  cancel(): void;
};

/** Speaks HTTP to one provider. Everything that it throws is a Fault. */
export type Transport = {
  json(ask: Ask, signal: AbortSignal): Promise<unknown>;
  /** A whole body that is no JSON, of at most so many bytes. */
  text(ask: Ask, signal: AbortSignal, bytesMax: number): Promise<string>;
  stream(ask: Ask, signal: AbortSignal): Promise<ByteStream>;
  close(): void;
};

/** Idle connections are kept this long; most servers close theirs earlier. */
const IDLE_CONNECTION_SECONDS = 60;
/** After the protocol's end mark an upstream has this long to end its answer, or its connection is closed. */
const DRAIN_MS = 1000;
/** Of an error answer only this much is read, to choose a code. */
const REFUSAL_BYTES_MAX = 64 * 1024;

/** How servers elsewhere are reached. */
export type Outbound = {
  /** PEM of authorities that are trusted beside the public ones. */
  readonly ca?: string | undefined;
  /** Instead of the environment's. */
  readonly proxy?: string | undefined;
};
export type ConnectionOptions = Outbound & { readonly viaProxy: boolean; readonly tls: boolean };

/** `viaProxy`: `proxy` is used, or that of the environment (`HTTPS_PROXY`, `NO_PROXY`), if there is one. Never for own hosts. */
export function openConnection(options: ConnectionOptions): Connection {
  if (!options.tls && !options.viaProxy) return createHttp1Connection();
  const keepAlive = { idleTimeout: IDLE_CONNECTION_SECONDS };
  const session = new Bun.FetchSession({
    keepAlive,
    // An authority of one's own is trusted beside the public ones, not in their place.
    ...(options.ca === undefined ? {} : { tls: { ca: [...rootCertificates, options.ca] } }),
    ...(options.viaProxy ? (options.proxy === undefined ? {} : { proxy: options.proxy }) : { proxy: false }),
  });
  return {
    request({ url, headers, body }) {
      const controller = new AbortController();
      // Without `timeout: false` the runtime cuts silence by a rule of its own; compressed answers would be held back until a block is full.
      const rest = { headers, redirect: "manual", decompress: false, timeout: false, signal: controller.signal } as const;
      const sent = session.fetch(url, body === undefined ? { method: "GET", ...rest } : { method: "POST", body, ...rest });
      return { reply: sent.then(toReply), abort: () => controller.abort() };
    },
    close: () => session.close(),
  };
}

/** An answer of the runtime's fetch. */
export function toReply(response: Response): Reply {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    whole: () => response.bytes(),
    async read() {
      reader ??= response.body?.getReader();
      const chunk = await reader?.read();
      return chunk?.value;
    },
  };
}

type TransportDeps = { readonly clock: Clock; readonly deadlines: Deadlines; readonly connection: Connection };

export function createTransport(deps: TransportDeps, bodyBytesMax = UPSTREAM_BODY_BYTES_MAX): Transport {
  const { clock, deadlines, connection } = deps;
  const whole = async <Read>(ask: Ask, signal: AbortSignal, bytesMax: number, read: (bytes: Uint8Array) => Read): Promise<Read> => {
    // Whether the caller is gone is looked at by the deadlines' timer: a listener costs more than all else here, and 100 ms are soon over.
    const exchange = openExchange(deadlines, ask, signal);
    try {
      const reply = await exchange.send(connection, ask);
      if (!isOk(reply)) throw await refusal(reply, exchange, clock.nowMs());
      return read(await readWhole(reply, exchange, bytesMax));
    } catch (error) {
      throw exchange.fail(error);
    } finally {
      exchange.end();
    }
  };
  return {
    json: (ask, signal) => whole(ask, signal, bodyBytesMax, parseJson),
    text: (ask, signal, bytesMax) => whole(ask, signal, bytesMax, (bytes) => Buffer.from(bytes).toString("utf8")),
    async stream(ask, signal) {
      const exchange = openExchange(deadlines, ask, signal);
      exchange.listen();
      try {
        const reply = await exchange.send(connection, ask);
        if (!isOk(reply)) throw await refusal(reply, exchange, clock.nowMs());
        if (reply.header("content-type")?.startsWith("application/json") === true) throw await notAStream(reply, exchange);
        return createByteStream(reply, exchange);
      } catch (error) {
        const fault = exchange.fail(error);
        exchange.end();
        throw fault;
      }
    },
    close: () => connection.close(),
  };
}

type Exchange = {
  readonly deadline: Deadline;
  /** Closes the connection in the moment the caller goes away, not at the timer's next look. */
  listen(): void;
  /** Throws where the caller is gone already. */
  send(connection: Connection, ask: Ask): Promise<Reply>;
  /** What an error means, whoever threw it. Closes the connection. */
  fail(error: unknown): Fault;
  abort(): void;
  /** Leaves only so much more silence, and no longer minds the caller. */
  drain(idleMs: number): void;
  end(): void;
};

/** Ties one request to its caller's signal and its timeouts. */
function openExchange(deadlines: Deadlines, ask: Ask, signal: AbortSignal): Exchange {
  let cut: (() => void) | undefined;
  let late = false;
  let sent = false;
  let answered = false;
  let listening = false;
  const abort = (): void => cut?.();
  const deadline = deadlines.watch(ask.timeouts, signal, () => {
    late = !signal.aborted;
    abort();
  });
  const deafen = (): void => {
    if (listening) signal.removeEventListener("abort", abort);
    listening = false;
  };

  return {
    deadline,
    listen() {
      listening = true;
      signal.addEventListener("abort", abort);
    },
    async send(connection, request) {
      if (signal.aborted) throw new Fault("client_gone");
      sent = true;
      const sending = connection.request(request);
      cut = sending.abort;
      const reply = await sending.reply;
      answered = isOk(reply);
      deadline.heard = true;
      return reply;
    },
    fail(error) {
      abort();
      // A call that is cut off while the upstream works on it is paid for: at least its prompt was read.
      if (signal.aborted) return new Fault("client_gone", { spent: sent });
      if (late) return new Fault("target_timeout", { spent: sent });
      if (error instanceof Fault) return error;
      if (answered) return new Fault("target_broken", { spent: true });
      return new Fault("target_down", { say: `The provider did not answer${systemCode(error)}.` });
    },
    abort,
    drain(idleMs) {
      deafen();
      deadline.caller = undefined;
      deadline.idleMs = Math.min(deadline.idleMs, idleMs);
    },
    end() {
      deafen();
      deadlines.end(deadline);
    },
  };
}

/** ` (ECONNREFUSED)`: for the operator. Names no address. */
function systemCode(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" && /^[A-Z][A-Z0-9_]{2,50}$/.test(error.code) ? ` (${error.code})` : "";
}

function createByteStream(reply: Reply, exchange: Exchange): ByteStream {
  const { deadline } = exchange;
  const drained = async (): Promise<void> => {
    try {
      if ((await reply.read()) !== undefined) exchange.abort();
    } catch {
      // The answer was whole: how its connection ends matters to nobody.
    } finally {
      exchange.end();
    }
  };
  let open = true;
  return {
    async next() {
      deadline.waiting = true;
      try {
        const chunk = await reply.read();
        deadline.waiting = false;
        deadline.heard = true;
        if (chunk !== undefined) return chunk;
        open = false;
        exchange.end();
        return undefined;
      } catch (error) {
        throw exchange.fail(error);
      }
    },
    finish() {
      if (!open) return;
      open = false;
      deadline.waiting = true;
      exchange.drain(DRAIN_MS);
      void drained();
    },
    cancel() {
      if (!open) return;
      open = false;
      exchange.abort();
      exchange.end();
    },
  };
}

/** A short body comes at once, and is read at once. */
function readWhole(reply: Reply, exchange: Exchange, bytesMax: number): Promise<Uint8Array> {
  if (reply.whole === undefined) return readUpTo(reply, exchange, bytesMax);
  const length = reply.header("content-length");
  return length !== null && Number(length) <= Math.min(SHORT_BYTES, bytesMax) ? reply.whole() : readUpTo(reply, exchange, bytesMax);
}
const SHORT_BYTES = 256 * 1024;

/** Throws `target_broken` for a body that is longer. */
async function readUpTo(reply: Reply, exchange: Exchange, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await reply.read();
    exchange.deadline.heard = true;
    if (chunk === undefined) return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    bytes += chunk.length;
    if (bytes > bytesMax) throw new Fault("target_broken");
    chunks.push(chunk);
  }
}

const isOk = ({ status }: Reply): boolean => status >= 200 && status < 300;

const decoder = new TextDecoder("utf-8", { fatal: true });
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown;
  } catch {
    throw new Fault("target_broken");
  }
}

/** The fault of an answer with a status other than 2xx. */
async function refusal(reply: Reply, exchange: Exchange, nowMs: number): Promise<Fault> {
  let body: unknown;
  try {
    body = parseJson(await readUpTo(reply, exchange, REFUSAL_BYTES_MAX));
  } catch {
    body = undefined; // The status alone decides.
  }
  return refusalFault({ status: reply.status, body, retryAfterMs: retryAfterMs(reply.header, nowMs) });
}

/** A stream was asked for and JSON came: an error with status 200, or a server that cannot stream. */
async function notAStream(reply: Reply, exchange: Exchange): Promise<Fault> {
  const body = parseJson(await readUpTo(reply, exchange, REFUSAL_BYTES_MAX));
  return isRecord(body) && "error" in body ? errorObjectFault(body) : new Fault("target_broken");
}
