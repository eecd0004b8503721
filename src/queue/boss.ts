import type { PgBoss } from "pg-boss";
import { countJobs, listDeadJobs, retryDeadJob } from "./dead-jobs.ts";
import type { JobRun, Jobs, Schedule } from "./jobs.ts";
import { JOBS, type JobName, type JobPayload } from "./names.ts";
import { openBoss, type JobsDeps } from "./open-boss.ts";

export type JobsOptions = {
  /** This process is the only one on its database: what others have begun they will not end. */
  readonly alone: boolean;
  /** Between two looks for work that another process sent. pg-boss allows no less than 0.5. */
  readonly pollSeconds?: number;
  /** From `start` to the first statement, so that a server listens before. */
  readonly startAfterMs?: number;
};

/** PGlite has one connection, and a look costs it 1 ms. */
const POLL_SECONDS = 2;
const START_AFTER_MS = 250;
/** After the database did not answer. */
const START_AGAIN_MS = 5_000;
/** Bodies stop at their next step; a step that takes longer is taken up by the next process. */
const STOP_MS_MAX = 20_000;

type AnyBody = (payload: never, run: JobRun) => Promise<void>;

type Fetched = { readonly data: unknown; readonly signal: AbortSignal };

function wake(boss: PgBoss, name: JobName): void {
  for (const worker of boss.getWipData()) if (worker.name === name) boss.notifyWorker(worker.id);
}

type Running = {
  readonly name: JobName;
  readonly body: AnyBody;
  readonly pollSeconds: number;
  readonly stopping: AbortSignal;
  readonly onError: JobsDeps["onError"];
};

/** Begins to run the jobs of a name. */
async function runJobs(boss: PgBoss, running: Running): Promise<void> {
  const { name, stopping } = running;
  const { atOnce, atOncePerGroup } = JOBS[name];
  const settings = { pollingIntervalSeconds: running.pollSeconds, localConcurrency: atOnce, localGroupConcurrency: atOncePerGroup };
  await boss.work<unknown>(name, { ...settings, batchSize: 1 }, async ([job]) => {
    if (job === undefined) return;
    try {
      await runBody(running, job);
    } catch (error) {
      if (error !== stopping.reason) running.onError(name, error);
      // Its message would be kept in the job's row, and may quote what no job holds.
      // oxlint-disable-next-line preserve-caught-error
      throw new Error("the body threw");
    } finally {
      // There may be more: the next look is now, not after the pause.
      wake(boss, name);
    }
  });
}

async function runBody({ name, body, stopping }: Running, job: Fetched): Promise<void> {
  const parsed = JOBS[name].payload.safeParse(job.data);
  // Of a version that knew it otherwise. What it was for is in a table, and is sent anew.
  if (!parsed.success) return;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked by the schema of its own name
  await body(parsed.data as never, { signal: AbortSignal.any([job.signal, stopping]) });
}

async function insert<Name extends JobName>(
  boss: PgBoss,
  name: Name,
  payloads: readonly JobPayload[Name][],
  afterSeconds: number,
): Promise<void> {
  const jobs = payloads.map((payload) => {
    const { key, group } = aboutOf(name, payload);
    return { data: payload, singletonKey: key, group: { id: group }, ...(afterSeconds > 0 ? { startAfter: afterSeconds } : {}) };
  });
  await boss.insert(name, jobs);
  if (afterSeconds === 0) wake(boss, name);
}

async function replaceSchedules<Name extends JobName>(boss: PgBoss, name: Name, schedules: readonly Schedule<Name>[]): Promise<void> {
  const wanted = new Map(schedules.map((one) => [toKey(aboutOf(name, one.payload).key), one]));
  for (const { key } of await boss.getSchedules(name)) if (!wanted.has(key)) await boss.unschedule(name, key);
  for (const [key, { cron, payload }] of wanted) {
    const about = aboutOf(name, payload);
    await boss.schedule(name, cron, payload, { tz: "UTC", key, singletonKey: about.key, group: { id: about.group } });
  }
}

/** Jobs on pg-boss, in the schema `weir_jobs` of the database that is there anyway. */
export function createJobs(deps: JobsDeps, options: JobsOptions): Jobs {
  const { pollSeconds = POLL_SECONDS, startAfterMs = START_AFTER_MS } = options;
  const bodies = new Map<JobName, AnyBody>();
  const stopping = new AbortController();
  let opened: Promise<PgBoss> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** One for all; an opening that failed is tried anew by the next use. */
  const open = (): Promise<PgBoss> => {
    opened ??= openBoss(deps, options.alone).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const begin = async (): Promise<void> => {
    const boss = await open();
    for (const [name, body] of bodies) {
      if (stopping.signal.aborted) return;
      await runJobs(boss, { name, body, pollSeconds, stopping: stopping.signal, onError: deps.onError });
    }
  };

  const startIn = (ms: number): void => {
    timer = setTimeout(() => {
      void begin().catch((error: unknown) => {
        if (stopping.signal.aborted) return;
        deps.onError("start", error);
        startIn(START_AGAIN_MS);
      });
    }, ms);
    timer.unref();
  };

  return {
    async send(name, payload, { afterSeconds = 0 } = {}) {
      if (!stopping.signal.aborted) await insert(await open(), name, [payload], afterSeconds);
    },
    async sendAll(name, payloads) {
      if (!stopping.signal.aborted && payloads.length > 0) await insert(await open(), name, payloads, 0);
    },
    work: (name, body) => void bodies.set(name, body),
    schedule: async (name, schedules) => replaceSchedules(await open(), name, schedules),
    async counts() {
      await open();
      return countJobs(deps.sql);
    },
    async listDead(ask) {
      await open();
      return listDeadJobs(deps.sql, ask);
    },
    async retryDead(id) {
      const boss = await open();
      const retried = await retryDeadJob(boss, deps.sql, id);
      if (retried?.retried === true) wake(boss, retried.name);
      return retried;
    },
    start: () => startIn(startAfterMs),
    async stop() {
      stopping.abort(new Error("the server ends"));
      clearTimeout(timer);
      const boss = await opened?.catch(() => undefined);
      await boss?.stop({ graceful: true, timeout: STOP_MS_MAX, close: false });
    },
  };
}

/** pg-boss takes letters, digits, `_`, `-`, `.` and `/` for the key of a schedule. */
const toKey = (text: string): string => text.replaceAll(/[^\w./-]/g, "_");

function aboutOf<Name extends JobName>(name: Name, payload: JobPayload[Name]): { readonly key: string; readonly group: string } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the payload is the one of this name
  const { keyOf, groupOf } = JOBS[name] as { keyOf(of: JobPayload[Name]): string; groupOf(of: JobPayload[Name]): string };
  return { key: keyOf(payload), group: groupOf(payload) };
}
