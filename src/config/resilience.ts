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

export type ResilienceConfig = {
  /** undefined: no breaker ever opens. */
  readonly breaker: BreakerConfig | undefined;
  /** Of a target's calls, 0 to 1, that may be repeated at it. */
  readonly retryShare: number;
};

export function readResilience(source: Source): ResilienceConfig {
  const { breaker, retryShare } = source.value.resilience;
  const { enabled, ...settings } = breaker;
  if (settings.openMsMax < settings.openMs)
    source.findings.problems.push({
      place: source.placeOf(["resilience", "breaker", "openMsMax"]),
      message: `must be at least openMs (${String(settings.openMs)} milliseconds): pauses grow.`,
    });
  return { breaker: enabled ? settings : undefined, retryShare };
}
