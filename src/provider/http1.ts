import { Http1Broken, Http1Parser, type Head } from "./http1-parser.ts";
import type { Connection, Reply, Request } from "./connection.ts";

/**
 * Idle connections are closed before common servers close theirs (uvicorn and Node after five seconds), so that a request seldom meets
 * a closing one: it could not be repeated, for the upstream may have read it.
 */
const IDLE_MS = 4000;
const IDLE_MAX = 1024;
/** A reader that is slower than its upstream holds no more than this; then the upstream has to wait. */
const QUEUE_BYTES_MAX = 64 * 1024;

/**
 * HTTP/1.1 without TLS to one server, for models on own hardware. The runtime's fetch costs more a call: it runs on a thread of its
 * own, which a busy core has to be shared with (docs/decisions/0007-http1.md).
 */
export function createHttp1Connection(): Connection {
  const idle: Line[] = [];
  let closed = false;
  const lines = new Set<Line>();

  const take = (origin: Origin): Line => {
    for (let line = idle.pop(); line !== undefined; line = idle.pop()) if (line.isFresh()) return line;
    const line = createLine(origin, {
      free(freed) {
        if (closed || idle.length >= IDLE_MAX) freed.destroy();
        else idle.push(freed);
      },
      gone(dead) {
        lines.delete(dead);
        const at = idle.indexOf(dead);
        if (at >= 0) idle.splice(at, 1);
      },
    });
    lines.add(line);
    return line;
  };

  return {
    request(request) {
      const line = take(originOf(request.url));
      return line.send(toText(request));
    },
    close() {
      closed = true;
      for (const line of idle.splice(0)) line.destroy();
    },
  };
}

type Origin = { readonly host: string; readonly port: number };
type Line = {
  send(text: string): ReturnType<Connection["request"]>;
  isFresh(): boolean;
  destroy(): void;
};
type Owner = { free(line: Line): void; gone(line: Line): void };

/** One connection: one request at a time, then free for the next. */
function createLine(origin: Origin, owner: Owner): Line {
  let exchange: Exchange | undefined;
  let dead = false;
  let idleTimer: ReturnType<typeof setTimeout> | undefined;
  const wire = createWire(origin, {
    data: (bytes) => receive(bytes),
    lost: (error, byPeer) => lose(error, byPeer),
  });
  const lose = (error: Error, byPeer = false): void => {
    if (dead) return;
    dead = true;
    clearTimeout(idleTimer);
    wire.close();
    const lost = exchange;
    exchange = undefined;
    owner.gone(line);
    lost?.lost(error, byPeer);
  };
  const receive = (bytes: Buffer): void => {
    if (exchange === undefined) return lose(new Http1Broken());
    try {
      exchange.push(bytes);
    } catch (error) {
      lose(error instanceof Error ? error : new Http1Broken());
    }
  };

  const line: Line = {
    send(text) {
      clearTimeout(idleTimer);
      const made = createExchange(wire, (reusable) => {
        exchange = undefined;
        if (!reusable) return lose(new ConnectionEnded());
        idleTimer = setTimeout(() => lose(new ConnectionEnded()), IDLE_MS);
        idleTimer.unref();
        owner.free(line);
      });
      exchange = made;
      if (dead) made.lost(new ConnectionEnded(), false);
      else wire.write(text);
      return {
        reply: made.reply,
        abort() {
          // By now the connection may carry somebody else's request.
          if (exchange === made) lose(new ConnectionEnded());
        },
      };
    },
    isFresh: () => !dead,
    destroy: () => lose(new ConnectionEnded()),
  };
  return line;
}

type Wire = { write(text: string): void; pause(): void; resume(): void; close(): void };
type WireEvents = { data(bytes: Buffer): void; /** `byPeer`: ended in good order. */ lost(error: Error, byPeer: boolean): void };

