import { getConstructionPlans, PgBoss } from "pg-boss";
import type { Jobs, JobRun } from "./jobs.ts";
import { JOBS, type JobName } from "./names.ts";
import { createQueueDatabase, type QueueSql } from "./sql.ts";

export type LocalJobs = Jobs & {
  /** Runs what was sent, retries included and without their pauses, until nothing is left. */
  idle(): Promise<void>;
  /** Sent with a pause, and not yet run. */
  readonly later: readonly string[];
};

/** For tests of what jobs do: in memory, one after the other, in order. What a body throws is told and tried again as often as the job says. */
export function createLocalJobs(onError: (name: string, error: unknown) => void = () => undefined): LocalJobs {
  type Waiting = { readonly name: JobName; readonly payload: never; readonly key: string; tries: number };
  const bodies = new Map<JobName, (payload: never, run: JobRun) => Promise<void>>();
  const waiting: Waiting[] = [];
  const later: string[] = [];
  const stop = new AbortController();
  let running: Waiting | undefined;
  let loop: Promise<void> | undefined;

  async function run(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined && !stop.signal.aborted; next = waiting.shift()) {
      running = next;
      try {
        await bodies.get(next.name)?.(next.payload, { signal: stop.signal });
      } catch (error) {
        onError(next.name, error);
        next.tries += 1;
        if (next.tries <= JOBS[next.name].retries) waiting.push(next);
      }
      running = undefined;
    }
    running = undefined;
  }

  const local: LocalJobs = {
    later,
    async sendAll(name, payloads) {
      for (const payload of payloads) await local.send(name, payload);
    },
    send(name, payload, { afterSeconds = 0 } = {}) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the payload is the one of this name
      const key = `${name} ${(JOBS[name] as { keyOf(of: typeof payload): string }).keyOf(payload)}`;
      const isThere = running?.key === key || waiting.some((one) => one.key === key);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      if (!isThere && !stop.signal.aborted) waiting.push({ name, payload: payload as never, key, tries: 0 });
      if (afterSeconds > 0) later.push(key);
      loop ??= Promise.resolve()
        .then(run)
        .finally(() => (loop = undefined));
      return Promise.resolve();
    },
    work(name, body) {
      bodies.set(name, body);
    },
    schedule: () => Promise.resolve(),
    counts: () => Promise.resolve([]),
    listDead: () => Promise.resolve([]),
    retryDead: () => Promise.resolve(undefined),
    start: () => undefined,
    async idle() {
      for (let under = loop; under !== undefined; under = loop) await under;
    },
    async stop() {
      stop.abort(new Error("the server ends"));
      waiting.length = 0;
      await loop;
    },
  };
  return local;
}

/** Where the schema of a database differs from what the installed pg-boss makes. */
export async function findSchemaDrift(sql: QueueSql) {
  const boss = new PgBoss({ db: createQueueDatabase(sql), schema: "weir_jobs", backend: "pglite" });
  const wanted = /version\(version\) VALUES \('(\d+)'\)/.exec(getConstructionPlans("weir_jobs"))?.[1];
  const drift = await boss.detectSchemaDrift();
  return { version: String(await boss.schemaVersion()), wanted, problems: drift.ok ? [] : [JSON.stringify(drift)] };
}
