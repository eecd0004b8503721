import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a request is answered with instead, once. */
export type Mishap = "error" | "hang-up" | "garbage" | "no-payload";

/**
 * A stand-in for Qdrant on a real socket: the REST calls that Weir makes, as its documentation describes them, over vectors in memory and with an
 * exact search. What it does not know it answers with 404, so that a call nobody thought of is seen.
 */
export type FakeQdrant = {
  readonly url: string;
  /** Method and path of each request. */
  readonly seen: string[];
  /** Bodies of the requests, to look for what must not be in them. */
  readonly bodies: string[];
  readonly collections: ReadonlyMap<string, { readonly size: number; readonly points: ReadonlyMap<string, Point> }>;
  fail(how: Mishap): void;
  /** Nothing goes wrong any more. */
  recover(): void;
  close(): Promise<void>;
};

type Point = { readonly vector: readonly number[]; readonly payload: Readonly<Record<string, unknown>> };
type Stored = { size: number; points: Map<string, Point> };
type Condition = {
  readonly key: string;
  readonly match?: { readonly value: unknown };
  readonly range?: { readonly gte?: number; readonly lt?: number };
};
type Filter = { readonly must?: Condition[]; readonly should?: Condition[]; readonly must_not?: Condition[] };

export async function startFakeQdrant(): Promise<FakeQdrant> {
  const collections = new Map<string, Stored>();
  const seen: string[] = [];
  const bodies: string[] = [];
  const mishaps: Mishap[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const text = await bodyOf(request);
      seen.push(`${request.method ?? ""} ${request.url ?? ""}`);
      bodies.push(text);
      const mishap = mishaps.shift();
      if (mishap === "hang-up") {
        request.socket.destroy();
        return;
      }
      if (mishap === "error") return say(response, 500, { status: { error: "Service internal error" }, time: 0 });
      if (mishap === "garbage") {
        response.writeHead(200, { "content-type": "application/json" }).end('{"result": {"points": [');
        return;
      }
      const body: unknown = text === "" ? {} : JSON.parse(text);
      const answer = answerTo(collections, request.method ?? "", new URL(request.url ?? "/", "http://q").pathname, body);
      if (answer === undefined) return say(response, 404, { status: { error: "Not found" }, time: 0 });
      const result = mishap === "no-payload" ? stripPayload(answer) : answer;
      say(response, 200, Reflect.has(Object(result), "version") ? result : { result, status: "ok", time: 0 });
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    bodies,
    collections,
    fail: (how) => void mishaps.push(how),
    recover: () => void mishaps.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerTo(collections: Map<string, Stored>, method: string, path: string, body: unknown): unknown {
  if (method === "GET" && path === "/") return { title: "qdrant - vector search engine", version: "1.17.0" };
  if (method === "GET" && path === "/collections") return { collections: [...collections.keys()].map((name) => ({ name })) };
  const [, name = "", rest = ""] = /^\/collections\/([^/]+)\/?(.*)$/.exec(path) ?? [];
  const found = collections.get(name);
  if (method === "PUT" && rest === "") return create(collections, name, body);
  if (method === "GET" && rest === "exists") return { exists: found !== undefined };
  if (found === undefined) return undefined;
  if (method === "DELETE" && rest === "") return collections.delete(name);
  if (method === "PUT" && rest === "index") return { operation_id: 0, status: "completed" };
  if (method === "PUT" && rest === "points") return upsert(found, body);
  if (method === "POST" && rest === "points/query") return query(found, body);
  if (method === "POST" && rest === "points/count") return { count: matching(found, body).length };
  if (method === "POST" && rest === "points/delete") {
    for (const [id] of matching(found, body)) found.points.delete(id);
    return { operation_id: 1, status: "completed" };
  }
  return undefined;
}

function create(collections: Map<string, Stored>, name: string, body: unknown): unknown {
  if (collections.has(name)) return undefined;
  const { vectors } = body as { vectors: { size: number } };
  collections.set(name, { size: vectors.size, points: new Map() });
  return true;
}

function upsert(found: Stored, body: unknown): unknown {
  const { points } = body as { points: readonly ({ readonly id: string } & Point)[] };
  // A wrong length is refused, as the real one does.
  if (points.some(({ vector }) => vector.length !== found.size)) return undefined;
  for (const { id, ...point } of points) found.points.set(id, point);
  return { operation_id: 1, status: "completed" };
}

function query(found: Stored, body: unknown): unknown {
  const { query: asked, limit } = body as { query: readonly number[]; limit: number };
  const points = matching(found, body)
    .map(([id, { vector, payload }]) => ({ id, version: 0, score: dot(asked, vector), payload: { no: payload["no"] } }))
    .toSorted((one, other) => other.score - one.score);
  return { points: points.slice(0, limit) };
}

function matching({ points }: Stored, body: unknown): readonly (readonly [string, Point])[] {
  const { filter = {} } = body as { filter?: Filter };
  return [...points].filter(([, { payload }]) => {
    const holds = ({ key, match, range }: Condition): boolean => {
      const value = payload[key];
      if (match !== undefined) return value === match.value;
      return typeof value === "number" && value >= (range?.gte ?? -Infinity) && value < (range?.lt ?? Infinity);
    };
    const { must = [], should = [], must_not: not = [] } = filter;
    return must.every(holds) && (should.length === 0 || should.some(holds)) && !not.some(holds);
  });
}

const dot = (ones: readonly number[], others: readonly number[]): number => ones.reduce((sum, one, at) => sum + one * (others[at] ?? 0), 0);
const stripPayload = (answer: unknown): unknown => {
  const points: unknown = Reflect.get(Object(answer), "points");
  return Array.isArray(points) ? { points: points.map((point: object) => ({ ...point, payload: null })) } : answer;
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

function say(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
