import { mkdtemp } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../config/index.ts";
import { createFakeClock } from "../kernel/clock.ts";
import { systemFetch } from "../kernel/outbound.ts";
import type { CliDeps } from "./command.ts";
import { runCommandLine } from "./run.ts";

export const NOW_MS = Date.UTC(2026, 10, 21, 12);
export const ADMIN_KEY = "admin-key-0123456789";
export const MADE_KEY = "weir-made-for-this-command";

export const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "weir-cli-"));

export type Seen = { readonly method: string; readonly path: string; readonly key: string; readonly body: unknown };
type Answer = { readonly status?: number; readonly json?: unknown; readonly stream?: readonly string[] };
/** What a fake server says: by `METHOD /path` without the query, exactly or up to a `*`. */
export type Answers = Readonly<Record<string, Answer | ((seen: Seen) => Answer)>>;

export type FakeServer = { readonly url: string; readonly seen: Seen[]; close(): Promise<void> };

/** A server on a loopback socket that says what the test wants and remembers what it was asked. */
export async function startFakeServer(answers: Answers): Promise<FakeServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const path = request.url ?? "";
      const asked: Seen = { method: request.method ?? "", path, key: (request.headers.authorization ?? "").replace("Bearer ", ""), body };
      seen.push(asked);
      const found = findAnswer(answers, `${asked.method} ${path.split("?")[0] ?? ""}`);
      const answer = typeof found === "function" ? found(asked) : found;
      if (answer === undefined)
        return response.writeHead(404).end(JSON.stringify({ error: { message: `Nothing at ${path}.`, param: null } }));
      if (answer.stream === undefined)
        return response.writeHead(answer.status ?? 200, { "content-type": "application/json" }).end(JSON.stringify(answer.json ?? {}));
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const piece of answer.stream) response.write(piece);
      return response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function findAnswer(answers: Answers, asked: string): Answers[string] | undefined {
  const exact = answers[asked];
  if (exact !== undefined) return exact;
  const key = Object.keys(answers)
    .filter((pattern) => pattern.endsWith("*") && asked.startsWith(pattern.slice(0, -1)))
    .toSorted((a, b) => b.length - a.length)[0];
  return key === undefined ? undefined : answers[key];
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece as Uint8Array));
  const bytes = Buffer.concat(pieces);
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("multipart/form-data")) {
    const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData();
    const file = form.get("file");
    if (!(file instanceof File)) throw new TypeError("no file was sent");
    return { purpose: form.get("purpose"), filename: file.name, text: await file.text() };
  }
  return bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
}

/** A tenant `acme`, whose key for a command is made and revoked. */
export const ONE_TENANT: Answers = {
  "GET /admin/v1/tenants": {
    json: { data: [{ slug: "acme", name: "Acme", tier: null, region: null, contentPolicy: "none" }], nextCursor: null },
  },
  "POST /admin/v1/tenants/acme/keys": { status: 201, json: { id: "key_1", key: MADE_KEY } },
  "DELETE /admin/v1/tenants/acme/keys/key_1": { status: 200 },
};

/** The holder of a data folder's lock, as a command sees it. */
export const lockedBy = (url: string | undefined, key?: string) => async () => ({ pid: 4711, url, key });

export type RunOptions = Partial<Pick<CliDeps, "env" | "cwd" | "signal" | "findServer" | "compose" | "fetch" | "clock" | "wait">> & {
  readonly stdin?: readonly string[];
  readonly redraws?: boolean;
  readonly interactive?: boolean;
};

/** Runs a command line as a process would, and returns what it printed and its exit code. */
export async function runCli(argv: readonly string[], options: RunOptions = {}): Promise<{ code: number; out: string; err: string }> {
  const printed = { out: "", err: "" };
  const clock = createFakeClock(NOW_MS);
  const { stdin = [], redraws = false, interactive = false, env = {}, cwd = await makeFolder(), ...rest } = options;
  const deps: CliDeps = {
    env,
    cwd,
    version: "1.2.3",
    terminal: {
      out: (text) => void (printed.out += text),
      err: (text) => void (printed.err += text),
      redraws,
      interactive,
      columns: 60,
      lines: async function* lines() {
        yield* stdin;
      },
    },
    clock,
    signal: new AbortController().signal,
    fetch: (url, init) => fetch(url, init),
    reachServices: () => Promise.resolve(systemFetch),
    wait: async (ms) => clock.advance(ms),
    loadConfig: (flags) => loadConfig({ flags, env, cwd }),
    compose: () => Promise.reject(new Error("no server is made in this test")),
    findServer: async () => undefined,
    ...rest,
  };
  const code = await runCommandLine(argv, deps);
  return { code, ...printed };
}