/** One socket of the runtime's: it calls back with bytes, where `node:net` puts a stream between, at twice the cost of a small piece. */
function createWire(origin: Origin, events: WireEvents): Wire {
  let socket: Bun.Socket | undefined;
  let closed = false;
  /** Not taken by the system yet, or written before the socket opened. */
  let unsent: Buffer | undefined;
  const flush = (): void => {
    if (socket === undefined || unsent === undefined) return;
    const taken = socket.write(unsent);
    unsent = taken >= unsent.length ? undefined : unsent.subarray(Math.max(0, taken));
  };
  const lost = (error: Error, byPeer = false): void => {
    if (!closed) events.lost(error, byPeer);
  };
  const opening = Bun.connect({
    hostname: origin.host,
    port: origin.port,
    socket: {
      open(opened) {
        socket = opened;
        if (closed) opened.terminate();
        else flush();
      },
      data: (_, bytes) => {
        if (!closed) events.data(bytes);
      },
      drain: flush,
      end: () => lost(new ConnectionEnded(), true),
      close: () => lost(new ConnectionEnded()),
      error: (_, error) => lost(error),
      connectError: (_, error) => lost(error),
    },
  });
  opening.catch((error: unknown) => lost(error instanceof Error ? error : new ConnectionEnded()));
  return {
    write(text) {
      // The usual case, in which the system takes all of it at once.
      const taken = socket === undefined || unsent !== undefined ? 0 : Math.max(0, socket.write(text));
      if (taken > 0 && taken === Buffer.byteLength(text)) return;
      const rest = Buffer.from(text).subarray(taken);
      unsent = unsent === undefined ? rest : Buffer.concat([unsent, rest]);
      flush();
    },
    pause: () => socket?.pause(),
    resume: () => socket?.resume(),
    close() {
      closed = true;
      unsent = undefined;
      socket?.terminate();
    },
  };
}

class ConnectionEnded extends Error {
  override readonly name = "ConnectionEnded";
  readonly code = "ECONNRESET";
}

type Exchange = {
  readonly reply: Promise<Reply>;
  push(bytes: Buffer): void;
  /** `byPeer`: the server ended it in good order, which may be how its answer ends. */ lost(error: Error, byPeer: boolean): void;
};

function createExchange(wire: Pick<Wire, "pause" | "resume">, ended: (reusable: boolean) => void): Exchange {
  const { promise: reply, resolve, reject } = Promise.withResolvers<Reply>();
  const queue: Uint8Array[] = [];
  let queued = 0;
  let over = false;
  let failure: Error | undefined;
  let waiting: PromiseWithResolvers<Uint8Array | undefined> | undefined;

  const read = (): Promise<Uint8Array | undefined> => {
    const next = queue.shift();
    if (next !== undefined) {
      if (queued > QUEUE_BYTES_MAX && queued - next.length <= QUEUE_BYTES_MAX) wire.resume();
      queued -= next.length;
      return Promise.resolve(next);
    }
    if (over) return Promise.resolve(undefined);
    if (failure !== undefined) return Promise.reject(failure);
    waiting = Promise.withResolvers();
    return waiting.promise;
  };
  const settle = (deliver: (waiter: PromiseWithResolvers<Uint8Array | undefined>) => void): void => {
    const waiter = waiting;
    waiting = undefined;
    if (waiter !== undefined) deliver(waiter);
  };
  const parser = new Http1Parser({
    head: (head) => resolve(toReply(head, read)),
    body(bytes) {
      if (waiting !== undefined) return settle((waiter) => waiter.resolve(bytes));
      queue.push(bytes);
      queued += bytes.length;
      if (queued > QUEUE_BYTES_MAX) wire.pause();
    },
    end(reusable) {
      over = true;
      if (queued > QUEUE_BYTES_MAX) wire.resume();
      settle((waiter) => waiter.resolve(undefined));
      ended(reusable);
    },
  });
  return {
    reply,
    push: (bytes) => parser.push(bytes),
    lost(error, byPeer) {
      if (over || (byPeer && parser.close())) return;
      failure = error;
      reject(error);
      settle((waiter) => waiter.reject(error));
    },
  };
}

function toReply(head: Head, read: Reply["read"]): Reply {
  return { status: head.status, header: (name) => head.headers.get(name) ?? null, read };
}

const origins = new Map<string, Origin & { readonly path: string; readonly hostHeader: string }>();

/** Addresses come from the configuration, so there are few. */
function originOf(url: string) {
  const found = origins.get(url);
  if (found !== undefined) return found;
  const { hostname, host, port, pathname, search } = new URL(url);
  const made = {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? 80 : Number(port),
    path: pathname + search,
    hostHeader: host,
  };
  origins.set(url, made);
  return made;
}

const heads = new WeakMap<Headers, Map<string, string>>();

/** The request as it goes out. All of its head but the length is the same from call to call. */
function toText({ url, headers, body }: Request): string {
  let known = heads.get(headers);
  if (known === undefined) heads.set(headers, (known = new Map()));
  let head = known.get(url);
  if (head === undefined) {
    const { path, hostHeader } = originOf(url);
    // Values were checked when the Headers were made: a line break cannot be in them.
    const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
    head = `${path} HTTP/1.1\r\nhost: ${hostHeader}\r\n${lines}`;
    known.set(url, head);
  }
  if (body === undefined) return `GET ${head}\r\n`;
  return `POST ${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
