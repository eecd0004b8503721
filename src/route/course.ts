import type { CallHead } from "../domain/chat.ts";
import type { Course, Step } from "../domain/course.ts";
import type { TargetDoor, Visit } from "../domain/target-health.ts";
import type { Plan, Target } from "../domain/target.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import { ATTEMPTS_MAX } from "../kernel/limits.ts";
import { openFault } from "./open-breakers.ts";

export type CourseDeps = {
  readonly door: TargetDoor;
  readonly clock: Clock;
  readonly dice: () => number;
  /** Resolves after so long; throws when the signal aborts before. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
};
type Asking = Pick<CallHead, "startedAtMs" | "timeoutMs"> & {
  /** Its caller's time is for the first part, not for all of them. */ readonly stream: boolean;
  /** A judge's or a copy: see `Entering`. */
  readonly isBeside?: boolean;
};

/** The longest wait before a first repeat; twice as long before a second. Below it a server that restarts is still away. */
const BACKOFF_MS = 250;
/** A wait that a provider asks for beyond this is the caller's to make: a silent connection helps nobody. */
const WAIT_MS_MAX = 10_000;
/** A timeout that comes when the caller has no more than this left was the caller's: ours are looked at every tenth of a second. */
const TIMELY_MS = 100;
/** With less time than this left no model answers. */
const ATTEMPT_MS_MIN = 50;
/** What the same target may answer in a moment. A timeout is not: the time is gone. */
const PASSING: ReadonlySet<FaultCode> = new Set(["target_busy", "target_down", "target_failed", "target_broken"]);

/**
 * Every further target once and never behind an open breaker; at most three attempts in all. Only the first target is repeated: where no
 * other model can be asked, its budget has a repeat left, nothing was spent, and there is time.
 */
export function createCourses(deps: CourseDeps): (plan: Pick<Plan, "targets">, call: Asking) => Course {
  return (plan, call) => createCourse(deps, plan, call);
}

type Ended = { readonly target: Target; readonly fault: Fault };

function createCourse({ door, clock, dice, wait }: CourseDeps, plan: Pick<Plan, "targets">, call: Asking): Course {
  const models = plan.targets.filter(({ kind }) => kind !== "extractive");
  const last = plan.targets.filter(({ kind }) => kind === "extractive");
  const beganMs = clock.monotonicMs();
  let repeats = 0;

  const callersMs = (): number =>
    call.timeoutMs === undefined ? Number.POSITIVE_INFINITY : call.startedAtMs + call.timeoutMs - clock.nowMs();
  const done: Done = { attempts: 0, first: undefined, ended: undefined };
  const { isBeside = false } = call;
  const begin = (target: Target, visit: Visit): Step => createStep({ door, call, done, callersMs }, target, visit);
  /** The first of them that lets a call in. Those before it are not asked again. */
  const enterOne = (targets: Target[]): Step | undefined => {
    for (let target = targets.shift(); target !== undefined; target = targets.shift()) {
      const visit = door.enter(target, { isBeside });
      if (visit !== undefined) return begin(target, visit);
    }
    return undefined;
  };
  const repeat = async (signal: AbortSignal): Promise<Step | undefined> => {
    const { ended, first, attempts } = done;
    if (ended === undefined || ended.target !== first || attempts + last.length >= ATTEMPTS_MAX) return undefined;
    const { target, fault } = ended;
    if (!PASSING.has(fault.code) || fault.detail.spent === true || door.opensInMs(target) > 0) return undefined;
    const waitMs = Math.ceil((fault.detail.retryAfterMs ?? 0) + dice() * (BACKOFF_MS * 2 ** repeats));
    const leftMs = Math.min(callersMs(), beganMs + target.timeouts.totalMs - clock.monotonicMs());
    if (waitMs > WAIT_MS_MAX || waitMs + ATTEMPT_MS_MIN > leftMs || !door.mayRepeat(target)) return undefined;
    repeats++;
    await wait(waitMs, signal);
    const visit = door.enter(target, { isRepeat: true, isBeside });
    return visit === undefined ? undefined : begin(target, visit);
  };

  return {
    async next(signal, { repeats: mayRepeat } = { repeats: true }) {
      const { attempts } = done;
      if (attempts >= ATTEMPTS_MAX || callersMs() < (attempts === 0 ? 1 : ATTEMPT_MS_MIN)) return undefined;
      return enterOne(models) ?? (mayRepeat ? await repeat(signal) : undefined) ?? enterOne(last);
    },
    why() {
      if (done.ended !== undefined) return done.ended.fault;
      if (callersMs() < 1)
        return new Fault("target_timeout", { say: "The time that the caller gave was over before a model could be asked." });
      return openFault(plan.targets, door.opensInMs);
    },
  };
}

/** What a course has done so far. */
type Done = { attempts: number; first: Target | undefined; ended: Ended | undefined };
type Going = { readonly door: TargetDoor; readonly call: Asking; readonly done: Done; callersMs(): number };

/** One attempt, or two at the same target. */
function createStep({ door, call, done, callersMs }: Going, target: Target, entered: Visit): Step {
  done.attempts++;
  done.first ??= target;
  let visit = entered;
  let timed = inTime(target, callersMs(), call.stream);
  let hasEnded = false;
  /** Half of the caller's time has passed: a second answer would hardly come in the other half. */
  const isLate = (): boolean => call.timeoutMs !== undefined && callersMs() < call.timeoutMs / 2;
  return {
    target,
    get timed() {
      return timed;
    },
    answered: () => visit.answered(),
    again() {
      if (done.attempts >= ATTEMPTS_MAX || isLate() || door.opensInMs(target) > 0 || !door.mayRepeat(target)) return false;
      const next = door.enter(target, { isRepeat: true, isBeside: call.isBeside ?? false });
      if (next === undefined) return false;
      visit.end(undefined);
      visit = next;
      done.attempts++;
      timed = inTime(target, callersMs(), call.stream);
      return true;
    },
    end(fault, aborted = false) {
      if (hasEnded) return;
      hasEnded = true;
      if (fault !== undefined) done.ended = { target, fault };
      visit.end(fault, aborted || (isOurClock(fault) && callersMs() < TIMELY_MS));
    },
  };
}

/** A stream's caller waits for its beginning; a whole answer's caller for all of it. */
function inTime(target: Target, leftMs: number, stream: boolean): Target {
  const { firstByteMs, idleMs, totalMs } = target.timeouts;
  if (leftMs >= (stream ? firstByteMs : totalMs)) return target;
  const most = (ms: number): number => Math.max(1, Math.min(ms, leftMs));
  const timeouts = stream
    ? { firstByteMs: most(firstByteMs), idleMs, totalMs }
    : { firstByteMs: most(firstByteMs), idleMs: most(idleMs), totalMs: most(totalMs) };
  return { ...target, timeouts };
}

/** A timeout that is ours, not the provider's own word (408). */
const isOurClock = (fault: Fault | undefined): boolean => fault?.code === "target_timeout" && fault.detail.upstreamStatus === undefined;
