import { ApiError, ask, type Ask } from "./client.ts";

export type ServerEvent = { readonly event: string; readonly data: string };

async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split(/\r?\n/);
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    // Whoever stops reading stops the call: the server ends it upstream.
    await reader.cancel().catch(() => {});
  }
}

/** Reads server-sent events of a fetch, which, unlike EventSource, can POST and send headers. Ends with the stream; abort it by the signal. */
export async function* events(path: string, options: Ask): AsyncGenerator<ServerEvent> {
  yield* eventsOf(await ask(path, { ...options, headers: { accept: "text/event-stream", ...options.headers } }));
}

/** The same of an answer that is there already, for who needs its headers, too. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  if (response.body === null) throw new ApiError("The server sent no stream.", { status: response.status, code: "unreadable" });
  let event = "message";
  let data: string[] = [];
  for await (const line of linesOf(response.body)) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
    if (line !== "") continue;
    if (data.length > 0) yield { event, data: data.join("\n") };
    event = "message";
    data = [];
  }
}
