import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { createServiceFetch } from "../http/index.ts";
import {
  createMetricsExporter,
  createSpanExporter,
  createTracer,
  type Log,
  type Metrics,
  type SpanExporter,
  type Tracer,
} from "../telemetry/index.ts";

export type TelemetryParts = {
  /** Absent where no collector is configured: then no span is made. */
  readonly tracer: Tracer | undefined;
  readonly spans: Pick<SpanExporter, "exported" | "dropped">;
  start(): void;
  close(): Promise<void>;
};

type Deps = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly instanceId: string;
  /** All metrics as they stand. */
  readonly collect: Metrics["collect"];
};
/** What is started and, at the end, sent and closed. */
type Sender = { start(): void; close(): Promise<void> };

/** Said again only after this long: a collector that is away is no reason to fill the log. */
const SAY_EVERY_MS = 60_000;

/** Traces and metrics to a collector, where they are configured. */
export function composeTelemetry(deps: Deps): TelemetryParts {
  const traces = composeTraces(deps);
  const senders: readonly Sender[] = [traces.exporter, composeMetrics(deps)].filter((sender) => sender !== undefined);
  return {
    tracer: traces.tracer,
    spans: traces.exporter ?? { exported: 0, dropped: 0 },
    start: () => senders.forEach((sender) => sender.start()),
    async close() {
      for (const sender of senders) await sender.close();
    },
  };
}

function composeTraces({ config, clock, log, instanceId }: Deps): {
  readonly tracer: Tracer | undefined;
  readonly exporter: SpanExporter | undefined;
} {
  const { traces } = config.telemetry;
  if (traces === undefined) return { tracer: undefined, exporter: undefined };
  const { endpoint, headers, sampleRatio, serviceName } = traces;
  const say = sayAtTimes(clock);
  const exporter = createSpanExporter(
    {
      fetch: createServiceFetch(config.outbound.ca),
      wait: (ms) => sleep(ms),
      onFailure: (status) => say(() => log.warn("the collector does not take spans", { status, dropped: exporter.dropped })),
    },
    { endpoint, headers, serviceName, instanceId },
  );
  return { tracer: createTracer({ clock, add: exporter.add }, { sampleRatio }), exporter };
}

function composeMetrics({ config, clock, log, instanceId, collect }: Deps): Sender | undefined {
  const { metrics } = config.telemetry;
  if (metrics === undefined) return undefined;
  const say = sayAtTimes(clock);
  return createMetricsExporter(
    {
      fetch: createServiceFetch(config.outbound.ca),
      nowMs: clock.nowMs,
      collect,
      onFailure: (status) => say(() => log.warn("the collector does not take metrics", { status })),
    },
    { ...metrics, instanceId },
  );
}

function sayAtTimes({ monotonicMs }: Clock): (say: () => void) => void {
  let saidMs = Number.NEGATIVE_INFINITY;
  return (say) => {
    const now = monotonicMs();
    if (now - saidMs < SAY_EVERY_MS) return;
    saidMs = now;
    say();
  };
}
