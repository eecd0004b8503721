import { createServer, type AddressInfo, type Socket } from "node:net";
import { isRecord, type Json } from "../asked.ts";
import { readRequests, headText, writeJson, type FakeRequest } from "../http.ts";
import { refuse, serveChat, type ServedModels } from "./chat.ts";
import { metricsText, type Load } from "./metrics.ts";
import { createPrefixCache } from "./prefix-cache.ts";

export { CONTROL_ROUTES } from "./control-routes.ts";

export type FakeVllm = {
  /** With `/v1`. */
  readonly baseUrl: string;
  readonly url: string;
  /** Every path that was asked for, as `METHOD /path`. */
  readonly paths: readonly string[];
  /** Bodies of chats and embeddings, oldest first. */
  readonly bodies: readonly Json[];
  /** What `/metrics` tells; a test writes it. */
  readonly load: Load;
  /** `paused`: calls get 503, as while an engine is scaled or put to sleep. `metricsAway`: `/metrics` is not there. */
  readonly state: { paused: boolean; metricsAway: boolean };
  close(): Promise<void>;
};

/** A vLLM server on a real socket, as its documents describe it. Its control routes work: who reaches them does harm. */
export async function createFakeVllm(options: Partial<ServedModels> & { readonly saltless?: boolean } = {}): Promise<FakeVllm> {
  const served: ServedModels = { model: "base", maxModelLen: 16_384, loras: [], byPriority: false, ...options };
  const cache = createPrefixCache();
  const paths: string[] = [];
  const bodies: Json[] = [];
  const load: Load = { waiting: 0, running: 0, cacheUsage: 0, finished: 0, runningAdapters: "" };
  const state = { paused: false, metricsAway: false };
  const sockets = new Set<Socket>();

  const post = (socket: Socket, closed: Promise<void>, path: string, request: FakeRequest): void => {
    const body: unknown = JSON.parse(request.body);
    if (!isRecord(body)) return refuse(socket, 400, "BadRequestError", "not an object");
    bodies.push(body);
    if (state.paused) return refuse(socket, 503, "ServiceUnavailableError", "The model is currently scaling. Please try again later.");
    // A server that knows no salt: what one tenant sent is there for the next.
    const heard = options.saltless === true ? { ...body, cache_salt: "" } : body;
    if (path === "/v1/chat/completions") return serveChat(socket, closed, heard, served, cache);
    const inputs = Array.isArray(body["input"]) ? body["input"] : [body["input"]];
    const data = inputs.map((_, index) => ({ object: "embedding", index, embedding: [0.25, 0.5, index] }));
    const usage = { prompt_tokens: inputs.length, total_tokens: inputs.length };
    writeJson(socket, 200, { id: "embd-1", object: "list", created: 1, model: body["model"], data, usage });
  };
  const answer = (socket: Socket, closed: Promise<void>, request: FakeRequest): void => {
    const [path = ""] = request.path.split("?");
    paths.push(`${request.method} ${path}`);
    if (request.method === "GET" && path === "/metrics" && !state.metricsAway) {
      const text = metricsText(served.model, load);
      socket.write(
        headText(200, { "content-type": "text/plain; version=1.0.0; charset=utf-8", "content-length": Buffer.byteLength(text) }) + text,
      );
    } else if (request.method === "GET" && path === "/v1/models") writeJson(socket, 200, { object: "list", data: cardsOf(served) });
    else if (request.method === "POST" && (path === "/v1/chat/completions" || path === "/v1/embeddings"))
      post(socket, closed, path, request);
    else if (path === "/metrics") writeJson(socket, 404, { detail: "Not Found" });
    // Whatever else is asked for is done, without a key.
    else writeJson(socket, 200, { status: "done" });
  };
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    readRequests(socket, (request) => answer(socket, closed, request));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    baseUrl: `${url}/v1`,
    paths,
    bodies,
    load,
    state,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Adapters are models whose parent is the base. */
function cardsOf({ model, maxModelLen, loras }: ServedModels): readonly Json[] {
  const card = { object: "model", created: 1, owned_by: "vllm", permission: [] };
  return [
    { id: model, ...card, root: model, parent: null, max_model_len: maxModelLen },
    ...loras.map((name) => ({ id: name, ...card, root: `/adapters/${name}`, parent: model, max_model_len: null })),
  ];
}
