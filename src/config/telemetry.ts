import { readAddress } from "./objects.ts";
import type { Place } from "./problem.ts";
import { resolveSecret } from "./reference.ts";
import type { Source } from "./source.ts";

/** `traces` undefined: no spans are made. `metrics` undefined: they are asked for at `/metrics` only. */
export type TelemetryConfig = { readonly traces: TracesConfig | undefined; readonly metrics: MetricsConfig | undefined };
export type CollectorConfig = {
  /** Without `/v1/traces` or `/v1/metrics`, and without a trailing slash. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
};
export type TracesConfig = CollectorConfig & { readonly sampleRatio: number };
export type MetricsConfig = CollectorConfig & { readonly everyMs: number };

export async function readTelemetry(source: Source): Promise<TelemetryConfig> {
  const { traces, metrics } = source.value.telemetry;
  return {
    traces: traces === undefined ? undefined : { ...(await readCollector("traces", traces, source)), sampleRatio: traces.sampleRatio },
    metrics:
      metrics === undefined ? undefined : { ...(await readCollector("metrics", metrics, source)), everyMs: metrics.everySeconds * 1000 },
  };
}

type FileCollector = { readonly endpoint: string; readonly headers: Readonly<Record<string, string>>; readonly serviceName: string };

async function readCollector(of: "traces" | "metrics", file: FileCollector, source: Source): Promise<CollectorConfig> {
  const at = (...path: readonly string[]): Place => source.placeOf(["telemetry", of, ...path]);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(file.headers)) {
    const isReference = value.startsWith("env:") || value.startsWith("file:");
    headers[name.toLowerCase()] = isReference ? ((await resolveSecret(value, at("headers", name), source)) ?? "") : value;
  }
  return { endpoint: readAddress(file.endpoint, at("endpoint"), source), headers, serviceName: file.serviceName };
}
