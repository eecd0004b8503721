import { createSseParser } from "../kernel/sse.ts";
import { type Api, pathOf } from "./api.ts";
import type { Progress } from "./progress.ts";
import { fieldOf, findText } from "./read.ts";

/**
 * Shows how far the documents of a collection are while something else waits for them: by the server's events, until the signal. A server that
 * tells none leaves the bar as it is.
 */
export async function watchIndex(api: Api, collectionId: string, progress: Progress, signal: AbortSignal): Promise<void> {
  const parser = createSseParser((_name, data) => show(JSON.parse(data), progress));
  try {
    for await (const bytes of await api.events(`${pathOf("v1", "vector_stores", collectionId, "events")}?follow=true`, signal))
      parser.push(bytes);
  } catch {
    // It is only the bar: whoever waits for a document asks for it, and hears what is wrong.
  }
}

function show(event: unknown, progress: Progress): void {
  if (findText(event, "object") !== "vector_store.file.progress" || findText(event, "status") !== "in_progress") return;
  const chunks = fieldOf(event, "chunks");
  const [done, total] = [Number(fieldOf(chunks, "done") ?? 0), Number(fieldOf(chunks, "total") ?? 0)];
  progress.part(
    findText(event, "filename") ?? "",
    total > 0 ? done / total : 0,
    total > 0 ? `${done} of ${total} chunks` : "is being read",
  );
}
