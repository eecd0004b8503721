import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { planAnswer } from "./answer-plan.ts";
import { isRecord, readAsked, type Asked } from "./asked.ts";
import { readDirectives, type Directives } from "./directives.ts";
import { isVectorsBody, readAskedVectors, serveVectors } from "./embeddings.ts";
import { readFixture } from "./fixtures.ts";
import { createGate, type Gate } from "./gate.ts";
import { headText, readRequests, writeJson, type FakeRequest } from "./http.ts";
import { createLedger, type FakeCall, type Ledger } from "./ledger.ts";
import { isOrderBody, readAskedOrder, serveOrder } from "./rerank.ts";
import { serveStream, serveWhole } from "./serve.ts";

export { prose } from "./answer-plan.ts";
export { BODY_FAULTS, HEAD_FAULTS, POSITIONS } from "./directives.ts";
export type { Directives, FaultName, Position } from "./directives.ts";
export { fixtureNames, readFixture } from "./fixtures.ts";
export type { Asked } from "./asked.ts";
export { vectorOf } from "./embeddings.ts";
export { relevanceOf } from "./rerank.ts";
export type { Gate } from "./gate.ts";
export type { FakeCall } from "./ledger.ts";

export type FakeUpstreamOptions = {
  /** Asked for as a bearer token or `x-api-key`; another key gets 401. */
  readonly apiKey?: string;
  /** `owned_by` of the models listed; "vllm" unless set. */
  readonly ownedBy?: string;
  /** Problems of a request, which is then answered 400: a validator of the published description. */
  readonly check?: (protocol: "openai" | "anthropic", body: unknown) => readonly string[];
  /** Directives for all calls of a model, asked anew at each: a server whose state changes. A model's own name goes before. */
  readonly steer?: (model: string) => string | undefined;
  /** What the model says, token by token; undefined: the prose. */
  readonly say?: (asked: Asked) => readonly string[] | undefined;
};

/** A model server over real sockets that speaks both protocols, does any harm it is told to, and counts what it did. See directives.ts. */
export type FakeUpstream = {
  readonly url: string;
  readonly openaiBaseUrl: string;
  readonly anthropicBaseUrl: string;
  /** Every call, oldest first, with its tokens and its end. */
  readonly calls: readonly FakeCall[];
  readonly active: number;
  readonly peak: number;
  readonly aborted: number;
  /** Sockets opened so far, and open now. */
  readonly connections: { readonly opened: number; readonly open: number };
  /** Paths asked for beside the ones that a gateway needs. */
  readonly unexpectedPaths: readonly string[];
  /** Requests that `check` found wrong. */
  readonly problems: readonly string[];
  find(name: string): FakeCall;
  /** The gate of `gate=NAME`; closed until it is stepped or opened. */
  gate(name: string): Gate;
  until(isTrue: () => boolean, withinMs?: number): Promise<void>;
  close(): Promise<void>;
};

