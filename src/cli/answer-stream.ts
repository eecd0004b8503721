import { createSseParser, SseBroken } from "../kernel/sse.ts";
import { CommandError } from "./command.ts";
import { fieldOf, findText } from "./read.ts";
import { printable } from "./terminal.ts";

/** A document that an answer rests on. */
export type Source = { readonly index: number; readonly title: string; readonly filename: string };

export type AnswerEnd = { readonly sources: readonly Source[]; readonly model: string | undefined; readonly provider: string | undefined };

/** Reads a streamed chat completion: yields its text as it comes, returns what the last chunk says. Throws where the server says so, or breaks off. */
export async function* readAnswer(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, AnswerEnd> {
  let end: AnswerEnd = { sources: [], model: undefined, provider: undefined };
  let done = false;
  for await (const data of eventData(body)) {
    if (data === "[DONE]") {
      done = true;
      break;
    }
    const chunk = parse(data);
    const error = fieldOf(chunk, "error");
    if (error !== undefined) throw new CommandError(printable(findText(error, "message") ?? "The answer broke off."));
    const choices = fieldOf(chunk, "choices");
    const text = Array.isArray(choices) ? findText(fieldOf(choices[0], "delta"), "content") : undefined;
    if (text !== undefined && text !== "") yield text;
    const weir = fieldOf(chunk, "weir");
    if (weir !== undefined) end = { sources: sourcesOf(weir), model: findText(weir, "model"), provider: findText(weir, "provider") };
  }
  if (!done) throw new CommandError("The answer broke off: the connection ended before the answer did.");
  return end;
}

async function* eventData(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let events: string[] = [];
  const parser = createSseParser((_name, data) => void events.push(data));
  for await (const bytes of body) {
    try {
      parser.push(bytes);
    } catch (error) {
      throw error instanceof SseBroken ? new CommandError(`The answer cannot be read: ${error.message}.`) : error;
    }
    yield* events;
    events = [];
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    throw new CommandError("The server sent an event that is not JSON.");
  }
}

function sourcesOf(weir: unknown): Source[] {
  const citations = fieldOf(weir, "citations");
  if (!Array.isArray(citations)) return [];
  return citations.flatMap((citation: unknown) => {
    const index = fieldOf(citation, "index");
    if (typeof index !== "number" || fieldOf(citation, "cited") === false) return [];
    return [{ index, title: printable(findText(citation, "title") ?? ""), filename: printable(findText(citation, "filename") ?? "") }];
  });
}
