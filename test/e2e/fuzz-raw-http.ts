import { connect } from "node:net";

export type RawAnswer = {
  /** 0: the server closed the connection without an answer. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
};

/** One request over a socket of its own, byte for byte as given: no client limits how many there are, or how wrong. */
export function sendRaw(url: string, bytes: Buffer, withinMs = 10_000): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const isHead = bytes.subarray(0, 5).toString("latin1") === "HEAD ";
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => void socket.write(bytes));
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(readAnswer(finalOf(Buffer.concat(pieces))));
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no whole answer within ${withinMs} ms to ${bytes.subarray(0, 200).toString("latin1")}`));
    }, withinMs);
    socket.on("data", (piece: Buffer) => {
      pieces.push(piece);
      if (isWhole(finalOf(Buffer.concat(pieces)), isHead)) done();
    });
    // A server that has refused a body may reset the connection under the rest of it.
    socket.on("error", done);
    socket.on("close", done);
  });
}

/** Headers and body of a request that is right. */
export function toRequest(method: string, path: string, headers: Readonly<Record<string, string>>, body: string | Buffer = ""): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ host: "weir", "content-length": String(bytes.length), ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"), bytes]);
}

/** Without the `100 Continue` that comes before an answer. */
function finalOf(bytes: Buffer): Buffer {
  const end = bytes.indexOf("\r\n\r\n");
  return end >= 0 && bytes.subarray(0, 10).toString("latin1") === "HTTP/1.1 1" ? finalOf(bytes.subarray(end + 4)) : bytes;
}

function isWhole(bytes: Buffer, isHead: boolean): boolean {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return false;
  if (isHead) return true;
  const head = bytes.subarray(0, end).toString("latin1").toLowerCase();
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  if (length !== undefined) return bytes.length >= end + 4 + Number(length);
  return head.includes("chunked") ? bytes.subarray(-5).toString("latin1") === "0\r\n\r\n" : false;
}

function readAnswer(bytes: Buffer): RawAnswer {
  const text = bytes.toString("utf8");
  const end = text.indexOf("\r\n\r\n");
  const lines = text.slice(0, Math.max(0, end)).split("\r\n");
  const headers = new Map(
    lines.slice(1).map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), headers, text: end < 0 ? text : text.slice(end + 4) };
}
