export { createJobs, type JobsOptions } from "./boss.ts";
export type { DeadJob, JobCounts, Retried } from "./dead-jobs.ts";
export type { JobBody, JobRun, Jobs, Schedule } from "./jobs.ts";
export { JOBS, type JobName, type JobPayload } from "./names.ts";
export type { JobsDeps } from "./open-boss.ts";
export type { QueueParam, QueueSql } from "./sql.ts";
