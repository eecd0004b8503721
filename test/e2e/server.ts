import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeServer } from "../../src/compose.ts";
import { loadConfig } from "../../src/config/index.ts";
import { type Clock, systemClock } from "../../src/kernel/clock.ts";
import { createLog } from "../../src/telemetry/index.ts";

export const ADMIN_KEY = "test-admin-key-0123456789";

export type TestWeir = {
  readonly url: string;
  readonly dataDir: string;
  /** Everything that the server logged, for tests that look for what must not be there. */
  readonly logged: readonly string[];
  /** A call with the admin key, or with `key`; the parsed body. Fails on a status other than `expect` (200 or 201 unless told). */
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown, options?: { key?: string; expect?: number }): Promise<T>;
  /** A tenant with one key; settings are PATCHed, limits are the key's. */
  tenant(
    slug: string,
    settings?: Record<string, unknown>,
    key?: Record<string, unknown>,
  ): Promise<{ slug: string; key: string; keyId: string }>;
  chat(key: string, body: Record<string, unknown>, init?: RequestInit): Promise<Response>;
  /** Ends it; the data folder stays for `startWeir({ dataDir })`. */
  stop(): Promise<void>;
  close(): Promise<void>;
};

/** A whole server in this process, on a free port and a folder of its own. `yaml` is its weir.yaml. */
export async function startWeir(
  options: { yaml?: string; dataDir?: string; env?: Record<string, string>; demo?: boolean; clock?: Clock } = {},
): Promise<TestWeir> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "weir-e2e-")));
  const file = join(dataDir, "weir.yaml");
  if (options.yaml !== undefined) await writeFile(file, options.yaml);
  const env = { WEIR_ADMIN_KEY: ADMIN_KEY, ...options.env };
  const load = () =>
    loadConfig({
      flags: { port: "0", data: dataDir, demo: options.demo ?? false, ...(options.yaml === undefined ? {} : { config: file }) },
      env,
      cwd: dataDir,
    });
  const config = await load();
  const logged: string[] = [];
  const clock = options.clock ?? systemClock;
  const log = createLog((line) => void logged.push(line), clock.nowMs);
  const server = await composeServer(config, { clock, log, loadConfig: load });

  const call: TestWeir["call"] = async (method, path, body, { key = ADMIN_KEY, expect } = {}) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isExpected = expect === undefined ? response.ok : response.status === expect;
    if (!isExpected) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  };
  return {
    url: server.url,
    dataDir,
    logged,
    call,
    async tenant(slug, settings, keySettings = {}) {
      await call("POST", "/admin/v1/tenants", { slug, name: slug });
      if (settings !== undefined) await call("PATCH", `/admin/v1/tenants/${slug}`, settings);
      const made = await call<{ id: string; key: string }>("POST", `/admin/v1/tenants/${slug}/keys`, { name: "test", ...keySettings });
      return { slug, key: made.key, keyId: made.id };
    },
    chat: (key, body, init = {}) =>
      fetch(`${server.url}/v1/chat/completions`, {
        method: "POST",
        ...init,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...Object.fromEntries(new Headers(init.headers)) },
        body: JSON.stringify(body),
      }),
    stop: () => server.drain(),
    async close() {
      await server.drain();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A weir.yaml with one OpenAI-compatible model `m`, priced 1 and 2 dollars a million tokens. */
export const oneModel = (baseUrl: string, timeouts = "{ firstByteMs: 2000, idleMs: 1500, totalMs: 20000 }"): string => `
providers:
  up: { kind: openai, baseUrl: "${baseUrl}", apiKey: "upstream-secret", trust: private, timeouts: ${timeouts} }
models:
  m: { provider: up, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
routes:
  auto:
    - { use: [m] }
`;

/** For tests that meet the same fault again and again: breakers and repeats have tests of their own. */
export const WITHOUT_BREAKERS = "resilience: { breaker: { enabled: false }, retryShare: 0 }";

/** The same with a model `vectors` for embeddings, priced 10 dollars a million tokens. */
export const withVectors = (yaml: string): string =>
  yaml.replace("models:", "models:\n  vectors: { kind: embedding, provider: up, upstream: mock-embed, price: { inputPerMTok: 10 } }");
