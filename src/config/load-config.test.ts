import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GUARD_DEFAULT } from "../domain/guard-policy.ts";
import { loadConfig } from "./load-config.ts";
import { loadIn, makeFolder, problemsOf, remotesOf } from "./testing.ts";

/** The config file of the contract, word for word. */
const CONTRACT = `providers:
  local:  { kind: openai, baseUrl: http://127.0.0.1:8000/v1, apiKey: env:VLLM_API_KEY, trust: private, region: eu-west-1,
            timeouts: { firstByteMs: 60000, idleMs: 30000, totalMs: 600000 } }        # these are the defaults
  claude: { kind: anthropic, baseUrl: https://api.anthropic.com, apiKey: env:ANTHROPIC_API_KEY, trust: external, region: us-east-1 }
  cpu:    { kind: llama, model: ./models/qwen3-0.6b.gguf, trust: private }
models:
  llama-70b: { provider: local, upstream: meta-llama/Llama-3.3-70B-Instruct, contextTokens: 8192, price: { inputPerMTok: 0, outputPerMTok: 0 } }
  sonnet:    { provider: claude, upstream: claude-sonnet-4-6, contextTokens: 200000, price: { inputPerMTok: 3, outputPerMTok: 15 } }
routes:
  auto:
    - { when: "pii.found", use: [llama-70b], trust: private }
    - { when: "complexity > 0.8", use: [sonnet, llama-70b] }
    - { use: [llama-70b, sonnet] }
`;
const KEYS = { VLLM_API_KEY: "vllm-key", ANTHROPIC_API_KEY: "anthropic-key" };

test("the contract's config file is read as it says", async () => {
  const cwd = await makeFolder();
  const config = await loadIn({ yaml: CONTRACT, env: KEYS, cwd });
  assert.deepEqual(config.providers, [
    {
      name: "local",
      kind: "openai",
      baseUrl: "http://127.0.0.1:8000/v1",
      apiKey: "vllm-key",
      trust: "private",
      region: "eu-west-1",
      timeouts: { firstByteMs: 60_000, idleMs: 30_000, totalMs: 600_000 },
    },
    {
      name: "claude",
      kind: "anthropic",
      baseUrl: "https://api.anthropic.com",
      apiKey: "anthropic-key",
      trust: "external",
      region: "us-east-1",
      timeouts: { firstByteMs: 60_000, idleMs: 30_000, totalMs: 600_000 },
    },
  ]);
  assert.deepEqual(
    config.models.map(({ capabilities: _capabilities, ...model }) => model),
    [
      {
        name: "llama-70b",
        provider: "local",
        upstream: "meta-llama/Llama-3.3-70B-Instruct",
        contextTokens: 8192,
        price: { inputPerMTok: 0, outputPerMTok: 0 },
      },
      {
        name: "sonnet",
        provider: "claude",
        upstream: "claude-sonnet-4-6",
        contextTokens: 200_000,
        price: { inputPerMTok: 3, outputPerMTok: 15 },
      },
    ],
  );
  assert.deepEqual(config.routes["auto"], [
    { when: "pii.found", use: ["llama-70b"], trust: "private" },
    { when: "complexity > 0.8", use: ["sonnet", "llama-70b"], trust: undefined },
    { when: undefined, use: ["llama-70b", "sonnet"], trust: undefined },
  ]);
  assert.deepEqual(config.warnings, [
    `weir.yaml:5:33 providers.cpu.model: there is no file ${join(cwd, "models/qwen3-0.6b.gguf")}. Put it there, or fetch one: weir models pull hf:USER/REPOSITORY/FILE.gguf --out ${join(cwd, "models/qwen3-0.6b.gguf")} Nothing names the provider, so it is left out.`,
  ]);
});

