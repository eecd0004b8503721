import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Labels are names from the configuration and fixed words, so their number is bounded. No tenant, key or content is a label. */
export type Metrics = {
  /** A finished, failed or aborted call. Durations in milliseconds. */
  call(done: {
    readonly model: string;
    readonly provider: string;
    readonly outcome: string;
    readonly stream: boolean;
    readonly latencyMs: number;
    readonly firstPartMs: number | undefined;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costMicroUsd: number;
  }): void;
  refusal(code: string): void;
  attempt(tried: { readonly model: string; readonly provider: string; readonly outcome: string; readonly code: string | undefined }): void;
  http(method: string, path: string, status: number): void;
  /** The text of `/metrics`, Prometheus exposition format. */
  expose(): Promise<{ readonly contentType: string; readonly body: string }>;
};

export type Gauges = {
  callsInFlight(): number;
  journalBacklog(): number;
  residentBytes(): number;
};

/** From a cache hit to a long reasoning answer. Seconds. */
const LATENCY_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

type Child = {
  calls: Counter.Internal;
  latency: Histogram.Internal<string>;
  first: Histogram.Internal<string>;
  input: Counter.Internal;
  output: Counter.Internal;
};

export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) => new Counter({ name, help, labelNames, registers });
  const calls = counter("weir_calls_total", "Calls by outcome.", ["model", "provider", "outcome", "stream"]);
  const refusals = counter("weir_refusals_total", "Calls refused before any provider was asked.", ["code"]);
  const attempts = counter("weir_attempts_total", "Upstream attempts.", ["model", "provider", "outcome", "code"]);
  const requests = counter("weir_http_requests_total", "HTTP requests by route.", ["method", "path", "status"]);
  const tokens = counter("weir_tokens_total", "Tokens by direction.", ["model", "provider", "direction"]);
  const cost = counter("weir_cost_micro_usd_total", "Cost in micro-dollars.", ["model", "provider"]);
  const timing = (name: string, help: string) =>
    new Histogram({ name, help, labelNames: ["model", "provider"], buckets: LATENCY_BUCKETS, registers });
  const latency = timing("weir_call_seconds", "Time of a whole call.");
  const first = timing("weir_first_part_seconds", "Time to the first part of an answer.");
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge("weir_calls_in_flight", "Calls under way.", gauges.callsInFlight);
  gauge("weir_journal_backlog_events", "Events in the journal that the database does not have yet.", gauges.journalBacklog);
  gauge("process_resident_memory_bytes", "Resident memory.", gauges.residentBytes);

  /** Looking labels up costs more than counting, so the children of a target are kept. */
  const children = new Map<string, Child>();
  const childOf = (model: string, provider: string, outcome: string, stream: boolean): Child => {
    const key = `${model}\u0000${provider}\u0000${outcome}\u0000${stream}`;
    const found = children.get(key);
    if (found !== undefined) return found;
    const made = {
      calls: calls.labels(model, provider, outcome, String(stream)),
      latency: latency.labels(model, provider),
      first: first.labels(model, provider),
      input: tokens.labels(model, provider, "input"),
      output: tokens.labels(model, provider, "output"),
    };
    children.set(key, made);
    return made;
  };

  return {
    call(done) {
      const child = childOf(done.model, done.provider, done.outcome, done.stream);
      child.calls.inc();
      child.latency.observe(done.latencyMs / 1000);
      if (done.firstPartMs !== undefined) child.first.observe(done.firstPartMs / 1000);
      child.input.inc(done.inputTokens);
      child.output.inc(done.outputTokens);
      if (done.costMicroUsd > 0) cost.labels(done.model, done.provider).inc(done.costMicroUsd);
    },
    refusal: (code) => refusals.labels(code).inc(),
    attempt: ({ model, provider, outcome, code }) => attempts.labels(model, provider, outcome, code ?? "").inc(),
    http: (method, path, status) => requests.labels(method, path, String(status)).inc(),
    expose: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
