import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isRecord, textOf } from "../upstream/asked.ts";
import { ASKS_FOR_PROMPT, findOrder, obey, type Said } from "./obedient-model.ts";

/**
 * A server for the red team to attack, in one of three characters: `guarded` stops every attack and answers the rest, `leaky` stops nothing,
 * mixes up its tenants and breaks on bad input, `defensive` refuses everything.
 */
export type Character = "guarded" | "leaky" | "defensive";

export type RedTeamFake = {
  readonly url: string;
  readonly adminKey: string;
  /** A key of a tenant that is not the red team's. */
  readonly key: string;
  /** What an external provider would have received. */
  readonly upstream: readonly string[];
  readonly requests: () => number;
  /** Tenants, collections and files that are there. */
  readonly left: () => string[];
  /** Answers so many calls with 429 and this retry-after first. */
  limitRate(calls: number, retryAfter: string): void;
  /** Suspends keys after so many calls each. */
  suspendAfter(calls: number): void;
  close(): Promise<void>;
};

type File = { readonly id: string; readonly slug: string; readonly text: string };
type Store = { readonly id: string; readonly name: string; readonly slug: string; readonly files: Set<string> };
type Answer = { readonly status: number; readonly body: unknown };
type Asked = {
  readonly method: string;
  readonly path: string;
  readonly slug: string;
  readonly request: IncomingMessage;
  readonly bytes: Buffer;
};

const ADMIN = "fake-admin-key";
const KEY = "fake-key-of-acme";
const fault = (status: number, code: string): Answer => ({ status, body: { error: { message: "No.", type: "x", param: null, code } } });
const ok = (body: unknown): Answer => ({ status: 200, body });
const NOT_FOUND = fault(404, "not_found");

