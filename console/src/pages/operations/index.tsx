import { useQuery } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { useState } from "react";
import { operationsText as text } from "#text/operations.ts";
import { get } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { formatClock } from "../../ui/format.ts";
import { Page } from "../../ui/page.tsx";
import { ErrorState, Loaded, Skeleton } from "../../ui/states.tsx";
import { ErrorTable } from "../models/seen.tsx";
import { DeadJobs, Jobs } from "./jobs.tsx";
import { LiveCharts, LiveStats } from "./live.tsx";
import { Machine } from "./machine.tsx";
import { ObjectiveCard } from "./objectives.tsx";
import type { OperationsView } from "./types.ts";

/** Often enough to watch an outage; a hidden tab asks for nothing. */
const EVERY_MS = 3_000;

/** The running service at a glance. */
export function OperationsPage() {
  const [paused, setPaused] = useState(false);
  const view = useQuery({
    queryKey: ["/admin/v1/operations"],
    queryFn: ({ signal }) => get<OperationsView>("/admin/v1/operations", undefined, signal),
    refetchInterval: paused ? false : EVERY_MS,
  });
  return (
    <Page
      title={text.title}
      lead={text.lead}
      actions={
        <>
          <span className="text-xs text-ink-faint tabular-nums">{view.data !== undefined && text.asOf(formatClock(view.data.at))}</span>
          <Button size="small" onClick={() => setPaused(!paused)}>
            {paused ? <Play className="size-3.5" aria-hidden /> : <Pause className="size-3.5" aria-hidden />}
            {paused ? text.resume : text.pause}
          </Button>
        </>
      }
    >
      {view.isError && view.data !== undefined && <ErrorState title={text.stale(formatClock(view.data.at))} error={view.error} />}
      <Loaded of={view} skeleton={<Places />}>
        {(data) => <View view={data} />}
      </Loaded>
      <DeadJobs />
    </Page>
  );
}

function View({ view }: { readonly view: OperationsView }) {
  const { objectives, live, service } = view;
  return (
    <>
      <LiveStats view={view} />
      {service.level !== "full" && (
        <p role="status" className="rounded-lg bg-warn-soft px-4 py-3 text-sm text-ink">
          {text.levelSay[service.level]}
        </p>
      )}
      <section aria-label={text.objectives} className="grid gap-3">
        <div className="grid gap-3 md:grid-cols-2 [&>*]:min-w-0">
          {objectives.map((objective) => (
            <ObjectiveCard key={objective.name} objective={objective} />
          ))}
        </div>
        <p className="text-xs text-ink-faint">
          {text.burnSay} {text.setSlo} {service.configured ? "" : text.levelNone}
        </p>
      </section>
      <LiveCharts live={live} />
      <div className="grid gap-4 lg:grid-cols-2 [&>*]:min-w-0">
        <Card title={text.reasons} flush={live.errors.length > 0}>
          {live.errors.length === 0 ? <p className="text-sm text-ink-soft">{text.noReasons}</p> : <ErrorTable errors={live.errors} />}
        </Card>
        <Card title={text.machine}>
          <Machine view={view} />
        </Card>
      </div>
      <Jobs jobs={view.jobs} />
    </>
  );
}

/** The places of what is coming, about as high as it is. */
const Places = () => (
  <div role="status" aria-label={text.loading} className="grid gap-4">
    <Skeleton className="h-24 w-full" />
    <Skeleton className="h-40 w-full" />
    <Skeleton className="h-64 w-full" />
  </div>
);
