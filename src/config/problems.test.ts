import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadIn, makeFolder, problemsOf, remotesOf } from "./testing.ts";

const GOOD = `providers:
  local: { kind: openai, baseUrl: http://127.0.0.1:8000/v1, trust: private }
  claude: { kind: anthropic, baseUrl: https://api.anthropic.com, apiKey: env:ANTHROPIC_API_KEY, trust: external }
models:
  llama: { provider: local, upstream: meta/llama }
  sonnet: { provider: claude, upstream: claude-sonnet-4-6 }
routes:
  auto:
    - { use: [llama, sonnet] }
`;
const ENV = { ANTHROPIC_API_KEY: "sk-ant-0123456789" };

/** The good file with one line changed has exactly the expected problems. */
async function check(from: string, to: string, expected: readonly string[], env: Readonly<Record<string, string>> = ENV): Promise<void> {
  assert.ok(GOOD.includes(from), from);
  assert.deepEqual(await problemsOf({ yaml: GOOD.replace(from, to), env }), expected);
}

test("the file that the other tests break is itself accepted", async () => {
  assert.deepEqual(await problemsOf({ yaml: GOOD, env: ENV }), []);
});

describe("a problem names file, line, column, path, what was expected and the nearest known name:", () => {
  test("an unknown key", async () => {
    await check("baseUrl: http://127.0.0.1:8000/v1", "basUrl: http://127.0.0.1:8000/v1", [
      "weir.yaml:2:3 providers.local.baseUrl: is missing. Expected text.",
      'weir.yaml:2:26 providers.local.basUrl: is not a setting. Did you mean "baseUrl"?',
    ]);
  });
  test("an unknown key with no near name lists what is known", async () => {
    await check("routes:", "plugins: 1\nroutes:", [
      "weir.yaml:7:1 plugins: is not a setting. Known here: providers, models, routes, tiers, fallback, routingThreshold, resilience, slo, retrieval, maxOutputTokens, spendLimitUsd, server, guard, abuse, auth, console, objects, sources, telemetry, tls, outbound, retention, approvals, prompts, chatLogs, downloads, journal, database.",
    ]);
  });
  test("an unknown kind", async () => {
    await check("kind: openai", "kind: opnai", [
      'weir.yaml:2:18 providers.local.kind: expected one of openai, anthropic, llama. Did you mean "openai"?',
    ]);
  });
  test("a missing kind", async () => {
    await check("kind: openai, ", "", ["weir.yaml:2:3 providers.local.kind: is missing. Expected one of openai, anthropic, llama."]);
  });
  test("a wrong word", async () => {
    await check("trust: private", "trust: privat", [
      'weir.yaml:2:68 providers.local.trust: expected one of private, external. Did you mean "private"?',
    ]);
  });
  test("trust left out, which has no default", async () => {
    await check(", trust: private", "", ["weir.yaml:2:3 providers.local.trust: is missing. Expected one of private, external."]);
  });
  test("a wrong type", async () => {
    await check("upstream: meta/llama", "upstream: [meta]", ["weir.yaml:5:39 models.llama.upstream: expected text, got a list."]);
    await check("models:\n  llama:", "models:\n  llama: 5 #", [
      "weir.yaml:5:10 models.llama: expected a map of settings, got a whole number.",
    ]);
    await check("    - { use: [llama, sonnet] }", "    use: [llama]", ["weir.yaml:9:5 routes.auto: expected a list, got a map."]);
  });
  test("a section without content", async () => {
    await check("routes:\n  auto:\n    - { use: [llama, sonnet] }", "routes:", [
      "weir.yaml:7:8 routes: expected a map of settings, got nothing.",
    ]);
  });
  test("a model of an unknown provider", async () => {
    await check("provider: local", "provider: locla", [
      'weir.yaml:5:22 models.llama.provider: there is no provider "locla". Did you mean "local"?',
    ]);
    await check("provider: local", "provider: elsewhere", [
      'weir.yaml:5:22 models.llama.provider: there is no provider "elsewhere". Known: local, claude.',
    ]);
  });
  test("a rule that uses an unknown model", async () => {
    await check("use: [llama, sonnet]", "use: [llama, sonet]", [
      'weir.yaml:9:22 routes.auto[0].use[1]: there is no model "sonet". Did you mean "sonnet"?',
    ]);
  });
  test("a rule that uses a route", async () => {
    await check("use: [llama, sonnet]", "use: [auto]", ['weir.yaml:9:15 routes.auto[0].use[0]: "auto" is a route. A rule uses models.']);
  });
  test("names that are taken", async () => {
    await check("  llama:", "  auto:", [
      "weir.yaml:5:3 models.auto: is a reserved name: the model auto always exists.",
      "weir.yaml:8:3 routes.auto: is the name of a model, too: callers could not tell which is meant.",
      'weir.yaml:9:15 routes.auto[0].use[0]: there is no model "llama". Known: auto, sonnet, extractive.',
    ]);
    await check("  llama:", "  acme/llama-lora-v3:", [
      "weir.yaml:5:3 models.acme/llama-lora-v3: names of this form (tenant/base-lora-vN) are kept for the adapters of tenants.",
      'weir.yaml:9:15 routes.auto[0].use[0]: there is no model "llama". Known: acme/llama-lora-v3, sonnet, extractive.',
    ]);
  });
  test("a name that cannot be one", async () => {
    await check("  claude:", "  my claude:", [
      "weir.yaml:3:3 providers.my claude: is not a usable name: a name begins with a letter or digit, has only letters, digits and . _ -, and at most 63 characters.",
    ]);
  });
  test("a key from the environment that is not set, is empty, or is misspelt", async () => {
    await check("local", "local", ["weir.yaml:3:74 providers.claude.apiKey: the environment variable ANTHROPIC_API_KEY is not set."], {});
    await check("local", "local", ["weir.yaml:3:74 providers.claude.apiKey: the environment variable ANTHROPIC_API_KEY is empty."], {
      ANTHROPIC_API_KEY: " ",
    });
    const near = { ANTHROPIC_KEY: "x" };
    await check(
      "env:ANTHROPIC_API_KEY",
      "env:ANTROPIC_KEY",
      ['weir.yaml:3:74 providers.claude.apiKey: the environment variable ANTROPIC_KEY is not set. Did you mean "ANTHROPIC_KEY"?'],
      near,
    );
    await check("env:ANTHROPIC_API_KEY", '"env:$KEY"', [
      "weir.yaml:3:74 providers.claude.apiKey: env: must be followed by the name of an environment variable, as in env:ANTHROPIC_API_KEY.",
    ]);
  });
  test("an address that is none, or holds a password, or a query", async () => {
    await check("http://127.0.0.1:8000/v1", "127.0.0.1:8000/v1", [
      "weir.yaml:2:35 providers.local.baseUrl: expected an address such as http://127.0.0.1:8000/v1.",
    ]);
    await check("http://127.0.0.1:8000/v1", "http://u:hunter2@127.0.0.1:8000/v1?a=b", [
      "weir.yaml:2:35 providers.local.baseUrl: an address may not hold a user or password: use apiKey.",
      "weir.yaml:2:35 providers.local.baseUrl: an address ends before any ? or #.",
    ]);
  });
  test("timeouts that contradict each other", async () => {
    await check("trust: private", "trust: private, timeouts: { firstByteMs: 5000, totalMs: 4999 }", [
      "weir.yaml:2:117 providers.local.timeouts.totalMs: must be at least firstByteMs (5000 milliseconds): the first byte comes before the last.",
    ]);
    await check("trust: private", "trust: private, timeouts: { firstByteMs: 5000, totalMs: 5000 }", []);
  });
  test("thresholds that contradict each other", async () => {
    await check("routes:", "abuse: { throttleAbove: 60, suspendAbove: 59 }\nroutes:", [
      "weir.yaml:7:43 abuse.suspendAbove: must be at least throttleAbove (60 points): a key is slowed down before it is stopped.",
    ]);
    await check("routes:", "abuse: { throttleAbove: 60, suspendAbove: 60 }\nroutes:", []);
  });
  test("models of retrieval that are none, or do something else", async () => {
    await check("routes:", "retrieval: { embedding: lama }\nroutes:", [
      'weir.yaml:7:25 retrieval.embedding: there is no model "lama". No model has kind: embedding.',
    ]);
    await check("routes:", "retrieval: { embedding: llama }\nroutes:", [
      "weir.yaml:7:25 retrieval.embedding: the model llama is not of kind embedding. No model has kind: embedding.",
    ]);
  });
  test("settings of resilience that contradict each other, and models that are none", async () => {
    await check("routes:", "resilience: { breaker: { openMs: 60000, openMsMax: 59999 } }\nroutes:", [
      "weir.yaml:7:52 resilience.breaker.openMsMax: must be at least openMs (60000 milliseconds): pauses grow.",
    ]);
    await check("routes:", "resilience: { service: { reduced: [lama], calmLoad: 0.95 } }\nroutes:", [
      'weir.yaml:7:36 resilience.service.reduced[0]: there is no model "lama". Did you mean "llama"?',
      "weir.yaml:7:53 resilience.service.calmLoad: must be at most load (0.9).",
    ]);
    await check("routes:", "resilience: { breaker: { openMs: 60000, openMsMax: 60000 }, service: { reduced: [llama] } }\nroutes:", []);
  });
  test("broken YAML and a key twice", async () => {
    await check("  auto:", "  auto: {", [
      "weir.yaml:9:5: is not valid YAML: Block collections are not allowed within flow collections.",
      "weir.yaml:10:1: is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }.",
    ]);
    await check("routes:", "models: {}\nroutes:", ["weir.yaml:7:1: is not valid YAML: the same key stands here twice."]);
  });
});