test("the defaults of an empty start are the documented ones", async () => {
  const cwd = await makeFolder();
  const config = await loadIn({ cwd });
  const { secret, adminKey, localAdminKey, hash, ...rest } = config;
  assert.equal(secret.length, 32);
  assert.match(adminKey, /^wadm-/);
  assert.match(localAdminKey, /^wadm-/);
  assert.match(hash, /^[0-9a-f]{16}$/);
  assert.deepEqual(
    { ...rest, routes: { ...rest.routes }, tiers: { ...rest.tiers } },
    {
      host: "127.0.0.1",
      port: 8080,
      dataDir: join(cwd, "data"),
      file: undefined,
      databaseUrl: undefined,
      qdrant: undefined,
      databaseConnections: 10,
      demo: false,
      adminKeyIsNew: true,
      providers: [],
      models: [],
      routes: { auto: [{ when: undefined, use: [], trust: undefined }] },
      tiers: {},
      guard: { policy: GUARD_DEFAULT, pseudonymDays: 30, detectors: [], opinions: [] },
      abuse: { mode: "detect", throttleAbove: 50, suspendAbove: 200, halfLifeMinutes: 10, callsPerMinute: 10 },
      auth: { oidc: [] },
      console: { enabled: true, name: "Weir", logo: undefined, accent: {}, links: [], sessionHours: 8, origin: undefined },
      objects: { kind: "folder", kms: undefined },
      sources: [],
      telemetry: { traces: undefined, metrics: undefined },
      tls: undefined,
      outbound: { ca: undefined, caFile: undefined, proxy: undefined },
      retention: { changeDays: 7, contentDays: 30, reportDays: 90, eventMonths: undefined },
      approvals: { policies: "direct", prompts: "direct" },
      prompts: { files: [] },
      chatLogs: { sampleShare: 0.01 },
      secretPrevious: undefined,
      fallback: true,
      retrieval: {
        embedding: undefined,
        contextModel: undefined,
        rerank: undefined,
        rerankTimeoutMs: 5000,
        rewriteModel: undefined,
        rewriteTimeoutMs: 2000,
      },
      resilience: {
        breaker: { failures: 3, share: 0.1, windowMs: 10_000, callsMin: 50, openMs: 60_000, openMsMax: 300_000, probes: 3 },
        retryShare: 0.2,
        service: undefined,
      },
      slo: { availability: 0.995, firstPartMs: 5000, firstPartShare: 0.95 },
      maxOutputTokensDefault: 4096,
      maxOutputTokensCap: undefined,
      spendLimitMicroUsd: undefined,
      routingThreshold: undefined,
      journal: { dir: join(cwd, "data", "journal"), fsync: false },
      limits: { callsInFlight: 2048, callsQueued: 1024, queueWaitMs: 5000 },
      warnings: [],
    },
  );
});

test("every section of the file reaches the configuration", async () => {
  const config = await loadIn({
    yaml: `fallback: false
maxOutputTokens: { default: 1000, cap: 2000 }
spendLimitUsd: 12.345678
server: { host: 0.0.0.0, port: 9000, callsInFlight: 7, callsQueued: 8, queueWaitMs: 9 }
journal: { fsync: true }
database: { connections: 3 }
tiers: { gold: { rpm: 100, tpm: 5000 }, free: {} }
`,
  });
  assert.equal(config.fallback, false);
  assert.deepEqual([config.maxOutputTokensDefault, config.maxOutputTokensCap], [1000, 2000]);
  assert.equal(config.spendLimitMicroUsd, 12_345_678);
  assert.deepEqual([config.host, config.port], ["0.0.0.0", 9000]);
  assert.deepEqual(config.limits, { callsInFlight: 7, callsQueued: 8, queueWaitMs: 9 });
  assert.equal(config.journal.fsync, true);
  assert.equal(config.databaseConnections, 3);
  assert.deepEqual({ ...config.tiers }, { gold: { rpm: 100, tpm: 5000 }, free: { rpm: undefined, tpm: undefined } });
});

test("a cap below the default lowers the default", async () => {
  const config = await loadIn({ yaml: "maxOutputTokens: { cap: 100 }" });
  assert.deepEqual([config.maxOutputTokensDefault, config.maxOutputTokensCap], [100, 100]);
});

test("the default route has private models first, then external ones, each in the order of the file", async () => {
  const config = await loadIn({
    yaml: `providers:
  far: { kind: openai, baseUrl: https://far.example/v1, trust: external }
  near: { kind: openai, baseUrl: http://127.0.0.1/v1, trust: private }
models:
  f1: { provider: far, upstream: a }
  n2: { provider: near, upstream: b }
  n1: { provider: near, upstream: c }
  f0: { provider: far, upstream: d }
routes:
  quick: [{ use: [n1] }]
`,
  });
  assert.deepEqual(config.routes["auto"], [{ when: undefined, use: ["n2", "n1", "f1", "f0"], trust: undefined }]);
  assert.deepEqual(Object.keys(config.routes), ["auto", "quick"]);
});

test("an Anthropic address loses its version, and every address its trailing slashes", async () => {
  const config = await loadIn({
    yaml: `providers:
  a: { kind: anthropic, baseUrl: "https://api.anthropic.com/v1/", trust: external }
  b: { kind: openai, baseUrl: "http://127.0.0.1:8000/v1//", trust: private }
`,
  });
  assert.deepEqual(
    remotesOf(config).map((provider) => provider.baseUrl),
    ["https://api.anthropic.com", "http://127.0.0.1:8000/v1"],
  );
});

