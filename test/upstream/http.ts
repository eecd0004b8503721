import type { Socket } from "node:net";

export type FakeRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

/** Reads HTTP/1.1 requests with a content length from a socket, one after another, and hands each to `onRequest`. */
export function readRequests(socket: Socket, onRequest: (request: FakeRequest) => void): void {
  let buffered: Buffer = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    buffered = buffered.length === 0 ? bytes : Buffer.concat([buffered, bytes]);
    for (;;) {
      const headEnd = buffered.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const [first = "", ...lines] = buffered.toString("latin1", 0, headEnd).split("\r\n");
      const headers = new Map(
        lines.map((line) => {
          const colon = line.indexOf(":");
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
        }),
      );
      const bodyStart = headEnd + 4;
      const bodyEnd = bodyStart + Number(headers.get("content-length") ?? 0);
      if (buffered.length < bodyEnd) return;
      const [method = "", path = ""] = first.split(" ");
      const body = buffered.toString("utf8", bodyStart, bodyEnd);
      buffered = buffered.subarray(bodyEnd);
      onRequest({ method, path, headers, body });
    }
  });
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  302: "Found",
  404: "Not Found",
  429: "Too Many Requests",
  500: "Internal Server Error",
};

export function headText(status: number, headers: Readonly<Record<string, string | number>>): string {
  let text = `HTTP/1.1 ${status} ${REASONS[status] ?? "Status"}\r\n`;
  for (const [name, value] of Object.entries(headers)) text += `${name}: ${value}\r\n`;
  return `${text}\r\n`;
}

export function writeJson(socket: Socket, status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
  const body = JSON.stringify(value);
  socket.write(headText(status, { "content-type": "application/json", ...headers, "content-length": Buffer.byteLength(body) }) + body);
}

/** A body whose length is not known before. */
export type BodyWriter = {
  /** Resolves when more can be taken. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Ends the body, and with it the connection where there are no chunks. */
  end(): void;
};

export function createBodyWriter(socket: Socket, framing: "chunked" | "close", closed: Promise<void>): BodyWriter {
  const chunked = framing === "chunked";
  return {
    async write(bytes) {
      if (socket.destroyed) return;
      const data = typeof bytes === "string" ? Buffer.from(bytes) : Buffer.from(bytes);
      const framed = chunked ? Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from("\r\n")]) : data;
      if (socket.write(framed)) return;
      await Promise.race([closed, new Promise<void>((resolve) => socket.once("drain", resolve))]);
    },
    end() {
      if (chunked) socket.write("0\r\n\r\n");
      else socket.end();
    },
  };
}
