import type { Quiet, StreamPacer } from "./stream-pacer.ts";

/** What turns parts into event text; the protocol's own. */
export type EventWriter<P> = {
  /** May be empty. */
  write(part: P): string;
  /** The protocol's error event. */
  fail(error: unknown): string;
};

export type SseOptions<P> = {
  /** In lists: what came together is sent together. */
  readonly parts: AsyncGenerator<readonly P[], void>;
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
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the runtime's own kind of source, which the standard's types do not know
const DirectStream = ReadableStream as unknown as new (source: Bun.DirectUnderlyingSource) => ReadableStream<Uint8Array>;

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
  let ended = false;
  const end = (): void => {
    ended = true;
    pacer.forget(quiet);
    options.ended();
  };

  // The runtime's own kind of stream: text goes to the socket as it is written. A standard one passes each piece through a queue and two
  // promises, which cost more than all else that is done to a part.
  const body = new DirectStream({
    type: "direct",
    async pull(controller) {
      let full = false;
      const untilRoom = async (room: Promise<unknown>): Promise<void> => {
        full = true;
        await room;
        full = false;
      };
      const send = (text: string): undefined | Promise<void> => {
        const room: unknown = controller.write(text);
        return room instanceof Promise ? untilRoom(room) : undefined;
      };
      // A reader that does not keep up needs no sign of life.
      quiet.ping = () => {
        if (!ended && !full) void send(PING);
      };
      // The head goes out with the first bytes of the body: without this one the commitment would wait for another silence.
      if (isSilent) await send(PING);
      try {
        for (let next = await first; next.done !== true; next = await parts.next()) {
          if (ended) return;
          let text = "";
          for (const part of next.value) text += writer.write(part);
          if (text === "") continue;
          quiet.lastMs = pacer.nowMs();
          const sending = send(text);
          if (sending !== undefined) await sending;
        }
      } catch (error) {
        if (!ended) await send(writer.fail(error));
      }
      if (ended) return;
      end();
      controller.close();
    },
    async cancel() {
      if (ended) return;
      end();
      abort.abort();
      // The generator records the call as aborted; what it throws then has no reader.
      await parts.return().catch(() => undefined);
    },
  });
  return new Response(body, { headers: { ...options.headers, ...SSE_HEADERS } });
}
