/** What one reading of a vLLM server's `/metrics` says of its queue, over all its engines. */
export type Measured = {
  /** Requests that wait for a place in a batch. */
  readonly waiting: number;
  /** Requests in a batch. */
  readonly running: number;
  /** Of the KV cache, from 0 to 1: the mean over engines. undefined: not told. */
  readonly cacheUsage: number | undefined;
  /** Requests that have ended since the server began: only its growth means anything. undefined: not told. */
  readonly finished: number | undefined;
  /** LoRA adapters of the requests that run and that wait. Without LoRA both are empty. */
  readonly adapters: { readonly running: readonly string[]; readonly waiting: readonly string[] };
};

/** Names as vLLM documents them; the second of a pair is that of versions before 0.10. */
const RUNNING = "vllm:num_requests_running";
const WAITING = "vllm:num_requests_waiting";
const CACHE_USAGE = ["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"] as const;
const FINISHED = "vllm:request_success_total";
const ADAPTERS = "vllm:lora_requests_info";

/** undefined: no metrics of vLLM, whatever else it is. */
export function readMetrics(text: string): Measured | undefined {
  const running = valuesOf(text, RUNNING);
  const waiting = valuesOf(text, WAITING);
  if (running.length === 0 || waiting.length === 0) return undefined;
  const usage = CACHE_USAGE.map((name) => valuesOf(text, name)).find((values) => values.length > 0);
  const finished = valuesOf(text, FINISHED);
  return {
    waiting: sum(waiting),
    running: sum(running),
    cacheUsage: usage === undefined ? undefined : Math.min(1, sum(usage) / usage.length),
    finished: finished.length === 0 ? undefined : sum(finished),
    adapters: adaptersOf(text),
  };
}

type Series = { readonly labels: string; readonly value: number };

const valuesOf = (text: string, name: string): readonly number[] => seriesOf(text, name).map(({ value }) => value);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * The series of one name in Prometheus' text. A server tells hundreds of histogram lines, twice a second: so the names wanted are
 * looked for, and the rest is not read.
 */
function seriesOf(text: string, name: string): readonly Series[] {
  const found: Series[] = [];
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const after = at + name.length;
    if (at > 0 && text.charCodeAt(at - 1) !== NEW_LINE) continue;
    const lineEnd = text.indexOf("\n", after);
    const rest = text.slice(after, lineEnd < 0 ? text.length : lineEnd);
    const parts = /^(?:\{(.*)\})? +([\d.eE+-]+)(?: +-?\d+)?\s*$/.exec(rest);
    const value = Number(parts?.[2]);
    // A longer name that begins with this one, `NaN`, or a count below zero: none of them is a reading.
    if (parts !== null && Number.isFinite(value) && value >= 0) found.push({ labels: parts[1] ?? "", value });
  }
  return found;
}
const NEW_LINE = 10;

/** Each set of adapters seen so far is a series of its own, and its value is the time at which it was true: the latest counts. */
function adaptersOf(text: string): Measured["adapters"] {
  const latest = seriesOf(text, ADAPTERS).reduce<Series | undefined>(
    (best, series) => (best === undefined || series.value >= best.value ? series : best),
    undefined,
  );
  return {
    running: listIn(latest?.labels, "running_lora_adapters"),
    waiting: listIn(latest?.labels, "waiting_lora_adapters"),
  };
}

function listIn(labels: string | undefined, name: string): readonly string[] {
  const value = labels === undefined ? undefined : new RegExp(`(?:^|,)${name}="([^"\\\\]*)"`).exec(labels)?.[1];
  return value === undefined ? [] : value.split(",").filter((adapter) => adapter !== "");
}
