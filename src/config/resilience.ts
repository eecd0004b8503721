import { didYouMean } from "./nearest.ts";
import type { Source } from "./source.ts";

export type BreakerConfig = {
  readonly failures: number;
  readonly share: number;
  readonly windowMs: number;
  readonly callsMin: number;
  readonly openMs: number;
  readonly openMsMax: number;
  readonly probes: number;
};

export type ServiceConfig = {
  /** Models that answer first while the service is not full. */
  readonly reduced: readonly string[];
  readonly errorShare: number;
  readonly emergencyErrorShare: number;
  readonly attemptsMin: number;
  readonly load: number;
  readonly loadForMs: number;
  readonly calmErrorShare: number;
  readonly calmLoad: number;
  readonly calmMs: number;
};

export type ResilienceConfig = {
  /** undefined: no breaker ever opens. */
  readonly breaker: BreakerConfig | undefined;
  /** Of a target's calls, 0 to 1, that may be repeated at it. */
  readonly retryShare: number;
  /** undefined: the service is always full. */
  readonly service: ServiceConfig | undefined;
};

export function readResilience(source: Source, models: readonly string[]): ResilienceConfig {
  const { breaker, retryShare, service } = source.value.resilience;
  const { enabled, ...settings } = breaker;
  if (settings.openMsMax < settings.openMs)
    source.findings.problems.push({
      place: source.placeOf(["resilience", "breaker", "openMsMax"]),
      message: `must be at least openMs (${String(settings.openMs)} milliseconds): pauses grow.`,
    });
  if (service !== undefined) checkService(service, source, models);
  return { breaker: enabled ? settings : undefined, retryShare, service };
}

/** Thresholds to come up by must not be above those to go down by, or it would swing. */
function checkService(service: ServiceConfig, source: Source, models: readonly string[]): void {
  const { problems } = source.findings;
  const path = ["resilience", "service"] as const;
  for (const [at, name] of service.reduced.entries())
    if (!models.includes(name) && !Object.hasOwn(source.value.models, name))
      problems.push({
        place: source.placeOf([...path, "reduced", at]),
        message: `there is no model "${name}".${didYouMean(name, models)}`,
      });
  const inOrder = (low: keyof ServiceConfig, high: keyof ServiceConfig): void => {
    if (service[low] > service[high])
      problems.push({ place: source.placeOf([...path, low]), message: `must be at most ${high} (${String(service[high])}).` });
  };
  inOrder("errorShare", "emergencyErrorShare");
  inOrder("calmErrorShare", "errorShare");
  inOrder("calmLoad", "load");
}
