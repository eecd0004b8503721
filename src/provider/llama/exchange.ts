import type { Timeouts } from "../../domain/target.ts";
import { Fault } from "../../kernel/fault.ts";
import type { Deadlines } from "../deadlines.ts";
import type { Engine, NewJob, RunningJob } from "./engine.ts";
import { isLast, type Report } from "./lines.ts";
import type { Places } from "./places.ts";

/** One job from waiting for its place to its last report. */
export type Exchange = {
  /** Waits for a place and starts the job. */
  begin(): Promise<void>;
  /** Reports as they come, those that came together together. Throws a Fault when the job was refused, is late or unwanted. */
  reports(): AsyncGenerator<readonly Report[]>;
  /** The job is not wanted any more. Its place is free once the model's process has let go of its context. */
  cancel(): void;
};

type Deps = { readonly engine: Engine; readonly places: Places; readonly deadlines: Deadlines };

export function createExchange({ engine, places, deadlines }: Deps, job: NewJob, timeouts: Timeouts, caller: AbortSignal): Exchange {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(Fault.ofAbort(caller));
  // Time in the line counts: to the caller it is the same silence.
  const deadline = deadlines.watch(timeouts, caller, () =>
    stop.abort(caller.aborted ? Fault.ofAbort(caller) : new Fault("target_timeout")),
  );
  let came: Report[] = [];
  let wake: (() => void) | undefined;
  let running: RunningJob | undefined;

  const hear = (report: Report, release: () => void): void => {
    // Reading a long prompt is silence, too.
    if (report.type !== "prompt") deadline.heard = true;
    if (isLast(report)) release();
    came.push(report);
    wake?.();
  };
  stop.signal.addEventListener("abort", () => {
    running?.cancel();
    wake?.();
  });

  return {
    async begin() {
      if (caller.aborted) onAbort();
      else caller.addEventListener("abort", onAbort, { once: true });
      const release = await places.take(stop.signal);
      if (stop.signal.aborted) {
        release();
        throw Fault.from(stop.signal.reason);
      }
      running = engine.run(job, (report) => hear(report, release));
    },
    async *reports() {
      while (true) {
        if (came.length === 0 && !stop.signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
        wake = undefined;
        const now = came;
        came = [];
        const at = now.findIndex((report) => report.type === "refused");
        const said = at < 0 ? now : now.slice(0, at);
        if (said.length > 0) yield said;
        if (stop.signal.aborted) throw Fault.from(stop.signal.reason);
        const refused = at < 0 ? undefined : now[at];
        if (refused !== undefined) throw faultOf(refused);
      }
    },
    cancel() {
      deadlines.end(deadline);
      caller.removeEventListener("abort", onAbort);
      running?.cancel();
    },
  };
}

function faultOf(report: Report): Fault {
  if (report.type !== "refused") return new Fault("target_broken");
  const { code, say, param } = report;
  return new Fault(code, { ...(say === undefined ? {} : { say }), ...(param === undefined ? {} : { param }) });
}
