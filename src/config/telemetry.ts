import { readAddress } from "./objects.ts";
import type { Place } from "./problem.ts";
import { resolveSecret } from "./reference.ts";
import type { Source } from "./source.ts";

/** `traces` undefined: no spans are made. */
export type TelemetryConfig = { readonly traces: TracesConfig | undefined };
export type TracesConfig = {
  /** Without `/v1/traces`, and without a trailing slash. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sampleRatio: number;
  readonly serviceName: string;
};

export async function readTelemetry(source: Source): Promise<TelemetryConfig> {
  const { traces } = source.value.telemetry;
  if (traces === undefined) return { traces: undefined };
  const at = (...path: readonly string[]): Place => source.placeOf(["telemetry", "traces", ...path]);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(traces.headers)) {
    const isReference = value.startsWith("env:") || value.startsWith("file:");
    headers[name.toLowerCase()] = isReference ? ((await resolveSecret(value, at("headers", name), source)) ?? "") : value;
  }
  const { sampleRatio, serviceName } = traces;
  return { traces: { endpoint: readAddress(traces.endpoint, at("endpoint"), source), headers, sampleRatio, serviceName } };
}
