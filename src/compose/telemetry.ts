import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { createServiceFetch } from "../http/index.ts";
import { createSpanExporter, createTracer, type Log, type SpanExporter, type Tracer } from "../telemetry/index.ts";

export type TelemetryParts = {
  /** Absent where no collector is configured: then no span is made. */
  readonly tracer: Tracer | undefined;
  readonly spans: Pick<SpanExporter, "exported" | "dropped">;
  start(): void;
  close(): Promise<void>;
};

type Deps = { readonly config: Config; readonly clock: Clock; readonly log: Log; readonly instanceId: string };

/** Said again only after this long: a collector that is away is no reason to fill the log. */
const SAY_EVERY_MS = 60_000;

/** Traces, where they are configured. */
export function composeTelemetry({ config, clock, log, instanceId }: Deps): TelemetryParts {
  const { traces } = config.telemetry;
  if (traces === undefined)
    return { tracer: undefined, spans: { exported: 0, dropped: 0 }, start: () => undefined, close: () => Promise.resolve() };
  const { endpoint, headers, sampleRatio, serviceName } = traces;
  let saidMs = Number.NEGATIVE_INFINITY;
  const exporter = createSpanExporter(
    {
      fetch: createServiceFetch(config.outbound.ca),
      wait: (ms) => sleep(ms),
      onFailure(status) {
        const now = clock.monotonicMs();
        if (now - saidMs < SAY_EVERY_MS) return;
        saidMs = now;
        log.warn("the collector does not take spans", { status, dropped: exporter.dropped });
      },
    },
    { endpoint, headers, serviceName, instanceId },
  );
  return {
    tracer: createTracer({ clock, add: exporter.add }, { sampleRatio }),
    spans: exporter,
    start: exporter.start,
    close: exporter.close,
  };
}
