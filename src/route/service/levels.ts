import type { ServiceLevel } from "../../domain/service-level.ts";
import { createWindow } from "../health/window.ts";

export type LevelOptions = {
  /** Of the attempts of the last ten seconds, 0 to 1: above it the level is reduced, from `emergencyErrorShare` on it is emergency. */
  readonly errorShare: number;
  readonly emergencyErrorShare: number;
  /** With fewer attempts a share says nothing. */
  readonly attemptsMin: number;
  /** Of the calls that the server takes at once, 0 to 1: held for `loadForMs` it is one level down, and one more for each time again. */
  readonly load: number;
  readonly loadForMs: number;
  /** Below both for `calmMs` it is one level up. */
  readonly calmErrorShare: number;
  readonly calmLoad: number;
  readonly calmMs: number;
};

export type ServiceLevels = {
  /** An attempt has ended, well or not. What says nothing about a target is not told. */
  note(isBad: boolean): void;
  /** Looks at once; without calls nobody needs to know. */
  level(): ServiceLevel;
};

type Deps = {
  /** Monotonic. */
  nowMs(): number;
  /** Calls under way, as a share of the most. */
  load(): number;
  options(): LevelOptions;
  changed(from: ServiceLevel, to: ServiceLevel): void;
};

const WINDOW_MS = 10_000;
const DOWN: Readonly<Record<ServiceLevel, ServiceLevel>> = { full: "reduced", reduced: "emergency", emergency: "emergency" };
const UP: Readonly<Record<ServiceLevel, ServiceLevel>> = { full: "full", reduced: "full", emergency: "reduced" };

/** Down at once, up slowly, and by other thresholds, so that it does not swing: what is calm for a moment may be calm because of the level. */
export function createServiceLevels({ nowMs, load, options, changed }: Deps): ServiceLevels {
  const window = createWindow(() => WINDOW_MS);
  let level: ServiceLevel = "full";
  let loadedSinceMs: number | undefined;
  /** Idle time is calm, too. */
  let unrestMs = 0;

  const move = (to: ServiceLevel, now: number): void => {
    if (to === level) return;
    const from = level;
    level = to;
    unrestMs = now;
    loadedSinceMs = undefined;
    changed(from, to);
  };
  const isLoaded = (now: number): boolean => {
    if (load() < options().load) loadedSinceMs = undefined;
    else loadedSinceMs ??= now;
    return loadedSinceMs !== undefined && now - loadedSinceMs >= options().loadForMs;
  };

  return {
    note: (isBad) => window.add(isBad, nowMs()),
    level() {
      const now = nowMs();
      const { errorShare, emergencyErrorShare, attemptsMin, calmErrorShare, calmLoad, calmMs } = options();
      const { calls, bad } = window.count(now);
      const share = calls < attemptsMin ? 0 : bad / calls;
      if (share >= emergencyErrorShare) move("emergency", now);
      else if (isLoaded(now)) move(DOWN[level], now);
      else if (share > errorShare && level === "full") move("reduced", now);
      if (bad >= calmErrorShare * calls && bad > 0) unrestMs = now;
      else if (load() >= calmLoad) unrestMs = now;
      else if (now - unrestMs >= calmMs) move(UP[level], now);
      return level;
    },
  };
}
