import assert from "node:assert/strict";
import { assertOpenai, openaiSpecMissing } from "../spec/openai.ts";

/** OpenAI's schema of each answer. */
const SCHEMAS: readonly (readonly [ask: RegExp, schema: string])[] = [
  [/^POST \/v1\/chat\/completions$/, "CreateChatCompletionResponse"],
  [/^POST \/v1\/embeddings$/, "CreateEmbeddingResponse"],
  [/^POST \/v1\/moderations$/, "CreateModerationResponse"],
  [/^GET \/v1\/models$/, "ListModelsResponse"],
  [/^GET \/v1\/models\/.+$/, "Model"],
  [/^POST \/v1\/files$/, "OpenAIFile"],
  [/^GET \/v1\/files$/, "ListFilesResponse"],
  [/^GET \/v1\/files\/[^/]+$/, "OpenAIFile"],
  [/^DELETE \/v1\/files\/[^/]+$/, "DeleteFileResponse"],
  [/^POST \/v1\/vector_stores$/, "VectorStoreObject"],
  [/^POST \/v1\/vector_stores\/[^/]+$/, "VectorStoreObject"],
  [/^POST \/v1\/vector_stores\/[^/]+\/files\/[^/]+$/, "VectorStoreFileObject"],
  [/^GET \/v1\/vector_stores\/[^/]+\/files\/[^/]+\/content$/, "VectorStoreFileContentResponse"],
  [/^POST \/v1\/vector_stores\/[^/]+\/file_batches$/, "VectorStoreFileBatchObject"],
  [/^GET \/v1\/vector_stores\/[^/]+\/file_batches\/[^/]+$/, "VectorStoreFileBatchObject"],
  [/^POST \/v1\/vector_stores\/[^/]+\/file_batches\/[^/]+\/cancel$/, "VectorStoreFileBatchObject"],
  [/^GET \/v1\/vector_stores\/[^/]+\/file_batches\/[^/]+\/files$/, "ListVectorStoreFilesResponse"],
  [/^GET \/v1\/vector_stores$/, "ListVectorStoresResponse"],
  [/^GET \/v1\/vector_stores\/[^/]+$/, "VectorStoreObject"],
  [/^DELETE \/v1\/vector_stores\/[^/]+$/, "DeleteVectorStoreResponse"],
  [/^POST \/v1\/vector_stores\/[^/]+\/files$/, "VectorStoreFileObject"],
  [/^GET \/v1\/vector_stores\/[^/]+\/files$/, "ListVectorStoreFilesResponse"],
  [/^GET \/v1\/vector_stores\/[^/]+\/files\/[^/]+$/, "VectorStoreFileObject"],
  [/^DELETE \/v1\/vector_stores\/[^/]+\/files\/[^/]+$/, "DeleteVectorStoreFileResponse"],
  [/^POST \/v1\/vector_stores\/[^/]+\/search$/, "VectorStoreSearchResultsPage"],
];

const check = (schema: string, value: unknown): void => {
  if (openaiSpecMissing === false) assertOpenai(schema, value);
};

type Embedding = { readonly embedding?: unknown };

/** OpenAI's description knows vectors as lists of numbers alone, though its own clients ask for base64: whole 32-bit floats of that are numbers, too. */
function withNumbers(value: unknown): unknown {
  const { object, data } = value as { object?: unknown; data?: unknown };
  if (object !== "list" || !Array.isArray(data)) return value;
  const decoded = (data as readonly Embedding[]).map((item) => {
    const bytes = typeof item.embedding === "string" ? Buffer.from(item.embedding, "base64") : undefined;
    const whole = bytes !== undefined && bytes.length > 0 && bytes.length % 4 === 0 && bytes.toString("base64") === item.embedding;
    return whole ? { ...item, embedding: Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4)) } : item;
  });
  return { ...(value as object), data: decoded };
}

/** Validates everything that passes between a client and the server. */
export function createExchange() {
  const violations: string[] = [];
  let bodies = 0;
  let events = 0;
  const validate = (schema: string, value: unknown): void => {
    try {
      check(schema, value);
    } catch (error) {
      violations.push(String(error));
    }
  };
  const readStream = (text: string): void => {
    const lines = text.split("\n").filter((line) => line.startsWith("data: "));
    for (const line of lines) {
      if (line === "data: [DONE]") continue;
      events++;
      const value = JSON.parse(line.slice(6)) as { error?: unknown };
      validate(value.error === undefined ? "CreateChatCompletionStreamResponse" : "ErrorResponse", value);
    }
  };
  return {
    violations,
    counts: () => ({ bodies, events }),
    /** `ask` is the method and the path. */
    see(ask: string, status: number, type: string, text: string): void {
      if (type.startsWith("text/event-stream")) return readStream(text);
      if (ask.endsWith("/content")) return undefined;
      bodies++;
      const schema = status >= 400 ? "ErrorResponse" : SCHEMAS.find(([pattern]) => pattern.test(ask))?.[1];
      assert.ok(schema !== undefined, `no schema for ${ask}`);
      validate(schema, withNumbers(JSON.parse(text)));
    },
  };
}
export type Exchange = ReturnType<typeof createExchange>;

/** `fetch` that shows the exchange every answer, and hands it on as it came. */
export function watchFetch(exchange: Exchange, pending: Promise<void>[]): typeof fetch {
  const watched = async (...[input, init]: Parameters<typeof fetch>): Promise<Response> => {
    const response = await fetch(input, init);
    const { pathname, protocol } = new URL(input instanceof Request ? input.url : String(input));
    // The client tries a `data:` address to learn what the runtime can do.
    if (protocol === "data:") return response;
    const copy = response.clone();
    const show = async (): Promise<void> => {
      const text = await copy.text();
      exchange.see(`${init?.method?.toUpperCase() ?? "GET"} ${pathname}`, copy.status, copy.headers.get("content-type") ?? "", text);
    };
    pending.push(show());
    return response;
  };
  return Object.assign(watched, { preconnect: fetch.preconnect });
}

/** A proxy before the server, for clients that take no `fetch`. */
export function watchServer(exchange: Exchange, url: string): { readonly url: string; stop(): Promise<void> } {
  const proxy = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const body = request.method === "GET" ? {} : { body: await request.arrayBuffer() };
      const headers = new Headers(request.headers);
      headers.delete("accept-encoding");
      const response = await fetch(`${url}${pathname}${search}`, { method: request.method, headers, ...body });
      const text = await response.text();
      exchange.see(`${request.method} ${pathname}`, response.status, response.headers.get("content-type") ?? "", text);
      return new Response(text, { status: response.status, headers: response.headers });
    },
  });
  return { url: `http://127.0.0.1:${proxy.port}`, stop: () => proxy.stop() };
}
