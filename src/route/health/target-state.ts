import type { Entering, TargetHealth, Visit } from "../../domain/target-health.ts";
import { createBreaker, type Breaker, type BreakerOptions, type Pass } from "./breaker.ts";
import { isOutlier, type Sample } from "./outliers.ts";
import { createPeakEwma } from "./peak-ewma.ts";
import { createRetryBudget } from "./retry-budget.ts";
import { verdictOf } from "./verdict.ts";

export type HealthOptions = {
  /** undefined: no breaker ever opens. */
  readonly breaker: BreakerOptions | undefined;
  /** Of a target's calls, 0 to 1, that may be repeated at it. */
  readonly retryShare: number;
};

/** What one process knows of one target: it stays while configurations come and go, as long as they say the same of the target. */
export type TargetState = {
  options: HealthOptions;
  /** Who else serves the same model. */
  peers: readonly TargetState[];
  readonly breaker: Breaker;
  readonly retries: ReturnType<typeof createRetryBudget>;
  /** Repeats so far. */
  repeats: number;
  enter(as: Entering): Visit | undefined;
  read(): Pick<TargetHealth, "state" | "inFlight" | "latencyMs" | "opensInMs" | "ejected">;
  sample(): Sample;
};

/** Weight of a new time in the mean that outliers are found by. */
const NEWEST = 0.1;
/** An outlier is asked last for this long, longer each time, at most `EJECT_MS_MAX`; then its time is measured anew. */
const EJECT_MS = 30_000;
const EJECT_MS_MAX = 300_000;
const NEVER: BreakerOptions = {
  failures: Number.POSITIVE_INFINITY,
  share: 1,
  windowMs: 10_000,
  callsMin: Number.POSITIVE_INFINITY,
  openMs: 0,
  openMsMax: 0,
  probes: 1,
};

/** `nowMs` is monotonic; `told` hears of each end that says something about the target and how callers are served. */
export function createTargetState(nowMs: () => number, first: HealthOptions, told: (isBad: boolean) => void): TargetState {
  const latency = createPeakEwma();
  const slow = createSlowness(nowMs);
  let inFlight = 0;

  const toVisit = (entered: Pass, isBeside: boolean): Visit => {
    let pass = entered;
    const startedMs = nowMs();
    let hasAnswered = false;
    let hasEnded = false;
    inFlight++;
    return {
      answered() {
        if (hasAnswered || hasEnded) return;
        hasAnswered = true;
        const now = nowMs();
        pass = state.breaker.began(pass, now);
        latency.observe(now - startedMs, now);
        if (slow.observe(now - startedMs, state.peers)) latency.forget();
      },
      end(fault, cut = false) {
        if (hasEnded) return;
        hasEnded = true;
        inFlight--;
        const now = nowMs();
        // Who gave up waiting has waited at least so long. A failure's time says nothing: what fails at once is not fast.
        if (cut && !hasAnswered && now - startedMs > (latency.read(now) ?? 0)) latency.observe(now - startedMs, now);
        const verdict = verdictOf(fault, cut);
        if (verdict !== "neither" && !isBeside) told(verdict === "bad");
        state.breaker.leave(pass, verdict, now);
      },
    };
  };

  const state: TargetState = {
    options: first,
    peers: [],
    breaker: createBreaker(() => state.options.breaker ?? NEVER),
    retries: createRetryBudget(() => state.options.retryShare),
    repeats: 0,
    enter({ isRepeat = false, isBeside = false }) {
      const pass = state.breaker.enter(nowMs());
      if (pass !== undefined && !isRepeat) state.retries.asked();
      return pass === undefined ? undefined : toVisit(pass, isBeside);
    },
    read() {
      const now = nowMs();
      const opensInMs = state.breaker.opensInMs(now);
      return { state: state.breaker.state(now), inFlight, latencyMs: latency.read(now), opensInMs, ejected: slow.isEjected() };
    },
    sample: slow.sample,
  };
  return state;
}

/** How slow a target is beside others that serve the same model. */
function createSlowness(nowMs: () => number) {
  let meanMs = 0;
  let samples = 0;
  let ejectedUntilMs = Number.NEGATIVE_INFINITY;
  let ejections = 0;
  const isEjected = (): boolean => nowMs() < ejectedUntilMs;
  const sample = (): Sample => ({ meanMs, samples, isEjected: isEjected() });
  return {
    isEjected,
    sample,
    /** True: it is ejected by this one. */
    observe(ms: number, peers: readonly TargetState[]): boolean {
      if (isEjected()) return false;
      meanMs = samples === 0 ? ms : meanMs + NEWEST * (ms - meanMs);
      samples++;
      if (
        peers.length === 0 ||
        !isOutlier(
          sample(),
          peers.map((peer) => peer.sample()),
        )
      )
        return false;
      ejections++;
      ejectedUntilMs = nowMs() + Math.min(EJECT_MS_MAX, EJECT_MS * ejections);
      samples = 0;
      return true;
    },
  };
}
