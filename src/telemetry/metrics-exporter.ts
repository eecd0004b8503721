import type { Fetch } from "../kernel/outbound.ts";
import type { Family } from "./exposition.ts";
import type { Resource } from "./otlp-json.ts";
import { toMetricsJson } from "./otlp-metrics.ts";

export type MetricsExporter = {
  /** Sends what stands now. Never rejects; one at a time. */
  flush(): Promise<void>;
  start(): void;
  /** Sends once more. */
  close(): Promise<void>;
};

export type MetricsExporterOptions = Resource & {
  /** `/v1/metrics` is added. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly everyMs: number;
};
export type MetricsExporterDeps = {
  readonly fetch: Fetch;
  nowMs(): number;
  collect(): readonly Family[];
  onFailure(status: number | undefined): void;
};

const TIMEOUT_MS = 10_000;

/**
 * Sends all metrics to a collector at an interval, by OTLP over HTTP in JSON. What is sent are sums since the start, so what a collector does
 * not take is not sent again: the next sending holds it.
 */
export function createMetricsExporter(deps: MetricsExporterDeps, options: MetricsExporterOptions): MetricsExporter {
  const url = `${options.endpoint}/v1/metrics`;
  const headers = { ...options.headers, "content-type": "application/json" };
  const startMs = deps.nowMs();
  let sending: Promise<void> | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;

  const send = async (): Promise<void> => {
    const body = toMetricsJson(deps.collect(), options, { startMs, nowMs: deps.nowMs() });
    try {
      const response = await deps.fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
      await response.arrayBuffer();
      if (!response.ok) deps.onFailure(response.status);
    } catch {
      deps.onFailure(undefined);
    }
  };
  const flush = (): Promise<void> => (sending ??= send().finally(() => (sending = undefined)));
  return {
    flush,
    start() {
      timer = setInterval(() => void flush(), options.everyMs);
      timer.unref();
    },
    async close() {
      clearInterval(timer);
      // One under way holds what stood when it began.
      await sending;
      await flush();
    },
  };
}
