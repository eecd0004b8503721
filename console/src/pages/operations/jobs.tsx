import { useMutation, useQueryClient } from "@tanstack/react-query";
import { operationsText as text } from "#text/operations.ts";
import { post } from "../../api/client.ts";
import { usePaged } from "../../api/paged.ts";
import { useMay } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { classNames } from "../../ui/class-names.ts";
import { formatAgo, formatCount, formatMoment } from "../../ui/format.ts";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { DataTable, moreOf, ShowMore, type Column } from "../../ui/table.tsx";
import { toast, toastError } from "../../ui/toast.tsx";
import type { DeadJob, OperationsView } from "./types.ts";

type Job = OperationsView["jobs"][number];
const nameOf = (name: string): string => text.job[name] ?? name;

const state = (id: string, label: string, read: (job: Job) => number, isBad = false): Column<Job> => ({
  id,
  label,
  numeric: true,
  cell: (job) => (
    <span className={classNames(read(job) === 0 ? "text-ink-faint" : isBad && "font-medium text-bad")}>{formatCount(read(job))}</span>
  ),
});
const JOBS: readonly Column<Job>[] = [
  { id: "name", label: text.jobName, cell: ({ name }) => nameOf(name) },
  state("waiting", text.jobStates.waiting, ({ states }) => states.created ?? 0),
  state("active", text.jobStates.active, ({ states }) => states.active ?? 0),
  { ...state("retry", text.jobStates.retry, ({ states }) => states.retry ?? 0), wideOnly: true },
  { ...state("completed", text.jobStates.completed, ({ states }) => states.completed ?? 0), wideOnly: true },
  state("dead", text.jobStates.dead, ({ dead }) => dead, true),
];

/** Work in the background: how much waits, runs, and has died. */
export const Jobs = ({ jobs }: { readonly jobs: readonly Job[] }) => (
  <Card title={text.jobs} flush>
    <DataTable label={text.jobs} columns={JOBS} rows={jobs} rowKey={({ name }) => name} />
  </Card>
);

const DEAD_PATH = "/admin/v1/jobs/dead";
const EVERY_MS = 5_000;

/** Jobs that failed for good, to be sent again. */
export function DeadJobs() {
  const mayRetry = useMay("operate");
  const dead = usePaged<DeadJob>(DEAD_PATH, { limit: 20 }, { refetchMs: EVERY_MS });
  const columns: readonly Column<DeadJob>[] = mayRetry
    ? [...DEAD, { id: "retry", label: text.retry, cell: (job) => <Retry job={job} /> }]
    : DEAD;
  return (
    <Card title={text.dead} flush>
      <Loaded of={dead}>
        {() => (
          <DataTable
            label={text.dead}
            columns={columns}
            rows={dead.rows}
            rowKey={({ id }) => id}
            empty={<EmptyState title={text.noDead}>{text.noDeadSay}</EmptyState>}
            footer={
              <>
                <span>{text.deadSay}</span>
                <ShowMore {...moreOf(dead)} />
              </>
            }
          />
        )}
      </Loaded>
    </Card>
  );
}

const DEAD: readonly Column<DeadJob>[] = [
  { id: "name", label: text.jobName, cell: ({ name }) => nameOf(name) },
  {
    id: "about",
    label: text.about,
    cell: ({ about }) => (
      <ul className="text-xs">
        {Object.entries(about).map(([key, value]) => (
          <li key={key} className="foreign min-w-24 font-mono text-ink-soft">
            {key} {value}
          </li>
        ))}
      </ul>
    ),
  },
  { id: "tries", label: text.tries, numeric: true, wideOnly: true, cell: ({ tries }) => formatCount(tries) },
  {
    id: "died",
    label: text.died,
    numeric: true,
    wideOnly: true,
    cell: ({ diedAt }) => <time title={formatMoment(diedAt)}>{formatAgo(diedAt)}</time>,
  },
];

function Retry({ job: { id, name } }: { readonly job: DeadJob }) {
  const queries = useQueryClient();
  const retry = useMutation({
    mutationFn: () => post<{ readonly retried: boolean }>(`/admin/v1/jobs/${id}/retry`),
    onSuccess: ({ retried }) => toast(retried ? text.retried : text.retriedAlready),
    onError: toastError,
    onSettled: () => queries.invalidateQueries({ queryKey: [DEAD_PATH] }),
  });
  return (
    <Button size="small" busy={retry.isPending} aria-label={text.retryOf(nameOf(name))} onClick={() => retry.mutate()}>
      {text.retry}
    </Button>
  );
}
