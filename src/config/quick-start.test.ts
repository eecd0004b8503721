import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { loadIn, problemsOf, remotesOf } from "./testing.ts";

const CLAUDE = { ANTHROPIC_API_KEY: "a-key" };
const OPENAI = { OPENAI_API_KEY: "o-key" };
const VLLM = { VLLM_BASE_URL: "http://127.0.0.1:8000/v1", VLLM_MODEL: "meta-llama/Llama-3.2-90B-Instruct" };

describe("without a config file the environment makes the providers:", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
    ["none", {}, []],
    ["Anthropic", CLAUDE, ["claude-sonnet-4-6 at anthropic external https://api.anthropic.com a-key"]],
    [
      "Anthropic with model and address",
      { ...CLAUDE, ANTHROPIC_MODEL: "claude-opus-5.5", ANTHROPIC_BASE_URL: "http://127.0.0.1:1/" },
      ["claude-opus-5.5 at anthropic external http://127.0.0.1:1 a-key"],
    ],
    ["OpenAI", OPENAI, ["gpt-6.1-terra at openai external https://api.openai.com/v1 o-key"]],
    [
      "OpenAI with model and address",
      { ...OPENAI, OPENAI_MODEL: "gpt-6-luna", OPENAI_BASE_URL: "http://127.0.0.1:2/v1" },
      ["gpt-6-luna at openai external http://127.0.0.1:2/v1 o-key"],
    ],
    ["vLLM", VLLM, ["meta-llama/Llama-3.2-90B-Instruct at vllm private http://127.0.0.1:8000/v1 -"]],
    [
      "vLLM with a key",
      { ...VLLM, VLLM_API_KEY: "v-key" },
      ["meta-llama/Llama-3.2-90B-Instruct at vllm private http://127.0.0.1:8000/v1 v-key"],
    ],
    [
      "all three, private first",
      { ...CLAUDE, ...OPENAI, ...VLLM },
      [
        "meta-llama/Llama-3.2-90B-Instruct at vllm private http://127.0.0.1:8000/v1 -",
        "claude-sonnet-4-6 at anthropic external https://api.anthropic.com a-key",
        "gpt-6.1-terra at openai external https://api.openai.com/v1 o-key",
      ],
    ],
    [
      "an empty variable, which counts as unset",
      { ...CLAUDE, OPENAI_API_KEY: "  ", VLLM_BASE_URL: "" },
      ["claude-sonnet-4-6 at anthropic external https://api.anthropic.com a-key"],
    ],
  ];
  for (const [name, env, expected] of cases) {
    test(name, async () => {
      const config = await loadIn({ env });
      const made = config.models.map((model) => {
        const provider = remotesOf(config).find((candidate) => candidate.name === model.provider);
        return `${model.name} at ${model.provider} ${provider?.trust ?? ""} ${provider?.baseUrl ?? ""} ${provider?.apiKey ?? "-"}`;
      });
      assert.deepEqual(made, expected);
      assert.deepEqual(config.routes["auto"], [{ when: undefined, use: config.models.map((model) => model.name), trust: undefined }]);
      assert.equal(config.providers.length, config.models.length);
      assert.deepEqual(config.warnings, []);
    });
  }
});

test("the default model has its context and price, so that a budget can be kept; another has what is known elsewhere", async () => {
  const facts = async (model?: string) => {
    const config = await loadIn({ env: { ...CLAUDE, ...(model === undefined ? {} : { ANTHROPIC_MODEL: model }) } });
    return [config.models[0]?.contextTokens, config.models[0]?.price?.outputPerMTok];
  };
  assert.deepEqual(await facts(), [200_000, 15]);
  assert.deepEqual(await facts("claude-sonnet-4-6-20260501"), [200_000, 15]);
  assert.deepEqual(await facts("claude-opus-5.5"), [undefined, undefined]);
});

