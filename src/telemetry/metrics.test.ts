import assert from "node:assert/strict";
import { test } from "bun:test";
import { createMetrics } from "./metrics.ts";

const done = {
  model: 'm"1',
  provider: "p",
  outcome: "finished",
  stream: false,
  latencyMs: 30,
  firstPartMs: 4,
  inputTokens: 3,
  outputTokens: 2,
  costMicroUsd: 7,
};

test("calls, tokens, cost and durations are exposed in Prometheus' form, with label values escaped", async () => {
  const metrics = createMetrics({
    indexLagSeconds: () => 0,
    callsInFlight: () => 2,
    journalBacklogBytes: () => 0,
    journalBacklogSeconds: () => 0,
    residentBytes: () => 1,
    spansExported: () => 5,
    spansDropped: () => 0,
    contentLost: () => 0,
    contentFindings: () => 0,
    abuseKeys: () => ({ elevated: 3, high: 0 }),
    breakers: () => ({ m: 2 }),
    serviceLevel: () => 1,
    breakersOpened: () => ({ m: 4 }),
    repeats: () => ({ m: 7 }),
    searchesDegraded: () => ({ "embedding-slow": 2 }),
  });
  metrics.call(done);
  metrics.call({ ...done, latencyMs: 100_000_000 });
  metrics.http("POST", "/v1/chat/completions", 200);
  metrics.refusal("rate_limited");
  const { body, contentType } = await metrics.expose();
  assert.match(contentType, /version=0\.0\.4/);
  const target = 'model="m\\"1",provider="p"';
  for (const line of [
    `# TYPE weir_breaker_state gauge`,
    `weir_breaker_state{model="m"} 2`,
    `# TYPE weir_repeats_total counter`,
    `weir_repeats_total{model="m"} 7`,
    `weir_service_level 1`,
    `weir_breaker_opened_total{model="m"} 4`,
    `weir_calls_total{${target},outcome="finished",stream="false"} 2`,
    `weir_tokens_total{${target},direction="input"} 6`,
    `weir_cost_micro_usd_total{${target}} 14`,
    `weir_call_seconds_bucket{${target},le="0.025"} 0`,
    `weir_call_seconds_bucket{${target},le="0.1"} 1`,
    `weir_call_seconds_bucket{${target},le="300"} 1`,
    `weir_call_seconds_bucket{${target},le="+Inf"} 2`,
    `weir_call_seconds_count{${target}} 2`,
    `weir_first_part_seconds_bucket{${target},le="0.005"} 2`,
    'weir_http_requests_total{method="POST",path="/v1/chat/completions",status="200"} 1',
    'weir_refusals_total{code="rate_limited"} 1',
    'weir_abuse_keys{level="elevated"} 3',
    'weir_abuse_keys{level="high"} 0',
    "weir_calls_in_flight 2",
    "weir_spans_exported_total 5",
  ])
    assert.ok(body.split("\n").includes(line), `missing: ${line}\n${body}`);
  for (const line of body.trim().split("\n")) assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? -?[\d.e+]+)$/);
});
