import { test } from "bun:test";
import assert from "node:assert/strict";
import { loadIn, problemsOf, remotesOf } from "./testing.ts";

const yamlOf = (settings: string, kind = "openai"): string => `providers:
  local: { kind: ${kind}, baseUrl: http://127.0.0.1:8000/v1, trust: private, ${settings} }
tiers:
  gold: { rpm: 600 }
  free: { rpm: 10 }
`;

test("a provider says that it is vLLM, and which tiers come first", async () => {
  const [local] = remotesOf(await loadIn({ yaml: yamlOf("engine: vllm, tierPriority: { gold: -5, free: 10 }") }));
  assert.equal(local?.engine, "vllm");
  assert.deepEqual(local?.tierPriority, { gold: -5, free: 10 });
  const [plain] = remotesOf(await loadIn({ yaml: yamlOf("") }));
  assert.deepEqual([plain?.engine, plain?.tierPriority], [undefined, undefined]);
});

test("a priority that nobody would keep is told: of a tier that is none, and at a server that knows none", async () => {
  assert.deepEqual(await problemsOf({ yaml: yamlOf("engine: vllm, tierPriority: { golf: 1 }") }), [
    'weir.yaml:2:107 providers.local.tierPriority.golf: there is no tier "golf". Did you mean "gold"?',
  ]);
  assert.deepEqual(await problemsOf({ yaml: yamlOf("tierPriority: { gold: 1 }") }), [
    "weir.yaml:2:77 providers.local.tierPriority: is for servers that know priorities: set engine: vllm beside it.",
  ]);
  assert.deepEqual(await problemsOf({ yaml: yamlOf("engine: vlm") }), [
    'weir.yaml:2:85 providers.local.engine: expected one of vllm, tei. Did you mean "vllm"?',
  ]);
  assert.equal((await problemsOf({ yaml: yamlOf("engine: vllm", "anthropic") })).length, 1);
});
