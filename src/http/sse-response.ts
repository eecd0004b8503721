import type { Quiet, StreamPacer } from "./stream-pacer.ts";

/** What turns parts into event text; the protocol's own. */
export type EventWriter<P> = {
  /** May be empty. */
  write(part: P): string;
  /** The protocol's error event. */
  fail(error: unknown): string;
};

export type SseOptions<P> = {
  readonly parts: AsyncGenerator<P, void>;
  readonly writer: EventWriter<P>;
  /** Aborts the call when the client goes away. */
  readonly abort: AbortController;
  readonly pacer: StreamPacer;
  readonly headers: Readonly<Record<string, string>>;
  /** Called once, when nothing more will be sent. */
  readonly ended: () => void;
};

const SSE_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  // nginx buffers a proxied stream unless told not to.
  "x-accel-buffering": "no",
};
const PING = ": ping\n\n";
const encoder = new TextEncoder();

/**
 * An answer as server-sent events. Waits for the first part, so that a refusal has a status of its own; a silence of ten seconds
 * commits status 200 with a comment, and what fails after that is an error event. After an error event nothing follows.
 */
export async function sseResponse<P>(options: SseOptions<P>): Promise<Response> {
  const { parts, writer, abort, pacer } = options;
  const silence = Promise.withResolvers<"silent">();
  const quiet: Quiet = { lastMs: pacer.nowMs(), ping: () => silence.resolve("silent") };
  pacer.watch(quiet);
  const first = parts.next();
  let isSilent: boolean;
  try {
    isSilent = (await Promise.race([first, silence.promise])) === "silent";
  } catch (error) {
    pacer.forget(quiet);
    options.ended();
    throw error;
  }
  let pending: Promise<IteratorResult<P, void>> | undefined = first;
  let ended = false;
  const end = (): void => {
    ended = true;
    pacer.forget(quiet);
    options.ended();
  };

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // The runtime sends the head with the first bytes of the body: without this one the commitment would wait for another silence.
      if (isSilent) controller.enqueue(encoder.encode(PING));
      quiet.ping = () => {
        // A reader that does not keep up needs no sign of life.
        if (!ended && (controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(PING));
      };
    },
    async pull(controller) {
      try {
        let text = "";
        while (text === "") {
          const next = await (pending ?? parts.next());
          pending = undefined;
          if (ended) return;
          if (next.done === true) {
            end();
            controller.close();
            return;
          }
          text = writer.write(next.value);
        }
        quiet.lastMs = pacer.nowMs();
        controller.enqueue(encoder.encode(text));
      } catch (error) {
        if (ended) return;
        end();
        controller.enqueue(encoder.encode(writer.fail(error)));
        controller.close();
      }
    },
    async cancel() {
      end();
      abort.abort();
      // The generator records the call as aborted; what it throws then has no reader.
      await parts.return().catch(() => undefined);
    },
  });
  return new Response(body, { headers: { ...options.headers, ...SSE_HEADERS } });
}