describe("every number has bounds, with the reason told one past them:", () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ["server: { port: N }", 0, 65_535],
    ["server: { callsInFlight: N }", 1, 60_000],
    ["server: { callsQueued: N }", 0, 100_000],
    ["server: { queueWaitMs: N }", 0, 600_000],
    ["database: { connections: N }", 1, 500],
    ["maxOutputTokens: { default: N }", 1, 10_000_000],
    ["maxOutputTokens: { cap: N }", 1, 10_000_000],
    ["tiers: { gold: { rpm: N } }", 1, 1_000_000_000],
    ["tiers: { gold: { tpm: N } }", 1, 1_000_000_000],
    ["spendLimitUsd: N", 0, 1_000_000_000],
    [
      "providers: { a: { kind: openai, baseUrl: http://a/v1, trust: private, timeouts: { firstByteMs: N, totalMs: 86400000 } } }",
      100,
      3_600_000,
    ],
    ["providers: { a: { kind: openai, baseUrl: http://a/v1, trust: private, timeouts: { idleMs: N } } }", 100, 3_600_000],
    [
      "providers: { a: { kind: openai, baseUrl: http://a/v1, trust: private, timeouts: { firstByteMs: 100, totalMs: N } } }",
      100,
      86_400_000,
    ],
    [
      "providers: { a: { kind: openai, baseUrl: http://a/v1, trust: private } }\nmodels: { m: { provider: a, upstream: m, contextTokens: N } }",
      256,
      100_000_000,
    ],
    [
      "providers: { a: { kind: openai, baseUrl: http://a/v1, trust: private } }\nmodels: { m: { provider: a, upstream: m, price: { inputPerMTok: N, outputPerMTok: 0 } } }",
      0,
      10_000,
    ],
    [
      "providers: { a: { kind: openai, baseUrl: http://a/v1, trust: private } }\nmodels: { m: { provider: a, upstream: m, price: { inputPerMTok: 0, outputPerMTok: N } } }",
      0,
      10_000,
    ],
    [
      "providers: { a: { kind: openai, baseUrl: http://a/v1, trust: private } }\nmodels: { m: { provider: a, upstream: m, price: { inputPerMTok: 0, outputPerMTok: 0, cachedInputPerMTok: N, cacheWritePerMTok: N } } }",
      0,
      10_000,
    ],
  ];
  for (const [yaml, min, max] of cases) {
    test(`${yaml.replace(/\s+/g, " ")} is from ${String(min)} to ${String(max)}`, async () => {
      const at = (value: number): Promise<string[]> =>
        problemsOf({ yaml: yaml.replaceAll("N", String(value)).replaceAll(`${String(value)}ull`, "Null") });
      assert.deepEqual(await at(min), []);
      assert.deepEqual(await at(max), []);
      for (const wrong of [min - 1, max + 1]) {
        const problems = await at(wrong);
        assert.ok(problems.length > 0, String(wrong));
        for (const problem of problems)
          assert.match(
            problem,
            new RegExp(`^weir\\.yaml:\\d+:\\d+ [\\w.\\[\\]]+: must be from ${String(min)} to ${String(max)}( \\([a-z ]+\\))?: .+\\.$`),
          );
      }
    });
  }
});