describe("the limits of the quick start:", () => {
  test("MAX_TOKENS_PER_REQUEST is default and cap", async () => {
    for (const tokens of [1, 1024, 8192]) {
      const config = await loadIn({ env: { MAX_TOKENS_PER_REQUEST: String(tokens) } });
      assert.deepEqual([config.maxOutputTokensDefault, config.maxOutputTokensCap], [tokens, tokens]);
    }
  });
  test("SPEND_LIMIT_DOLLARS becomes micro-dollars", async () => {
    assert.equal((await loadIn({ env: { SPEND_LIMIT_DOLLARS: "500" } })).spendLimitMicroUsd, 500_000_000);
    assert.equal((await loadIn({ env: { SPEND_LIMIT_DOLLARS: "0.000001" } })).spendLimitMicroUsd, 1);
    assert.equal((await loadIn({ env: { SPEND_LIMIT_DOLLARS: "0" } })).spendLimitMicroUsd, 0);
  });
  test("ENABLE_FALLBACK reads the usual words", async () => {
    for (const word of ["true", "TRUE", "1", "yes", "on"]) assert.equal((await loadIn({ env: { ENABLE_FALLBACK: word } })).fallback, true);
    for (const word of ["false", "False", "0", "no", "off"])
      assert.equal((await loadIn({ env: { ENABLE_FALLBACK: word } })).fallback, false);
  });
  test("from ROUTING_THRESHOLD calls of a day on, external models come first", async () => {
    const env = { ROUTING_THRESHOLD: "3000", VLLM_BASE_URL: "http://127.0.0.1:9/v1", VLLM_MODEL: "own", ANTHROPIC_API_KEY: "k" };
    const config = await loadIn({ env });
    assert.equal(config.routingThreshold, 3000);
    assert.deepEqual(config.routes["auto"], [
      { when: "requestsToday < routingThreshold", use: ["own", "claude-sonnet-4-6"], trust: undefined },
      { when: undefined, use: ["claude-sonnet-4-6", "own"], trust: undefined },
    ]);
    assert.deepEqual(config.warnings, []);
  });
});

test("wrong values are named by their variable, all at once and each once", async () => {
  const problems = await problemsOf({
    env: {
      ...CLAUDE,
      ...OPENAI,
      ...VLLM,
      ANTHROPIC_BASE_URL: "api.anthropic.com",
      VLLM_BASE_URL: "127.0.0.1:8000",
      OPENAI_API_KEY: "two\nlines",
      MAX_TOKENS_PER_REQUEST: "100",
      SPEND_LIMIT_DOLLARS: "10",
    },
  });
  assert.deepEqual(problems, [
    "environment VLLM_BASE_URL: expected an address such as http://127.0.0.1:8000/v1.",
    "environment ANTHROPIC_BASE_URL: expected an address such as http://127.0.0.1:8000/v1.",
    "environment OPENAI_API_KEY: the key has characters that an HTTP header cannot carry, such as a line break.",
  ]);
  assert.deepEqual(
    await problemsOf({
      env: { MAX_TOKENS_PER_REQUEST: "0", SPEND_LIMIT_DOLLARS: "-1", ENABLE_FALLBACK: "maybe", ROUTING_THRESHOLD: "1.5" },
    }),
    [
      "environment ENABLE_FALLBACK: expected true or false, got text.",
      "environment ROUTING_THRESHOLD: expected a whole number from 0 to 1000000000 (calls a day), got a number with a fraction.",
      "environment MAX_TOKENS_PER_REQUEST: must be from 1 to 10000000 (tokens): a reservation of money is this many output tokens.",
      "environment SPEND_LIMIT_DOLLARS: must be from 0 to 1000000000 (dollars): sums are exact up to a billion dollars.",
    ],
  );
  assert.deepEqual(await problemsOf({ env: { MAX_TOKENS_PER_REQUEST: "1k", SPEND_LIMIT_DOLLARS: "$5" } }), [
    "environment MAX_TOKENS_PER_REQUEST: expected a whole number from 1 to 10000000 (tokens), got text.",
    "environment SPEND_LIMIT_DOLLARS: expected a number from 0 to 1000000000 (dollars), got text.",
  ]);
});

