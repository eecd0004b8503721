import { test } from "bun:test";
import assert from "node:assert/strict";
import { metricsUrlOf } from "./metrics-url.ts";
import { readMetrics } from "./metrics-text.ts";

/** As vLLM 0.11 writes it, cut down: help, types, histograms, counters, and names that begin as those that are wanted. */
const TEXT = `# HELP python_gc_objects_collected_total Objects collected during gc
# TYPE python_gc_objects_collected_total counter
python_gc_objects_collected_total{generation="0"} 6432.0
# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="meta-llama/Llama-3.1-8B-Instruct"} 8.0
# HELP vllm:num_requests_waiting Number of requests waiting to be processed.
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="meta-llama/Llama-3.1-8B-Instruct"} 17.0
vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 99.0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0",model_name="meta-llama/Llama-3.1-8B-Instruct"} 0.8125
# TYPE vllm:request_success_total counter
vllm:request_success_total{engine="0",finished_reason="stop",model_name="m"} 40.0
vllm:request_success_total{engine="0",finished_reason="length",model_name="m"} 2.0
vllm:request_success_created{engine="0",finished_reason="stop",model_name="m"} 1.7898e+09
# TYPE vllm:e2e_request_latency_seconds histogram
vllm:e2e_request_latency_seconds_bucket{engine="0",le="0.3",model_name="m"} 1.0
vllm:lora_requests_info{max_lora="4",running_lora_adapters="old",waiting_lora_adapters=""} 1.700000001e+09
vllm:lora_requests_info{max_lora="4",running_lora_adapters="acme/base-lora-v2,beta/base-lora-v1",waiting_lora_adapters="acme/base-lora-v2"} 1.700000009e+09
`;

test("the queue, the batch, the cache and the adapters are read from vLLM's own text", () => {
  assert.deepEqual(readMetrics(TEXT), {
    waiting: 17,
    running: 8,
    cacheUsage: 0.8125,
    finished: 42,
    adapters: { running: ["acme/base-lora-v2", "beta/base-lora-v1"], waiting: ["acme/base-lora-v2"] },
  });
});

test("queues of several engines add up, and their caches are averaged", () => {
  const engine = (at: number, waiting: number, usage: number): string =>
    `vllm:num_requests_running{engine="${at}"} 1\nvllm:num_requests_waiting{engine="${at}"} ${waiting}\nvllm:kv_cache_usage_perc{engine="${at}"} ${usage}\n`;
  const measured = readMetrics(engine(0, 2, 0.25) + engine(1, 3, 0.75));
  assert.deepEqual([measured?.running, measured?.waiting, measured?.cacheUsage], [2, 5, 0.5]);
});

test("an older server's name of the cache's use is known, and what is not told is not made up", () => {
  const old = "vllm:num_requests_running 1\nvllm:num_requests_waiting 0\nvllm:gpu_cache_usage_perc 1.0";
  assert.deepEqual(readMetrics(old), {
    waiting: 0,
    running: 1,
    cacheUsage: 1,
    finished: undefined,
    adapters: { running: [], waiting: [] },
  });
  assert.equal(readMetrics("vllm:num_requests_running 1\nvllm:num_requests_waiting 0\n")?.cacheUsage, undefined);
});

test("what is no reading of a queue is none", () => {
  const texts = [
    "",
    "<html>404</html>",
    "# HELP vllm:num_requests_waiting Number of requests\n# HELP vllm:num_requests_running Number",
    TEXT.replace(/^vllm:num_requests_waiting\{.*$/m, ""),
    TEXT.replace(/^(vllm:num_requests_waiting\{.*\}) .*$/m, "$1 NaN"),
    TEXT.replace(/^(vllm:num_requests_waiting\{.*\}) .*$/m, "$1 -1"),
    TEXT.replace(/^(vllm:num_requests_running\{.*\}) .*$/m, "$1 +Inf"),
    '{"error":{"message":"Unauthorized"}}',
  ];
  for (const text of texts) assert.equal(readMetrics(text), undefined, text.slice(0, 60));
  console.log(`# ${texts.length} texts that are no reading`);
});

test("metrics stand beside the API, also below a path", () => {
  assert.equal(metricsUrlOf("http://10.0.0.1:8000/v1"), "http://10.0.0.1:8000/metrics");
  assert.equal(metricsUrlOf("https://gpu.example/llama/v1"), "https://gpu.example/llama/metrics");
  assert.equal(metricsUrlOf("http://10.0.0.1:8000"), "http://10.0.0.1:8000/metrics");
});