test("capabilities are all there unless the file or the protocol says otherwise", async () => {
  const config = await loadIn({
    yaml: `providers:
  a: { kind: anthropic, baseUrl: https://api.anthropic.com, trust: external }
  b: { kind: openai, baseUrl: http://127.0.0.1:8000/v1, trust: private }
models:
  x: { provider: a, upstream: x, capabilities: { choices: true } }
  y: { provider: b, upstream: y }
  z: { provider: b, upstream: z, capabilities: { tools: false, jsonSchema: false, images: false, choices: false } }
`,
  });
  assert.deepEqual(
    config.models.map((model) => Object.values(model.capabilities)),
    [
      [true, true, true, false],
      [true, true, true, true],
      [false, false, false, false],
    ],
  );
});

test("settings that are probably mistakes draw a warning and start", async () => {
  const config = await loadIn({
    yaml: `providers:
  a: { kind: openai, baseUrl: https://api.openai.com/v1, trust: private }
  b: { kind: openai, baseUrl: http://far.example, trust: external }
  c: { kind: openai, baseUrl: http://localhost:1/v1, trust: external }
models:
  m: { provider: b, upstream: m }
routes:
  auto: [{ use: [m, m], trust: private }]
  last: [{ use: [extractive, m] }]
`,
  });
  assert.deepEqual(config.warnings, [
    "weir.yaml:2:31 providers.a.baseUrl: api.openai.com is a public service, but the provider is declared private: personal data would go there. Is trust: external meant?",
    "weir.yaml:3:31 providers.b.baseUrl: http:// to an external provider: prompts and the key cross the network in the clear. Is https:// meant?",
    "weir.yaml:3:31 providers.b.baseUrl: the address has no path. Most OpenAI-compatible servers answer below /v1: is …/v1 meant?",
    "weir.yaml:8:17 routes.auto[0].use: the rule narrows trust to private, so m never takes part.",
    "weir.yaml:9:17 routes.last[0].use: extractive is always the last resort, wherever it stands.",
  ]);
  assert.deepEqual(config.routes["last"], [{ when: undefined, use: ["m"], trust: undefined }]);
});

test("a key from a file is relative to the config file and loses its last line break", async () => {
  const cwd = await makeFolder();
  await mkdir(join(cwd, "etc"));
  await writeFile(join(cwd, "etc", "key.txt"), "from-a-file\n");
  await writeFile(
    join(cwd, "etc", "weir.yaml"),
    "providers: { a: { kind: openai, baseUrl: env:A_URL, apiKey: 'file:key.txt', trust: private } }\nmodels: { m: { provider: a, upstream: env:A_MODEL } }\n",
  );
  const config = await loadIn({ cwd, flags: { config: "etc/weir.yaml" }, env: { A_URL: "http://127.0.0.1:9/v1", A_MODEL: "qwen" } });
  assert.equal(remotesOf(config)[0]?.apiKey, "from-a-file");
  assert.equal(remotesOf(config)[0]?.baseUrl, "http://127.0.0.1:9/v1");
  assert.equal(config.models[0]?.upstream, "qwen");
  assert.deepEqual(config.warnings, []);
});

describe("flags go before the environment, and the environment before the file:", () => {
  const yaml = "server: { host: file.example, port: 1 }\n";
  const env = { WEIR_HOST: "env.example", WEIR_PORT: "2", WEIR_DATA_DIR: "from-env" };
  test("file alone", async () => {
    const config = await loadIn({ yaml });
    assert.deepEqual([config.host, config.port], ["file.example", 1]);
  });
  test("environment and file", async () => {
    const config = await loadIn({ yaml, env });
    assert.deepEqual([config.host, config.port], ["env.example", 2]);
    assert.match(config.dataDir, /from-env$/);
  });
  test("all three", async () => {
    const config = await loadIn({ yaml, env, flags: { host: "::1", port: "0", data: "from-flag" } });
    assert.deepEqual([config.host, config.port], ["::1", 0]);
    assert.match(config.dataDir, /from-flag$/);
  });
});

test("a port is from 0 to 65535, and one past is refused", async () => {
  for (const port of ["0", "65535"]) assert.deepEqual(await problemsOf({ flags: { port } }), []);
  for (const port of ["-1", "65536", "8080x", "", "1e3"]) {
    assert.deepEqual(await problemsOf({ flags: { port } }), ["--port: expected a whole number from 0 to 65535; 0 picks a free port."]);
  }
});

