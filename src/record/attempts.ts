import type { Clock } from "../kernel/clock.ts";

/** The first pause after a failure doubles up to the last. */
const PAUSE_MS_FIRST = 200;
const PAUSE_MS_MAX = 5000;

/** Work that may fail for a while: at most once at a time, and after failures less and less often. */
export type Attempts = {
  /** Joins the attempt under way, or begins one. Never rejects: true where the work was done. */
  run(): Promise<boolean>;
  /** No pause is to be kept. */
  readonly due: boolean;
  readonly idle: boolean;
};

export function createAttempts(clock: Clock, work: () => Promise<void>, failed: (error: unknown, pauseMs: number) => void): Attempts {
  let running: Promise<boolean> | undefined;
  let pauseMs = 0;
  let failedAtMs = 0;

  const attempt = async (): Promise<boolean> => {
    try {
      await work();
      pauseMs = 0;
      return true;
    } catch (error) {
      failedAtMs = clock.nowMs();
      pauseMs = Math.min(PAUSE_MS_MAX, Math.max(PAUSE_MS_FIRST, pauseMs * 2));
      failed(error, pauseMs);
      return false;
    } finally {
      running = undefined;
    }
  };
  return {
    run: () => (running ??= attempt()),
    get due() {
      return pauseMs === 0 || clock.nowMs() - failedAtMs >= pauseMs;
    },
    get idle() {
      return running === undefined;
    },
  };
}

/** For the log: what kind of failure, never its message. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  return "sqlState" in error && typeof error.sqlState === "string" ? error.sqlState : error.name;
}