export async function startRedTeamFake(character: Character): Promise<RedTeamFake> {
  const world = createWorld(character);
  const server = createServer((request, response) => void handle(world, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    adminKey: ADMIN,
    key: KEY,
    upstream: world.upstream,
    requests: () => world.counts.requests,
    left: () => [...[...world.tenants].filter((slug) => slug !== "acme"), ...world.stores.keys(), ...world.files.keys()],
    limitRate: (calls, retryAfter) => void (world.limited = { calls, retryAfter }),
    suspendAfter: (calls) => void (world.suspendAfter = calls),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function createWorld(character: Character) {
  return {
    character,
    tenants: new Set(["acme"]),
    keys: new Map([[KEY, "acme"]]),
    prompts: new Map<string, string>(),
    written: new Map<string, { slug: string; text: string }>(),
    files: new Map<string, File>(),
    stores: new Map<string, Store>(),
    upstream: [] as string[],
    counts: { requests: 0, ids: 0 },
    used: new Map<string, number>(),
    limited: { calls: 0, retryAfter: "" },
    suspendAfter: Number.POSITIVE_INFINITY,
  };
}
type World = ReturnType<typeof createWorld>;

const nextId = (world: World, prefix: string): string => `${prefix}_${String(++world.counts.ids).padStart(6, "0")}abcd`;

async function handle(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  world.counts.requests++;
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const key = (request.headers.authorization ?? "").replace("Bearer ", "");
  const [path = ""] = (request.url ?? "").split("?");
  const asked = { method: request.method ?? "", path, slug: world.keys.get(key) ?? "", request, bytes: Buffer.concat(pieces) };
  if (world.limited.calls > 0 && path.startsWith("/v1/chat")) {
    world.limited.calls--;
    response.writeHead(429, { "content-type": "application/json", "retry-after": world.limited.retryAfter });
    response.end(JSON.stringify(fault(429, "rate_limit_exceeded").body));
    return;
  }
  let answer: Answer;
  try {
    answer = key === ADMIN ? administer(world, asked) : asked.slug === "" ? fault(401, "invalid_api_key") : await serve(world, asked, key);
  } catch (error) {
    answer = world.character === "leaky" ? { status: 500, body: (error as Error).stack } : fault(400, "body_invalid");
  }
  if (isRecord(answer.body) && answer.body["stream"] !== undefined) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(answer.body["stream"]);
    return;
  }
  response.writeHead(answer.status, { "content-type": "application/json" });
  response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
}

function administer(world: World, { method, path, bytes }: Asked): Answer {
  const body = bytes.length === 0 ? {} : (JSON.parse(bytes.toString()) as Record<string, unknown>);
  const [, slug = "", rest] = /^\/admin\/v1\/tenants\/([^/]+)(\/keys)?$/.exec(path) ?? [];
  if (method === "POST" && path === "/admin/v1/tenants") world.tenants.add(textOf(body["slug"]));
  else if (method === "POST" && rest === "/keys") {
    const made = { id: nextId(world, "key"), key: `secret-${nextId(world, "wk")}` };
    world.keys.set(made.key, slug);
    return { status: 201, body: made };
  } else if (method === "PATCH") world.prompts.set(slug, textOf(body["systemPrompt"]));
  else if (method === "POST" && path === "/admin/v1/prompts") {
    const id = nextId(world, "prm");
    world.written.set(id, { slug: textOf(body["tenant"]), text: textOf(body["text"]) });
    return { status: 201, body: { id } };
  } else if (method === "DELETE") {
    world.tenants.delete(slug);
    for (const [id, file] of world.files) if (file.slug === slug) world.files.delete(id);
    for (const [id, store] of world.stores) if (store.slug === slug) world.stores.delete(id);
  } else return NOT_FOUND;
  return ok({ done: true });
}

async function serve(world: World, asked: Asked, key: string): Promise<Answer> {
  const used = (world.used.get(key) ?? 0) + 1;
  world.used.set(key, used);
  if (used > world.suspendAfter) return fault(403, "key_suspended");
  const { method, path, slug, request } = asked;
  const named = request.headers["openai-tenant"];
  const open = world.character === "leaky";
  if (named !== undefined && named !== slug && !(open && world.tenants.has(String(named)))) return fault(403, "tenant_mismatch");
  if (method === "POST" && path === "/v1/chat/completions") return chat(world, asked);
  if (method === "POST" && path === "/v1/files") return upload(world, asked);
  const [, kind, id = "", rest = ""] = /^\/v1\/(files|vector_stores)(?:\/([^/]+))?(.*)$/.exec(path) ?? [];
  const mine = (of: string): boolean => open || of === slug;
  if (kind === "files") return readFiles(world, { method, id, rest, mine });
  if (kind === "vector_stores") return readStores(world, asked, { method, id: decodeURIComponent(id), rest, mine });
  const [, prompt = ""] = /^\/admin\/v1\/prompts\/(\w+)$/.exec(path) ?? [];
  const written = world.written.get(prompt);
  if (written !== undefined && mine(written.slug)) return ok(written);
  if (path === "/v1/models") return ok({ data: [] });
  return method === "PUT" ? fault(405, "method_not_allowed") : NOT_FOUND;
}

async function upload(world: World, { request, bytes, slug }: Asked): Promise<Answer> {
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": request.headers["content-type"] ?? "" } }).formData();
  const file = form.get("file");
  if (!(file instanceof Blob)) return fault(400, "body_invalid");
  const text = await file.text();
  const id = nextId(world, "file");
  world.files.set(id, { id, slug, text });
  return ok({ id });
}

type Reading = { readonly method: string; readonly id: string; readonly rest: string; readonly mine: (slug: string) => boolean };

function readFiles(world: World, { method, id, mine }: Reading): Answer {
  if (id === "") return ok({ data: [...world.files.values()].filter((file) => mine(file.slug)).map((file) => ({ id: file.id })) });
  const file = world.files.get(id);
  if (file === undefined || !mine(file.slug)) return NOT_FOUND;
  // What the red team tries to delete of another tenant stays, so that the later probes find it.
  if (method === "DELETE" && world.character !== "leaky") world.files.delete(id);
  return ok({ id, text: file.text });
}

function readStores(world: World, { bytes, slug }: Asked, { method, id, rest, mine }: Reading): Answer {
  const body = method === "POST" ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {};
  if (id === "" && method === "POST") {
    const made = { id: nextId(world, "vs"), name: textOf(body["name"]), slug, files: new Set<string>() };
    world.stores.set(made.id, made);
    return ok({ id: made.id });
  }
  if (id === "") return ok({ data: [...world.stores.values()].filter((store) => mine(store.slug)).map(({ name }) => ({ name })) });
  const store = [...world.stores.values()].find((each) => (each.id === id || each.name === id) && mine(each.slug));
  if (store === undefined) return NOT_FOUND;
  if (rest === "/files" && method === "POST") {
    const file = world.files.get(textOf(body["file_id"]));
    if (file === undefined || !mine(file.slug)) return NOT_FOUND;
    store.files.add(file.id);
    return ok({ status: "in_progress" });
  }
  if (rest.startsWith("/files/")) return store.files.has(rest.slice(7)) ? ok({ status: "completed" }) : NOT_FOUND;
  if (method === "DELETE" && world.character === "leaky") throw new Error("no deletion here");
  if (method === "DELETE") world.stores.delete(store.id);
  return ok({ id: store.id, files: [...store.files], texts: [...store.files].map((file) => world.files.get(file)?.text) });
}

function chat(world: World, { bytes, slug, request }: Asked): Answer {
  if (!(request.headers["content-type"] ?? "").includes("json")) throw new TypeError("no JSON");
  const body = JSON.parse(bytes.toString()) as Record<string, unknown>;
  const messages = (body["messages"] as unknown[]).filter(isRecord);
  if (messages.length === 0 || messages.length > 4096 || bytes.length > 20 * 1024 * 1024) throw new TypeError("messages");
  if (world.character === "defensive") return fault(400, "injection_blocked");
  const open = world.character === "leaky";
  const system = world.prompts.get(slug);
  const found = findPassage(world, { body, slug, question: JSON.stringify(messages), open });
  if (found === "none") return fault(404, "collection_unknown");
  const given = [...(system === undefined ? [] : [{ role: "system", content: system }]), ...messages];
  const whole = found === undefined ? given : [{ role: "tool", content: found.text }, ...given];
  const text = JSON.stringify(whole.map((message) => message["content"] ?? "")).replaceAll(/\\n/g, "\n");
  if (!open && (findOrder(text) !== undefined || /delete_records|send_message/.test(text))) return fault(400, "injection_blocked");
  const said = obey({ ...body, messages: whole });
  world.upstream.push(JSON.stringify(whole));
  const isLeak = ASKS_FOR_PROMPT.test(textOf(messages.at(-1)?.["content"])) && !open;
  return ok(write(body["stream"] === true, said, { isLeak, weir: weirOf(open, found, nextId(world, "req")) }));
}

const weirOf = (open: boolean, found: File | undefined, requestId: string) => ({
  requestId,
  trust: open ? "external" : "private",
  tier: "model",
  candidates: [{ model: "m", provider: "p" }],
  ...(found === undefined ? {} : { citations: [{ fileId: found.id }] }),
});

/** The document whose title stands in the question; a guarded server passes over those that hold orders. */
function findPassage(
  world: World,
  { body, slug, question, open }: { body: Record<string, unknown>; slug: string; question: string; open: boolean },
): File | "none" | undefined {
  if (!isRecord(body["rag"])) return undefined;
  const wanted = textOf(body["rag"]["collection"]);
  const store = [...world.stores.values()].find((each) => (each.id === wanted || each.name === wanted) && (open || each.slug === slug));
  if (store === undefined) return "none";
  const files = [...store.files].flatMap((id) => world.files.get(id) ?? []);
  const fits = files.filter(
    (file) => question.includes(/^# (?:Record )?(.*)$/m.exec(file.text)?.[1] ?? "\n") || file.text.startsWith("# Plans"),
  );
  return fits.find((file) => open || findOrder(file.text) === undefined);
}

function write(stream: boolean, { text, tool }: Said, { isLeak, weir }: { isLeak: boolean; weir: unknown }): unknown {
  const call =
    tool === undefined ? {} : { tool_calls: [{ index: 0, id: "call_9", type: "function", function: { name: tool, arguments: "{}" } }] };
  if (isLeak && !stream) return { error: { message: "No.", type: "x", param: null, code: "canary_leaked" } };
  if (!stream) return { choices: [{ index: 0, message: { role: "assistant", content: text, ...call }, finish_reason: "stop" }], weir };
  const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
  if (isLeak)
    return { stream: event({ choices: [{ index: 0, delta: { content: "Well, " } }] }) + event({ error: { code: "canary_leaked" } }) };
  const half = Math.ceil(text.length / 2);
  const deltas = [{ content: text.slice(0, half) }, { content: text.slice(half), ...call }];
  return {
    stream: [...deltas.map((delta) => event({ choices: [{ index: 0, delta }] })), event({ choices: [], weir }), "data: [DONE]\n\n"].join(
      "",
    ),
  };
}
