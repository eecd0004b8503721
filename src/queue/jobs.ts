import type { DeadAsk, DeadJob, JobCounts, Retried } from "./dead-jobs.ts";
import type { JobName, JobPayload } from "./names.ts";

/** How a body runs. */
export type JobRun = {
  /** Aborted when the process ends, or somebody else has the job now: stop at the next step. */
  readonly signal: AbortSignal;
};
export type JobBody<Name extends JobName> = (payload: JobPayload[Name], run: JobRun) => Promise<void>;

/** When a job is sent by itself: five fields of cron, in UTC. */
export type Schedule<Name extends JobName> = { readonly cron: string; readonly payload: JobPayload[Name] };

export type Jobs = {
  /** Adds a job, unless one of the same key waits or runs. Throws where the database does not answer. */
  send<Name extends JobName>(name: Name, payload: JobPayload[Name], options?: { readonly afterSeconds?: number }): Promise<void>;
  /** The same for many, in one statement. */
  sendAll<Name extends JobName>(name: Name, payloads: readonly JobPayload[Name][]): Promise<void>;
  /** What runs jobs of a name. To be called before `start`. */
  work<Name extends JobName>(name: Name, body: JobBody<Name>): void;
  /** In place of all that were there of this name. */
  schedule<Name extends JobName>(name: Name, schedules: readonly Schedule<Name>[]): Promise<void>;
  /** Every name, and how many of its jobs are in which state. Throws where the database does not answer. */
  counts(): Promise<readonly JobCounts[]>;
  /** Jobs whose last try failed. */
  listDead(ask: DeadAsk): Promise<readonly DeadJob[]>;
  /** Sends one of them again; undefined: there is none of this id. `retried` false: the same job waits or runs already. */
  retryDead(id: string): Promise<Retried | undefined>;
  /** Begins to run jobs, in a moment: it holds up nothing. */
  start(): void;
  /** Tells bodies to stop at their next step, waits for them, and takes no more. */
  stop(): Promise<void>;
};