test("all problems are reported at once, in the order of the file", async () => {
  const yaml = `providers:
  a: { kind: openai, baseUrl: nowhere, trust: private }
  b: { kind: openai, baseUrl: http://b/v1, apiKey: env:NOT_SET_A, trust: private }
  c: { kind: openai, baseUrl: http://c/v1, apiKey: file:missing.txt, trust: private }
models:
  m: { provider: d, upstream: m }
routes:
  auto: [{ use: [n] }]
`;
  const problems = await problemsOf({ yaml, env: { WEIR_PORT: "x", WEIR_HOSST: "y" }, flags: { host: "http://a" } });
  assert.deepEqual(
    problems.map((line) => line.replace(/the file \S+/, "the file F")),
    [
      'environment WEIR_HOSST: is not a setting. Did you mean "WEIR_HOST"?',
      "--host: expected an address or a host name, such as 127.0.0.1 or 0.0.0.0, without http:// or a port.",
      "environment WEIR_PORT: expected a whole number from 0 to 65535; 0 picks a free port.",
      "weir.yaml:2:31 providers.a.baseUrl: expected an address such as http://127.0.0.1:8000/v1.",
      "weir.yaml:3:52 providers.b.apiKey: the environment variable NOT_SET_A is not set.",
      "weir.yaml:4:52 providers.c.apiKey: the file F cannot be read (ENOENT).",
      'weir.yaml:6:18 models.m.provider: there is no provider "d". Known: a, b, c.',
      'weir.yaml:8:18 routes.auto[0].use[0]: there is no model "n". Known: m, extractive.',
    ],
  );
});