test("one model name at two providers is refused, since callers could not tell them apart", async () => {
  assert.deepEqual(await problemsOf({ env: { ...CLAUDE, ...OPENAI, OPENAI_MODEL: "x", ANTHROPIC_MODEL: "x" } }), [
    "environment OPENAI_MODEL: names the same model as ANTHROPIC_MODEL. Two providers of one model need a config file.",
  ]);
});

test("a setting that does nothing without another draws a warning", async () => {
  const config = await loadIn({ env: { ANTHROPIC_MODEL: "x", OPENAI_BASE_URL: "http://a/v1", VLLM_MODEL: "y", VLLM_API_KEY: "z" } });
  assert.deepEqual(config.models, []);
  assert.deepEqual(config.warnings, [
    "environment ANTHROPIC_MODEL: does nothing without ANTHROPIC_API_KEY.",
    "environment OPENAI_BASE_URL: does nothing without OPENAI_API_KEY.",
    "environment VLLM_MODEL: does nothing without VLLM_BASE_URL.",
    "environment VLLM_API_KEY: does nothing without VLLM_BASE_URL.",
  ]);
});

describe("without VLLM_MODEL the server is asked which model it has:", () => {
  const env = { VLLM_BASE_URL: "http://127.0.0.1:8000/v1/", VLLM_API_KEY: "v-key" };
  test("its only model is used, with its context", async () => {
    const asked: unknown[] = [];
    const config = await loadIn({
      env,
      listModels: async (...args) => {
        asked.push(args);
        return [{ id: "qwen/Qwen3-32B", contextTokens: 40_960 }];
      },
    });
    assert.deepEqual(asked, [["http://127.0.0.1:8000/v1", "v-key"]]);
    assert.deepEqual(
      config.models.map((model) => [model.name, model.upstream, model.contextTokens]),
      [["qwen/Qwen3-32B", "qwen/Qwen3-32B", 40_960]],
    );
    assert.deepEqual(config.warnings, []);
  });
  test("of several the first is used, and the choice is told", async () => {
    const listModels = async () => [
      { id: "base", contextTokens: undefined },
      { id: "adapter", contextTokens: undefined },
    ];
    const config = await loadIn({ env, listModels });
    assert.deepEqual(
      config.models.map((model) => model.name),
      ["base"],
    );
    assert.deepEqual(config.warnings, ["environment VLLM_MODEL: is not set, and the server has 2 models. The first is used: base."]);
  });
  const expected = [
    "environment VLLM_MODEL: is not set, and the server at VLLM_BASE_URL did not say which model it has (GET /models). Set it, or start that server first.",
  ];
  test("no answer, an empty list, or nobody to ask is a problem", async () => {
    assert.deepEqual(await problemsOf({ env, listModels: () => Promise.reject(new Error("refused")) }), expected);
    assert.deepEqual(await problemsOf({ env, listModels: async () => [] }), expected);
    assert.deepEqual(await problemsOf({ env }), expected);
  });
});

test("with a config file the variables only serve its references, and unused ones are named", async () => {
  const config = await loadIn({
    yaml: "providers: { a: { kind: anthropic, baseUrl: https://api.anthropic.com, apiKey: env:ANTHROPIC_API_KEY, trust: external } }\n",
    env: { ...CLAUDE, ...OPENAI, MAX_TOKENS_PER_REQUEST: "1", ROUTING_THRESHOLD: "x" },
  });
  assert.deepEqual(
    config.providers.map((provider) => provider.name),
    ["a"],
  );
  assert.equal(config.maxOutputTokensCap, undefined);
  assert.equal(config.routingThreshold, undefined);
  assert.deepEqual(config.warnings, [
    "environment OPENAI_API_KEY: is set, but weir.yaml does not refer to it, so it does nothing.",
    "environment MAX_TOKENS_PER_REQUEST: is set, but weir.yaml does not refer to it, so it does nothing.",
    "environment ROUTING_THRESHOLD: is set, but weir.yaml does not refer to it, so it does nothing.",
  ]);
});