test("what Kubernetes sets for a service called weir is not taken for settings", async () => {
  const config = await loadIn({
    env: {
      WEIR_PORT: "tcp://10.0.0.1:8080",
      WEIR_SERVICE_HOST: "10.0.0.1",
      WEIR_SERVICE_PORT: "8080",
      WEIR_PORT_8080_TCP_ADDR: "10.0.0.1",
    },
  });
  assert.equal(config.port, 8080);
  assert.deepEqual(config.warnings, [
    "environment WEIR_PORT: was set by Kubernetes for a service called weir, not by you, and is ignored. Set enableServiceLinks: false on the pod.",
  ]);
});

test("a misspelt name of our own stops the start, a strange one is a warning", async () => {
  assert.deepEqual(await problemsOf({ env: { WEIR_ADMINKEY: "0123456789abcdef" } }), [
    'environment WEIR_ADMINKEY: is not a setting. Did you mean "WEIR_ADMIN_KEY"?',
  ]);
  const config = await loadIn({ env: { WEIR_SOMETHING_ELSE: "1", ANTHROPIC_API_KEYS: "x", OPENAI_ORG: "x" } });
  assert.deepEqual(config.warnings, [
    'environment ANTHROPIC_API_KEYS: is not read. Did you mean "ANTHROPIC_API_KEY"?',
    "environment WEIR_SOMETHING_ELSE: is not a setting.",
  ]);
});

test("a .env file that the runtime reads is named, with the settings in it", async () => {
  const cwd = await makeFolder();
  await writeFile(join(cwd, ".env"), "export OPENAI_API_KEY=abc\nUNRELATED=1\n# VLLM_BASE_URL=x\n");
  const config = await loadIn({ cwd, env: { OPENAI_API_KEY: "abc", UNRELATED: "1" } });
  assert.deepEqual(config.warnings, [
    ".env: names OPENAI_API_KEY, and the runtime reads this file. A variable that was set before goes first.",
  ]);
});

test("settings from a program are read in place of any file, with their lines", async () => {
  const cwd = await makeFolder();
  await writeFile(join(cwd, "weir.yaml"), "fallback: maybe\n");
  const load = (value: unknown) =>
    loadConfig({ flags: {}, env: { ROUTING_THRESHOLD: "x" }, cwd, inline: { name: "settings", text: JSON.stringify(value, null, 2) } });
  const config = await load({ fallback: false });
  assert.deepEqual([config.fallback, config.file, config.routingThreshold], [false, undefined, undefined]);
  await assert.rejects(load({ fallback: true, modles: {} }), { message: 'settings:3:3 modles: is not a setting. Did you mean "models"?' });
});

test("the configuration is frozen to its leaves", async () => {
  const config = await loadIn({ yaml: CONTRACT, env: KEYS });
  const isFrozen = (value: unknown): boolean =>
    typeof value !== "object" ||
    value === null ||
    ArrayBuffer.isView(value) ||
    (Object.isFrozen(value) && Object.values(value).every(isFrozen));
  assert.ok(isFrozen(config));
});

test("the hash changes with what changes answers and not with secrets", async () => {
  const hashOf = async (yaml: string, env: Record<string, string> = KEYS): Promise<string> => (await loadIn({ yaml, env })).hash;
  const first = await hashOf(CONTRACT);
  assert.equal(await hashOf(CONTRACT, { ...KEYS, ANTHROPIC_API_KEY: "another" }), first);
  assert.equal(await hashOf(`${CONTRACT}server: { port: 1 }\n`), first);
  for (const [from, to] of [
    ["use: [llama-70b, sonnet]", "use: [sonnet]"],
    ["trust: external", "trust: private"],
    ["upstream: claude-sonnet-4-6", "upstream: claude-opus-5.5"],
    ["outputPerMTok: 15", "outputPerMTok: 16"],
  ] as const) {
    assert.notEqual(await hashOf(CONTRACT.replace(from, to)), first, to);
  }
});

test("a name such as constructor is not found where names are looked up", async () => {
  const config = await loadIn({});
  assert.equal(config.routes["constructor"], undefined);
  assert.equal(config.tiers["constructor"], undefined);
  assert.deepEqual(await problemsOf({ yaml: "models: { constructor: { provider: constructor, upstream: x } }" }), [
    'weir.yaml:1:36 models.constructor.provider: there is no provider "constructor". No provider is configured.',
  ]);
});

test("a start with a problem makes no data folder", async () => {
  const cwd = await makeFolder();
  assert.equal((await problemsOf({ cwd, yaml: "fallback: 1" })).length, 1);
  assert.deepEqual(await readdir(cwd), ["weir.yaml"]);
});