test("no problem or warning repeats a secret, wherever it was put", async () => {
  const secret = "sk-ant-SECRET-0123456789";
  const places = [
    GOOD.replace("env:ANTHROPIC_API_KEY", secret).replace("trust: external", "trust: wrong"),
    GOOD.replace("kind: anthropic", `kind: ${secret}`),
    GOOD.replace("trust: external", `trust: ${secret}`),
    GOOD.replace("https://api.anthropic.com", `https://x:${secret}@api.anthropic.com`),
    GOOD.replace("https://api.anthropic.com", secret),
    GOOD.replace("env:ANTHROPIC_API_KEY", `env:${secret}`),
    GOOD.replace("upstream: claude-sonnet-4-6", `upstream: x, contextTokens: ${secret}`),
    `${GOOD}\n  ${secret}: {`,
    GOOD.replace("env:ANTHROPIC_API_KEY", `"${secret}\\n"`),
  ];
  for (const yaml of places) {
    const problems = await problemsOf({ yaml, env: ENV });
    assert.ok(problems.length > 0);
    assert.ok(!problems.join().includes("SECRET"), problems.join());
  }
  const config = await loadIn({ yaml: GOOD.replace("env:ANTHROPIC_API_KEY", secret), env: {} });
  assert.deepEqual(config.warnings, [
    "weir.yaml:3:74 providers.claude.apiKey: the key itself stands in the config file. Use env:NAME or file:PATH, so that the file can be shown.",
  ]);
  assert.equal(remotesOf(config)[1]?.apiKey, secret);
});

test("a config file that was named must exist, and one that was not need not", async () => {
  const cwd = await makeFolder();
  assert.deepEqual(await problemsOf({ cwd, flags: { config: "other.yaml" } }), [
    `--config: the config file ${join(cwd, "other.yaml")} cannot be read (ENOENT).`,
  ]);
  assert.deepEqual(await problemsOf({ cwd, env: { WEIR_CONFIG: "." } }), [
    `environment WEIR_CONFIG: the config file ${cwd} is not a file.`,
  ]);
  assert.deepEqual(await problemsOf({ cwd }), []);
  await writeFile(join(cwd, "other.yaml"), "fallback: false\n");
  assert.equal((await loadIn({ cwd, flags: { config: "other.yaml" } })).fallback, false);
});

test("a file larger than a megabyte is refused before it is read as YAML", async () => {
  const fits = `#${"x".repeat(1024 * 1024 - 2)}\n`;
  assert.deepEqual(await problemsOf({ yaml: fits }), []);
  assert.deepEqual(await problemsOf({ yaml: `${fits}\n` }), [
    "weir.yaml:1:1: is larger than 1048576 characters; a config file is a page or two.",
  ]);
});
