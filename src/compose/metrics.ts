import type { RecordParts } from "../record/index.ts";
import { createMetrics, type Metrics } from "../telemetry/index.ts";
import type { AbuseParts } from "./abuse.ts";
import type { ContentScanParts } from "./content-scan.ts";
import type { DenseParts } from "./dense.ts";
import type { ObjectParts } from "./objects.ts";
import type { Resilience } from "./resilience.ts";
import type { TelemetryParts } from "./telemetry.ts";

type Asked = Pick<DenseParts, "degradations"> & {
  readonly record: RecordParts;
  readonly stored: ObjectParts;
  readonly telemetry: TelemetryParts;
  readonly contentScan: ContentScanParts;
  readonly misuse: AbuseParts;
  readonly resilience: Resilience;
  lagSeconds(): number;
};

/** The metrics of a process, and whom its gauges ask. */
export function composeMetrics(
  { residentBytes }: { residentBytes(): number },
  { record, stored, telemetry, contentScan, misuse, resilience, lagSeconds, degradations }: Asked,
): Metrics {
  return createMetrics({
    callsInFlight: () => record.health().callsInFlight,
    journalBacklogBytes: () => record.health().backlog.bytes,
    journalBacklogSeconds: () => record.health().backlog.sinceMs / 1000,
    residentBytes,
    spansExported: () => telemetry.spans.exported,
    spansDropped: () => telemetry.spans.dropped,
    contentLost: () => stored.contentLog.lost,
    contentFindings: () => contentScan.found,
    abuseKeys: misuse.abuse.count,
    breakers: resilience.breakers,
    breakersOpened: resilience.breakersOpened,
    serviceLevel: resilience.serviceLevel,
    repeats: resilience.repeats,
    indexLagSeconds: lagSeconds,
    searchesDegraded: degradations,
  });
}
