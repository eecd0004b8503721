import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export type Terminal = {
  /** Standard output: what the command is for. */
  out(text: string): void;
  /** Standard error: progress, warnings, what went wrong. */
  err(text: string): void;
  /** Standard error is a terminal, so that a line may be drawn again. */
  readonly redraws: boolean;
  /** Somebody sits at standard input. */
  readonly interactive: boolean;
  readonly columns: number;
  /** Lines of standard input; ends with it, or when the process is told to stop. */
  lines(): AsyncIterable<string>;
};

type Stream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
type Streams = { readonly stdin: Readable & { readonly isTTY?: boolean }; readonly stdout: Stream; readonly stderr: Stream };

const COLUMNS_DEFAULT = 80;

export function createTerminal({ stdin, stdout, stderr }: Streams, signal: AbortSignal): Terminal {
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    redraws: stderr.isTTY === true,
    interactive: stdin.isTTY === true && stdout.isTTY === true,
    columns: stderr.columns ?? COLUMNS_DEFAULT,
    lines() {
      const reader = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY });
      const stop = (): void => reader.close();
      signal.addEventListener("abort", stop, { once: true });
      reader.once("close", () => signal.removeEventListener("abort", stop));
      if (signal.aborted) reader.close();
      return reader;
    },
  };
}

/**
 * Text of a server, a model or a document, without what a terminal would obey: escape sequences can hide, move and retitle.
 * Line breaks and tabs stay.
 */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}
