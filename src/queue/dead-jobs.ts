import type { PgBoss } from "pg-boss";
import { JOBS, type JobName } from "./names.ts";
import type { QueueSql } from "./sql.ts";

/** Where jobs go whose last try failed. Nobody runs them: an operator sends them again, or they go after `KEPT_SECONDS`. */
export const DEAD_JOBS = "dead-jobs";
/** Two weeks: somebody was on holiday. */
export const DEAD_KEPT_SECONDS = 14 * 86_400;

/** How many jobs of a name are in which of pg-boss's states, and how many have died of it. */
export type JobCounts = { readonly name: string; readonly states: Readonly<Record<string, number>>; readonly dead: number };

export type DeadJob = {
  /** A UUID. */
  readonly id: string;
  readonly name: JobName;
  /** What it was for: ids and names, never content. */
  readonly about: Readonly<Record<string, string>>;
  /** Tries that failed. */
  readonly tries: number;
  readonly createdAtMs: number;
  readonly diedAtMs: number;
};
/** Newest first; `before` is the id of the last one seen. */
export type DeadAsk = { readonly limit: number; readonly before: string | undefined };
export type Retried = { readonly name: JobName; readonly retried: boolean };

const NAMES = Object.keys(JOBS);
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys of a literal
const isJobName = (name: unknown): name is JobName => NAMES.includes(name as string);

export async function countJobs(sql: QueueSql): Promise<readonly JobCounts[]> {
  const rows = await sql.statement(
    `SELECT name, false AS dead, state::text AS state, count(*)::int AS count FROM weir_jobs.job WHERE name = ANY($1::text[]) GROUP BY name, state
     UNION ALL
     SELECT source_name, true, '', count(DISTINCT singleton_key)::int FROM weir_jobs.job WHERE name = $2 AND state = 'created' GROUP BY source_name`,
    [NAMES, DEAD_JOBS],
  );
  return NAMES.map((name) => {
    const mine = rows.filter((row) => row["name"] === name);
    const states = mine.filter((row) => row["dead"] === false).map((row) => [String(row["state"]), Number(row["count"])] as const);
    const dead = mine.filter((row) => row["dead"] === true).reduce((sum, row) => sum + Number(row["count"]), 0);
    return { name, states: Object.fromEntries(states), dead };
  });
}

/** Of one job that died again and again only the newest. */
const NEWEST = `SELECT DISTINCT ON (source_name, singleton_key) id, source_name, data, source_retry_count, source_created_on, created_on
  FROM weir_jobs.job WHERE name = $1 AND state = 'created' ORDER BY source_name, singleton_key, created_on DESC`;

export async function listDeadJobs(sql: QueueSql, { limit, before }: DeadAsk): Promise<readonly DeadJob[]> {
  const rows = await sql.statement(
    `SELECT id::text AS id, source_name AS name, data, source_retry_count AS retries, source_created_on AS created, created_on AS died
     FROM (${NEWEST}) d
     WHERE $2::uuid IS NULL OR (created_on, id) < (SELECT created_on, id FROM weir_jobs.job WHERE name = $1 AND id = $2::uuid)
     ORDER BY created_on DESC, id DESC LIMIT $3::int`,
    [DEAD_JOBS, before ?? null, limit],
  );
  return rows.flatMap((row) => toDead(row) ?? []);
}

function toDead(row: Readonly<Record<string, unknown>>): DeadJob | undefined {
  const { id, name, data, retries, created, died } = row;
  if (typeof id !== "string" || !isJobName(name)) return undefined;
  const diedAtMs = toMs(died);
  return { id, name, about: toAbout(data), tries: Number(retries ?? 0) + 1, createdAtMs: toMs(created ?? died), diedAtMs };
}

const toMs = (value: unknown): number => (value instanceof Date ? value.getTime() : Date.parse(String(value)));

/** Payloads hold ids and names; whatever else one of another version holds is left out. */
function toAbout(data: unknown): Readonly<Record<string, string>> {
  const value: unknown = typeof data === "string" ? JSON.parse(data) : data;
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([key, text]) => (typeof text === "string" ? [[key, text] as const] : [])));
}

/** Sends it again as it was. undefined: there is no such dead job. */
export async function retryDeadJob(boss: PgBoss, sql: QueueSql, id: string): Promise<Retried | undefined> {
  const [found] = await sql.statement(
    "SELECT source_name AS name, singleton_key AS key FROM weir_jobs.job WHERE name = $1 AND id = $2::uuid",
    [DEAD_JOBS, id],
  );
  const { name, key } = found ?? {};
  if (!isJobName(name)) return undefined;
  const moved = await boss.redrive(DEAD_JOBS, { ids: [id] });
  // The same job that died before, and one that waits or runs already again, need no second letter.
  await sql.statement(
    "DELETE FROM weir_jobs.job WHERE name = $1 AND (id = $2::uuid OR (source_name = $3 AND singleton_key IS NOT DISTINCT FROM $4))",
    [DEAD_JOBS, id, name, typeof key === "string" ? key : null],
  );
  return { name, retried: moved > 0 };
}
