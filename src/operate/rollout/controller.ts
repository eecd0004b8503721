import { Fault } from "../../kernel/fault.ts";
import { createCountBook, type CountBook } from "./book.ts";
import { createRolloutLook, type LookDeps, type RolloutLook } from "./look.ts";
import type { RolloutMoves } from "./moves.ts";
import { LOOK_EVERY_MS, type RolloutDeps } from "./spec.ts";

export type RolloutController = Pick<RolloutLook, "judgeNow"> & {
  /** What calls go by: open rollouts and models that others have taken the place of, of all tenants, oldest first. */
  readonly inForce: RolloutLook["inForce"];
  count: CountBook["call"];
  score: CountBook["score"];
  /** One at a time. */
  look(): Promise<void>;
  start(): Promise<void>;
  /** Writes what was counted last. */
  stop(): Promise<void>;
};

/** Looks every two seconds; one that fails leaves everything as it is, but for candidates that this process sees failing itself. */
export function createRolloutController(
  deps: RolloutDeps & Pick<LookDeps, "prepare">,
  moves: Pick<RolloutMoves, "decide">,
): RolloutController {
  const book = createCountBook();
  const looks = createRolloutLook({ ...deps, book, moves });
  let looking: Promise<void> = Promise.resolve();
  const look = (): Promise<void> => {
    const next = looking.then(looks.once);
    looking = next.catch(() => undefined);
    return next;
  };
  let failing = false;
  let ticking = false;
  const tick = async (): Promise<void> => {
    // A database that does not even refuse is away, too.
    if (ticking) return looks.alone();
    ticking = true;
    try {
      await look();
      failing = false;
    } catch (error) {
      if (!failing) deps.log.warn("rollouts could not be looked at, and stay as they are", { code: Fault.from(error).code });
      failing = true;
    } finally {
      ticking = false;
    }
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    get inForce() {
      return looks.inForce;
    },
    judgeNow: looks.judgeNow,
    count: book.call,
    score: book.score,
    look,
    async start() {
      await tick();
      timer = setInterval(() => void tick(), LOOK_EVERY_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await look().catch(() => undefined);
    },
  };
}
