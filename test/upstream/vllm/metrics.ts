/** What a test says of the server's engine. */
export type Load = {
  waiting: number;
  running: number;
  cacheUsage: number;
  finished: number;
  /** Names of adapters, joined by commas as vLLM does. */
  runningAdapters: string;
};

/** Prometheus' text in vLLM's own form: several hundred lines, of which few matter. */
export function metricsText(model: string, load: Load): string {
  const labels = `engine="0",model_name="${model}"`;
  const gauge = (name: string, help: string, value: number): string =>
    `# HELP vllm:${name} ${help}\n# TYPE vllm:${name} gauge\nvllm:${name}{${labels}} ${value.toFixed(4)}\n`;
  const buckets = Array.from({ length: 200 }, (_, at) => `vllm:e2e_request_latency_seconds_bucket{${labels},le="${at / 10}"} ${at}.0\n`);
  return [
    gauge("num_requests_running", "Number of requests in model execution batches.", load.running),
    gauge("num_requests_waiting", "Number of requests waiting to be processed.", load.waiting),
    gauge("kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", load.cacheUsage),
    "# HELP vllm:request_success_total Count of successfully processed requests.\n# TYPE vllm:request_success_total counter\n",
    `vllm:request_success_total{${labels},finished_reason="stop"} ${load.finished}.0\n`,
    "# TYPE vllm:e2e_request_latency_seconds histogram\n",
    ...buckets,
    `vllm:lora_requests_info{max_lora="4",running_lora_adapters="${load.runningAdapters}",waiting_lora_adapters=""} 1.7898e+09\n`,
  ].join("");
}
