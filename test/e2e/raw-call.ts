import { connect, type Socket } from "node:net";

/** An answer as its bytes came over the socket, with no client in between that could smooth it. */
export type RawAnswer = {
  /** 0: no head came. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** `whole`: by HTTP's own rules; `cut`: the connection ended before that; `hung`: neither within the time allowed. */
  readonly end: "whole" | "cut" | "hung";
  /** Longest silence between two pieces, the wait for the first included. */
  readonly silenceMs: number;
};

export type RawCall = {
  readonly answer: Promise<RawAnswer>;
  /** The body so far. */
  readonly soFar: string;
  /** Resolves when the body so far satisfies `isTrue`; rejects when the answer ends before. */
  until(isTrue: (body: string) => boolean): Promise<void>;
  /** Goes away: `fin` as a closed tab, `reset` as a killed process. Returns when, on the monotonic clock. */
  leave(how: "fin" | "reset"): number;
};

type Ask = { readonly url: string; readonly key: string; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };

/** A chat call over a socket of its own. */
export function openRawCall({ url, key, body, headers = {} }: Ask, withinMs = 10_000): RawCall {
  const { hostname, port, pathname } = new URL(url);
  const text = JSON.stringify(body);
  const given = { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers };
  const head = Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${head.join("")}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
  return readAnswer(socket, withinMs);
}

export const rawCall = (ask: Ask, withinMs?: number): Promise<RawAnswer> => openRawCall(ask, withinMs).answer;

function readAnswer(socket: Socket, withinMs: number): RawCall {
  let bytes = Buffer.alloc(0);
  let lastMs = performance.now();
  let silenceMs = 0;
  let parsed = parseAnswer(bytes, false);
  const lookers = new Set<() => void>();
  const { promise, resolve } = Promise.withResolvers<RawAnswer>();
  let ended: RawAnswer["end"] | undefined;
  const finish = (end: RawAnswer["end"]): void => {
    if (ended !== undefined) return;
    ended = end;
    clearTimeout(timer);
    socket.destroy();
    resolve({ ...parsed, end, silenceMs });
    for (const look of lookers) look();
  };
  const timer = setTimeout(() => {
    silenceMs = Math.max(silenceMs, performance.now() - lastMs);
    finish("hung");
  }, withinMs);
  socket.on("data", (chunk: Buffer) => {
    const now = performance.now();
    silenceMs = Math.max(silenceMs, now - lastMs);
    lastMs = now;
    bytes = Buffer.concat([bytes, chunk]);
    parsed = parseAnswer(bytes, false);
    for (const look of lookers) look();
    if (parsed.isWhole) finish("whole");
  });
  socket.on("error", () => finish("cut"));
  socket.on("close", () => {
    parsed = parseAnswer(bytes, true);
    finish(parsed.isWhole ? "whole" : "cut");
  });
  return {
    answer: promise,
    get soFar() {
      return parsed.body;
    },
    until: (isTrue) =>
      new Promise((done, fail) => {
        const look = (): void => {
          if (isTrue(parsed.body)) done();
          else if (ended !== undefined) fail(new Error(`the answer ended (${ended}) with ${JSON.stringify(parsed.body.slice(-300))}`));
          else return;
          lookers.delete(look);
        };
        lookers.add(look);
        look();
      }),
    leave(how) {
      if (how === "fin") socket.destroy();
      else socket.resetAndDestroy();
      return performance.now();
    },
  };
}

type Parsed = Pick<RawAnswer, "status" | "headers" | "body"> & { readonly isWhole: boolean };

function parseAnswer(bytes: Buffer, closed: boolean): Parsed {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return { status: 0, headers: new Map(), body: "", isWhole: false };
  const [first = "", ...lines] = bytes.subarray(0, headEnd).toString("latin1").split("\r\n");
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
  const status = Number(first.split(" ")[1]);
  const rest = bytes.subarray(headEnd + 4);
  const length = headers.get("content-length");
  if (headers.get("transfer-encoding") === "chunked") return { status, headers, ...readChunks(rest) };
  if (length === undefined) return { status, headers, body: rest.toString(), isWhole: closed };
  return { status, headers, body: rest.subarray(0, Number(length)).toString(), isWhole: rest.length >= Number(length) };
}

