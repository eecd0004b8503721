/** The head of an answer. Header names are lower-case. */
export type Head = { readonly status: number; readonly headers: ReadonlyMap<string, string> };

export type Http1Events = {
  head(head: Head): void;
  body(bytes: Uint8Array): void;
  /** The answer is whole. `reusable`: the connection may carry another request. */
  end(reusable: boolean): void;
};

/** What came is no HTTP/1.1 answer. Says nothing of its content. */
export class Http1Broken extends Error {
  override readonly name = "Http1Broken";
}

/** A head or a line of chunk framing that is longer is no model server's. */
const HEAD_BYTES_MAX = 64 * 1024;
const LINE_BYTES_MAX = 4096;
const CR = 13;
const LF = 10;

type State = "head" | "length" | "chunk-size" | "chunk-data" | "chunk-end" | "trailer" | "until-close" | "done";

/**
 * Reads one answer (RFC 9112) from pieces split anywhere. Strict where leniency lets two readers disagree on where an answer ends:
 * both length and chunking, differing lengths, odd chunk sizes and other transfer codings are broken.
 */
export class Http1Parser {
  readonly #events: Http1Events;
  #state: State = "head";
  #held: Buffer | undefined;
  #left = 0;
  #line = "";
  #keep = false;

  constructor(events: Http1Events) {
    this.#events = events;
  }

  /** Throws Http1Broken. */
  push(piece: Buffer): void {
    const bytes = this.#state === "head" ? this.#readHeads(piece) : piece;
    for (let at = 0; at < bytes.length;) at = this.#step(bytes, at);
  }

  /** The connection has ended in good order: true where the answer is whole by that. */
  close(): boolean {
    if (this.#state === "until-close") this.#finish(1);
    return this.#state === "done";
  }

  /** Heads up to the answer's own; returns what follows it. */
  #readHeads(piece: Buffer): Buffer {
    let bytes = this.#held === undefined ? piece : Buffer.concat([this.#held, piece]);
    this.#held = undefined;
    for (;;) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) {
        if (bytes.length > HEAD_BYTES_MAX) throw new Http1Broken();
        this.#held = bytes;
        return NOTHING;
      }
      const head = bytes.toString("latin1", 0, end);
      bytes = bytes.subarray(end + 4);
      if (this.#begin(head, bytes.length)) return bytes;
    }
  }

  /** False for an interim answer. */
  #begin(text: string, rest: number): boolean {
    const { head, version } = parseHead(text);
    if (head.status === 101) throw new Http1Broken();
    if (head.status < 200) return false;
    const framing = framingOf(head);
    this.#keep = version === 1 && !/\bclose\b/i.test(head.headers.get("connection") ?? "") && framing !== "until-close";
    this.#events.head(head);
    if (framing === 0) this.#finish(rest);
    else if (typeof framing === "number") {
      this.#left = framing;
      this.#state = "length";
    } else this.#state = framing === "chunked" ? "chunk-size" : framing;
    return true;
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case "head":
      case "done":
        // Nobody asked for more: the connection is not used again.
        return bytes.length;
      case "length":
      case "chunk-data":
        return this.#readBody(bytes, at);
      case "until-close":
        this.#events.body(at === 0 ? bytes : bytes.subarray(at));
        return bytes.length;
      case "chunk-end": {
        const byte = bytes[at];
        if (byte === LF) this.#state = "chunk-size";
        else if (byte !== CR) throw new Http1Broken();
        return at + 1;
      }
      case "chunk-size":
      case "trailer":
        return this.#readLine(bytes, at);
    }
  }

  #readBody(bytes: Buffer, at: number): number {
    const to = Math.min(bytes.length, at + this.#left);
    this.#left -= to - at;
    this.#events.body(bytes.subarray(at, to));
    if (this.#left > 0) return to;
    if (this.#state === "length") this.#finish(bytes.length - to);
    else this.#state = "chunk-end";
    return to;
  }

  #readLine(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LF, at);
    this.#line += bytes.toString("latin1", at, end < 0 ? bytes.length : end);
    if (this.#line.length > LINE_BYTES_MAX) throw new Http1Broken();
    if (end < 0) return bytes.length;
    const line = this.#line.endsWith("\r") ? this.#line.slice(0, -1) : this.#line;
    this.#line = "";
    if (this.#state === "chunk-size") {
      this.#left = parseChunkSize(line);
      this.#state = this.#left === 0 ? "trailer" : "chunk-data";
    } else if (line === "") this.#finish(bytes.length - end - 1);
    return end + 1;
  }

  #finish(rest: number): void {
    this.#state = "done";
    this.#events.end(this.#keep && rest === 0);
  }
}

const NOTHING = Buffer.alloc(0);
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function parseHead(text: string): { readonly head: Head; readonly version: 0 | 1 } {
  let end = text.indexOf("\r\n");
  if (end < 0) end = text.length;
  const status = STATUS_LINE.exec(text.slice(0, end));
  if (status === null) throw new Http1Broken();
  const headers = new Map<string, string>();
  for (let at = end + 2; at < text.length; at = end + 2) {
    end = text.indexOf("\r\n", at);
    if (end < 0) end = text.length;
    const colon = text.indexOf(":", at);
    if (colon < 0 || colon > end) throw new Http1Broken();
    addHeader(headers, nameOf(text.slice(at, colon)), text.slice(colon + 1, end).trim());
  }
  return { head: { status: Number(status[2]), headers }, version: status[1] === "1" ? 1 : 0 };
}

function addHeader(headers: Map<string, string>, name: string, value: string): void {
  if (value.includes("\n") || value.includes("\r")) throw new Http1Broken();
  const before = headers.get(name);
  if (before !== undefined && name === "content-length" && before !== value) throw new Http1Broken();
  headers.set(name, before === undefined || name === "content-length" ? value : `${before}, ${value}`);
}

/** Servers send the same few names again and again, so those that were checked are kept in lower case. */
const names = new Map<string, string>();
const NAMES_MAX = 1000;
function nameOf(raw: string): string {
  const known = names.get(raw);
  if (known !== undefined) return known;
  if (!NAME.test(raw)) throw new Http1Broken();
  const name = raw.toLowerCase();
  if (names.size < NAMES_MAX) names.set(raw, name);
  return name;
}

/** How the body ends: its length, its chunks, or the connection. */
function framingOf({ status, headers }: Head): number | "chunked" | "until-close" {
  const length = headers.get("content-length");
  const coding = headers.get("transfer-encoding");
  if (coding !== undefined && length !== undefined) throw new Http1Broken();
  if (status === 204 || status === 304) return 0;
  if (coding !== undefined) {
    if (coding.toLowerCase() !== "chunked") throw new Http1Broken();
    return "chunked";
  }
  if (length === undefined) return "until-close";
  if (!/^\d{1,15}$/.test(length)) throw new Http1Broken();
  return Number(length);
}

function parseChunkSize(line: string): number {
  const size = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line);
  if (size?.[1] === undefined) throw new Http1Broken();
  return Number.parseInt(size[1], 16);
}
