import { SSE_LINE_BYTES_MAX } from "./limits.ts";

/** Thrown for a line or an event that is too long, or bytes that are not UTF-8. Carries none of the text. */
export class SseBroken extends Error {
  override readonly name = "SseBroken";
}

export type SseParser = {
  /** Takes the next bytes, cut anywhere. Calls `onEvent` before it returns; throws SseBroken, or what `onEvent` throws. */
  push(bytes: Uint8Array): void;
};

const CR = 13;
const LF = 10;

/**
 * Reads `text/event-stream` as https://html.spec.whatwg.org/multipage/server-sent-events.html says, but for `id` and `retry`, which
 * mean reconnecting. `name` is "" where no `event:` line came. What follows the last empty line is never an event: the standard drops it.
 *
 * Bytes are decoded up to the last line end only. A line end is never a byte of another character, so nothing is decoded twice and
 * no character is cut; the usual chunk, whole events, is one decode, and a slice for each event.
 */
export function createSseParser(onEvent: (name: string, data: string) => void, lineBytesMax = SSE_LINE_BYTES_MAX): SseParser {
  const lines = createLineReader(onEvent, lineBytesMax);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** Bytes of a line whose end has not come, in the pieces they came in: joined once, so that a long line costs its length. */
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let begun = false;

  const tooLong = (): SseBroken => new SseBroken(`a line is longer than ${lineBytesMax} bytes`);
  const keep = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    restBytes += bytes.length;
    if (restBytes > lineBytesMax) throw tooLong();
    rest.push(bytes.slice());
  };
  const decode = (bytes: Uint8Array): string => {
    try {
      return decoder.decode(bytes);
    } catch {
      throw new SseBroken("the bytes are not UTF-8");
    }
  };

  /** The bytes before `end`, with what was kept before them. */
  const complete = (bytes: Uint8Array, end: number): Uint8Array => {
    const whole = end === bytes.length ? bytes : bytes.subarray(0, end);
    if (restBytes === 0) return whole;
    if (restBytes + firstLineBytes(whole) > lineBytesMax) throw tooLong();
    const joined = join(rest, restBytes, whole);
    rest = [];
    restBytes = 0;
    return joined;
  };
  const pushUpToLineMax = (bytes: Uint8Array): void => {
    const end = lineEndsAt(bytes);
    if (end === 0) return keep(bytes);
    let text = decode(complete(bytes, end));
    if (!begun) {
      begun = true;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    lines.read(text);
    if (end < bytes.length) keep(bytes.subarray(end));
  };

  return {
    push(bytes) {
      if (bytes.length <= lineBytesMax) return pushUpToLineMax(bytes);
      for (let at = 0; at < bytes.length; at += lineBytesMax) pushUpToLineMax(bytes.subarray(at, at + lineBytesMax));
    },
  };
}

/** Bytes before the first line end. */
function firstLineBytes(bytes: Uint8Array): number {
  return bytes.findIndex((byte) => byte === LF || byte === CR);
}

/** Position after the last line end, 0 where there is none. */
function lineEndsAt(bytes: Uint8Array): number {
  if (bytes[bytes.length - 1] === LF) return bytes.length;
  return Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1;
}

function join(pieces: readonly Uint8Array[], piecesBytes: number, last: Uint8Array): Uint8Array {
  const all = new Uint8Array(piecesBytes + last.length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  all.set(last, at);
  return all;
}

/** Reads text that ends at a line end into events. */
function createLineReader(onEvent: (name: string, data: string) => void, eventCharsMax: number): { read(text: string): void } {
  let name = "";
  let data: string | undefined;
  /** The last text ended in CR: an LF that comes next belongs to it. */
  let afterCr = false;

  const field = (line: string): void => {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const key = colon < 0 ? line : line.slice(0, colon);
    let value = "";
    if (colon > 0) value = line.charCodeAt(colon + 1) === 32 ? line.slice(colon + 2) : line.slice(colon + 1);
    if (key === "data") {
      data = data === undefined ? value : `${data}\n${value}`;
      if (data.length > eventCharsMax) throw new SseBroken(`an event is longer than ${eventCharsMax} characters`);
    } else if (key === "event") name = value;
  };
  const endEvent = (): void => {
    const [ofName, ofData] = [name, data];
    name = "";
    data = undefined;
    if (ofData !== undefined) onEvent(ofName, ofData);
  };
  const line = (text: string): void => (text === "" ? endEvent() : field(text));

  const readLf = (text: string): void => {
    for (let at = 0; at < text.length;) {
      const end = text.indexOf("\n", at);
      // The usual event: one line of data, then an empty one.
      if (data === undefined && text.charCodeAt(end + 1) === LF && text.startsWith("data: ", at)) {
        const ofName = name;
        name = "";
        const from = at + 6;
        at = end + 2;
        onEvent(ofName, text.slice(from, end));
        continue;
      }
      line(text.slice(at, end));
      at = end + 1;
    }
  };
  const readAny = (text: string): void => {
    for (let at = 0; at < text.length;) {
      let end = at;
      while (text.charCodeAt(end) !== LF && text.charCodeAt(end) !== CR) end++;
      const next = end + (text.charCodeAt(end) === CR && text.charCodeAt(end + 1) === LF ? 2 : 1);
      line(text.slice(at, end));
      at = next;
    }
  };

  return {
    read(text) {
      const from = afterCr && text.charCodeAt(0) === LF ? text.slice(1) : text;
      if (!from.includes("\r")) {
        afterCr = false;
        return readLf(from);
      }
      afterCr = from.charCodeAt(from.length - 1) === CR;
      readAny(from);
    },
  };
}

/** An event whose data is JSON text, which holds no line end: the fast way to write one. */
export const sseData = (json: string): string => `data: ${json}\n\n`;
export const sseEvent = (name: string, json: string): string => `event: ${name}\ndata: ${json}\n\n`;
/** Keeps a silent connection open; readers skip it. */
export const SSE_PING = ": ping\n\n";
export const SSE_DONE = "data: [DONE]\n\n";

/** Any text as an event, line by line. */
export function encodeSse(data: string, name = ""): string {
  let text = name === "" ? "" : `event: ${oneLine(name)}\n`;
  for (const line of data.split(/\r\n|\r|\n/)) text += `data: ${line}\n`;
  return `${text}\n`;
}

/** A comment, which readers skip. */
export const sseComment = (text: string): string => `: ${oneLine(text)}\n\n`;

const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, " ");