function readChunks(bytes: Buffer): { body: string; isWhole: boolean } {
  const pieces: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(bytes.subarray(at, lineEnd).toString("latin1"), 16);
    if (size === 0 && bytes.length >= lineEnd + 4) return { body: Buffer.concat(pieces).toString(), isWhole: true };
    if (!(size > 0) || bytes.length < lineEnd + 2 + size) return { body: Buffer.concat(pieces).toString(), isWhole: false };
    pieces.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 4 + size;
  }
}

export type StreamEvents = {
  /** Data of the events, in order. */
  readonly data: readonly string[];
  readonly pings: number;
  /** Something that is neither an event of one data line nor a comment. */
  readonly strange: readonly string[];
};

export function eventsOf(body: string): StreamEvents {
  const blocks = body.split("\n\n");
  const data = blocks.filter((block) => block.startsWith("data: ") && !block.includes("\n")).map((block) => block.slice(6));
  const pings = blocks.filter((block) => block.startsWith(":")).length;
  const strange = blocks.filter(
    (block) => block !== "" && !block.startsWith(":") && !(block.startsWith("data: ") && !block.includes("\n")),
  );
  return { data, pings, strange };
}

type Chunk = {
  readonly choices?: readonly { readonly delta?: { readonly content?: string }; readonly finish_reason?: string | null }[];
  readonly error?: { readonly message?: unknown; readonly type?: unknown; readonly code?: unknown };
  readonly weir?: Readonly<Record<string, unknown>>;
};

/** What a stream said, event by event. `[DONE]` and what is no JSON are not among the chunks. */
export function chunksOf(body: string): Chunk[] {
  return eventsOf(body).data.flatMap((text) => {
    try {
      return text === "[DONE]" ? [] : [JSON.parse(text) as Chunk];
    } catch {
      return [];
    }
  });
}

export const textOf = (body: string): string =>
  chunksOf(body)
    .map((chunk) => chunk.choices?.[0]?.delta?.content ?? "")
    .join("");

/**
 * What is wrong with the answer to a call that was broken upstream: a silent truncation, a made-up finish, a hang, an error without
 * words or with the upstream's own. Empty: it broke as it should.
 */
export function wrongsOfBroken(answer: RawAnswer, stream: boolean, wholeText: string): string[] {
  if (answer.end !== "whole") return [answer.end === "hung" ? "hang" : "the connection was cut without a word"];
  const wrongs = answer.body.includes("secret") ? ["the upstream's words were passed on"] : [];
  if (answer.status >= 400) return [...wrongs, ...wrongsOfEnvelope(answer.body)];
  if (!stream) return [...wrongs, `passed for an answer with status ${answer.status}`];
  const { data, strange } = eventsOf(answer.body);
  const chunks = chunksOf(answer.body);
  const errors = chunks.filter((chunk) => chunk.error !== undefined);
  if (strange.length > 0) wrongs.push("neither event nor comment");
  if (data.includes("[DONE]")) wrongs.push("[DONE] after a break");
  if (errors.length !== 1 || chunks.at(-1)?.error === undefined) wrongs.push("silent truncation");
  else wrongs.push(...wrongsOfEnvelope(JSON.stringify(chunks.at(-1))));
  if (chunks.some((chunk) => chunk.choices?.some((choice) => choice.finish_reason != null) === true)) wrongs.push("made-up finish");
  if (!wholeText.startsWith(textOf(answer.body))) wrongs.push("changed text");
  return wrongs;
}

function wrongsOfEnvelope(body: string): string[] {
  try {
    const { error } = JSON.parse(body) as Chunk;
    const isWhole = typeof error?.message === "string" && typeof error.type === "string" && typeof error.code === "string";
    return isWhole && !("choices" in (JSON.parse(body) as object)) ? [] : ["no error envelope"];
  } catch {
    return ["an error that is no JSON"];
  }
}
