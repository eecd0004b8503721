import type { PgBoss } from "pg-boss";
import { DEAD_JOBS, DEAD_KEPT_SECONDS } from "./dead-jobs.ts";
import { HEARTBEAT_SECONDS, JOBS } from "./names.ts";
import { createQueueDatabase, type QueueSql } from "./sql.ts";

export type JobsDeps = {
  readonly sql: QueueSql;
  /** The names of things that went wrong, never what is in them. */
  readonly onError: (name: string, error: unknown) => void;
};

/** What is done is kept so long, for somebody who looks. */
const KEPT_DONE_SECONDS = 3_600;

/** pg-boss with every queue there is. `alone`: what is begun there was begun by a process that is dead. */
export async function openBoss({ sql, onError }: JobsDeps, alone: boolean): Promise<PgBoss> {
  const { PgBoss: Boss } = await import("pg-boss");
  const boss = new Boss({
    db: createQueueDatabase(sql),
    schema: "weir_jobs",
    backend: alone ? "pglite" : "postgres",
    // Of dependencies between jobs there are none, and indexes stay small.
    flowIntervalSeconds: 86_400,
    bamIntervalSeconds: 3_600,
    cronWorkerIntervalSeconds: 10,
    reindex: false,
    monitorVacuum: false,
  });
  boss.on("error", (error) => onError("queue", error));
  await boss.start();
  await boss.createQueue(DEAD_JOBS, { retryLimit: 0, retentionSeconds: DEAD_KEPT_SECONDS });
  await boss.updateQueue(DEAD_JOBS, { retentionSeconds: DEAD_KEPT_SECONDS });
  for (const [name, { retries, retryDelaySeconds, expireSeconds }] of Object.entries(JOBS)) {
    const settings = {
      retryLimit: retries,
      retryDelay: retryDelaySeconds,
      retryBackoff: true,
      expireInSeconds: expireSeconds,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      deleteAfterSeconds: KEPT_DONE_SECONDS,
      deadLetter: DEAD_JOBS,
    };
    await boss.createQueue(name, { ...settings, policy: "exclusive" });
    await boss.updateQueue(name, settings);
  }
  // What a dead process had begun is nobody's, and what failed in it need not wait: both are sent anew by whoever owns them.
  if (alone)
    await sql.statement("DELETE FROM weir_jobs.job WHERE state IN ('active', 'retry') AND name = ANY($1::text[])", [Object.keys(JOBS)]);
  return boss;
}