export async function createFakeUpstream(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const ledger = createLedger();
  const gates = new Map<string, Gate>();
  const sockets = new Set<Socket>();
  const unexpectedPaths: string[] = [];
  const problems: string[] = [];
  let opened = 0;
  const gate = (name: string): Gate => {
    const known = gates.get(name) ?? createGate(() => ledger.changed());
    gates.set(name, known);
    return known;
  };
  const handle = createHandler({ options, ledger, gate, unexpectedPaths, problems });
  const server = createServer({ noDelay: true }, (socket) => {
    opened++;
    sockets.add(socket);
    const under: { call: FakeCall | undefined } = { call: undefined };
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      sockets.delete(socket);
      if (under.call !== undefined) ledger.end(under.call, "aborted");
      ledger.changed();
    });
    readRequests(socket, (request) => {
      under.call = handle({ socket, closed }, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${portOf(server)}`;
  return {
    url,
    openaiBaseUrl: `${url}/v1`,
    anthropicBaseUrl: url,
    calls: ledger.calls,
    get active() {
      return ledger.active;
    },
    get peak() {
      return ledger.peak;
    },
    get aborted() {
      return ledger.calls.filter((call) => call.state === "aborted").length;
    },
    get connections() {
      return { opened, open: sockets.size };
    },
    unexpectedPaths,
    problems,
    find(name) {
      const call = ledger.calls.findLast((each) => each.name === name);
      if (call === undefined) throw new Error(`fake upstream: no call named ${name}`);
      return call;
    },
    gate,
    until: (isTrue, withinMs) => ledger.until(isTrue, withinMs),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** An address at which nothing listens. */
export async function refusedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${portOf(server)}`;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return url;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

type Connection = { readonly socket: Socket; readonly closed: Promise<void> };

type Handling = {
  readonly options: FakeUpstreamOptions;
  readonly ledger: Ledger;
  readonly gate: (name: string) => Gate;
  readonly unexpectedPaths: string[];
  readonly problems: string[];
};

function createHandler(handling: Handling): (connection: Connection, request: FakeRequest) => FakeCall | undefined {
  const { options } = handling;
  return (connection, request) => {
    const { socket } = connection;
    const { method, headers } = request;
    const [path = ""] = request.path.split("?");
    const key = headers.get("x-api-key") ?? headers.get("authorization")?.replace(/^Bearer /, "");
    if (options.apiKey !== undefined && key !== options.apiKey) {
      refuse(socket, 401, "authentication_error", "bad key");
      return undefined;
    }
    if (method === "GET" && path === "/v1/models") {
      writeJson(socket, 200, {
        object: "list",
        data: [{ id: "fake", object: "model", created: 1, owned_by: options.ownedBy ?? "vllm", type: "model" }],
      });
      return undefined;
    }
    if (method === "POST" && (path === "/v1/chat/completions" || path === "/v1/messages")) return answer(connection, request, handling);
    if (method === "POST" && path === "/v1/embeddings") return embed(connection, request, handling);
    if (method === "POST" && path === "/v1/rerank") return order(connection, request, handling);
    handling.unexpectedPaths.push(`${method} ${path}`);
    refuse(socket, 404, "not_found_error", "no such path");
    return undefined;
  };
}

function refuse(socket: Socket, status: number, type: string, message: string, headers: Readonly<Record<string, string>> = {}): void {
  writeJson(socket, status, { type: "error", error: { type, message, param: null, code: null } }, headers);
}

function answer({ socket, closed }: Connection, request: FakeRequest, { options, ledger, gate, problems }: Handling): FakeCall | undefined {
  const body: unknown = JSON.parse(request.body);
  if (!isRecord(body)) {
    refuse(socket, 400, "invalid_request_error", "not an object");
    return undefined;
  }
  const asked = readAsked(request, body);
  const at = asked.model.indexOf("@");
  const steered = at < 0 ? options.steer?.(asked.model) : asked.model.slice(at + 1);
  const how = readDirectives(request.headers.get("x-fake-upstream"), steered, asked.lastUserText);
  const { protocol, model, stream, inputTokens } = asked;
  const call = ledger.add({ name: how.call, protocol, path: request.path, model, stream, headers: request.headers, body, inputTokens });
  const wrong = options.check?.(protocol, body) ?? [];
  if (wrong.length > 0) {
    problems.push(...wrong);
    refuse(socket, 400, "invalid_request_error", wrong.join("; "));
    ledger.end(call, "refused");
    return call;
  }
  if (refuseAsTold(socket, how, call, ledger)) return call;
  if (how.fixture !== undefined) {
    const { head, text } = readFixture(how.fixture);
    socket.write(head + text);
    ledger.end(call, "finished");
    return call;
  }
  const plan = planAnswer(call.id, asked, how, options.say?.(asked)?.slice());
  const serving = { socket, closed, call, asked, how, plan, ledger, gate: how.gate === undefined ? undefined : gate(how.gate) };
  if (stream) void serveStream(serving);
  else serveWhole(serving);
  return call;
}

function embed({ socket, closed }: Connection, request: FakeRequest, { options, ledger, gate }: Handling): FakeCall | undefined {
  const body: unknown = JSON.parse(request.body);
  if (!isVectorsBody(body)) {
    refuse(socket, 400, "invalid_request_error", "no input");
    return undefined;
  }
  const asked = readAskedVectors(body);
  const at = asked.model.indexOf("@");
  const steered = at < 0 ? options.steer?.(asked.model) : asked.model.slice(at + 1);
  const how = readDirectives(request.headers.get("x-fake-upstream"), steered, asked.text);
  const { model, inputTokens } = asked;
  const { path, headers } = request;
  const call = ledger.add({ name: how.call, protocol: "openai", path, model, stream: false, headers, body, inputTokens });
  if (refuseAsTold(socket, how, call, ledger)) return call;
  const serving = { socket, asked, body, how, call, ledger };
  if (how.gate === undefined) serveVectors(serving);
  else void Promise.race([gate(how.gate).pass(), closed]).then(() => socket.destroyed || serveVectors(serving));
  return call;
}

function order({ socket, closed }: Connection, request: FakeRequest, { options, ledger, gate }: Handling): FakeCall | undefined {
  const body: unknown = JSON.parse(request.body);
  if (!isOrderBody(body)) {
    refuse(socket, 400, "invalid_request_error", "no query or no documents");
    return undefined;
  }
  const asked = readAskedOrder(body);
  const at = asked.model.indexOf("@");
  const steered = at < 0 ? options.steer?.(asked.model) : asked.model.slice(at + 1);
  const how = readDirectives(request.headers.get("x-fake-upstream"), steered, asked.text);
  const { model, inputTokens } = asked;
  const { path, headers } = request;
  const call = ledger.add({ name: how.call, protocol: "openai", path, model, stream: false, headers, body, inputTokens });
  if (refuseAsTold(socket, how, call, ledger)) return call;
  const serving = { socket, asked, how, call, ledger };
  if (how.gate === undefined) serveOrder(serving);
  else void Promise.race([gate(how.gate).pass(), closed]).then(() => socket.destroyed || serveOrder(serving));
  return call;
}

/** Faults before any answer. True: nothing more is to be done. */
function refuseAsTold(socket: Socket, how: Directives, call: FakeCall, ledger: Ledger): boolean {
  const retryAfter = how.retryAfter === undefined ? undefined : { "retry-after": how.retryAfter };
  if (how.status !== undefined) refuse(socket, how.status, "api_error", "told to fail: secret words", retryAfter);
  else if (how.fault === "context") {
    refuse(socket, 400, "invalid_request_error", "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.");
  } else if (how.fault === "redirect") socket.write(headText(302, { location: "http://127.0.0.1:9/", "content-length": 0 }));
  else if (how.fault === "garbage") socket.write("these are not the words of HTTP\r\n\r\n");
  else if (how.fault === "reset-head") socket.resetAndDestroy();
  else if (how.fault === "end-head") socket.end();
  else if (how.fault !== "slow-first-byte") return false;
  if (how.fault !== "slow-first-byte" && how.fault !== "garbage") ledger.end(call, "refused");
  return true;
}
