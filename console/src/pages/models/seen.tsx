import { useMemo } from "react";
import { modelsText as text } from "#text/models.ts";
import { Chart } from "../../ui/chart.tsx";
import { formatAgo, formatClock, formatCount, formatDuration, formatMoment } from "../../ui/format.ts";
import { DataTable, type Column } from "../../ui/table.tsx";
import { ErrorShare, NONE } from "./columns.tsx";
import type { Errors, Seen } from "./types.ts";

const minuteOf = (seconds: number): string => formatClock(seconds).slice(0, 5);

/** The last hour of a model or a provider: times, calls, failures. */
export function SeenView({ seen }: { readonly seen: Seen }) {
  const { times, latency, calls } = useMemo(() => toCharts(seen), [seen]);
  return (
    <>
      <Section title={text.detail.times}>
        <Chart label={text.detail.times} times={times} series={latency} format={formatDuration} formatTime={minuteOf} height={150} />
      </Section>
      <Section title={text.detail.callsChart}>
        <Chart
          label={text.detail.callsChart}
          times={times}
          series={calls}
          format={formatCount}
          formatTime={minuteOf}
          kind="bars"
          height={120}
        />
      </Section>
      <Section title={text.detail.figures}>
        <DataTable label={text.detail.figures} columns={WINDOWS} rows={seen.windows} rowKey={({ minutes }) => String(minutes)} />
      </Section>
      <Section title={text.detail.errors}>
        {seen.errors.length === 0 ? <p className="text-sm text-ink-soft">{text.detail.noErrors}</p> : <ErrorTable errors={seen.errors} />}
      </Section>
    </>
  );
}

export function Section({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section className="grid gap-2 [&>*]:min-w-0">
      <h3 className="text-xs font-semibold text-ink-faint">{title}</h3>
      {children}
    </section>
  );
}

function toCharts({ series }: Seen) {
  return {
    times: series.map(({ at }) => Date.parse(at) / 1000),
    latency: [
      { label: text.detail.first, values: series.map(({ firstPartMs }) => firstPartMs?.p95 ?? null) },
      { label: text.detail.total, values: series.map(({ totalMs }) => totalMs?.p95 ?? null) },
      { label: text.detail.totalHalf, values: series.map(({ totalMs }) => totalMs?.p50 ?? null) },
    ],
    calls: [
      { label: text.detail.answered, values: series.map(({ calls, failed }) => calls - failed) },
      { label: text.detail.failed, values: series.map(({ failed }) => failed) },
    ],
  };
}

const time = (ms: number | undefined) => (ms === undefined ? NONE : formatDuration(ms));

const WINDOWS: readonly Column<Seen["windows"][number]>[] = [
  { id: "window", label: text.detail.window, cell: ({ minutes }) => text.detail.minutes(minutes) },
  { id: "calls", label: text.detail.calls, numeric: true, cell: ({ calls }) => formatCount(calls) },
  { id: "errors", label: text.detail.errorShare, numeric: true, cell: ({ failed, calls }) => <ErrorShare failed={failed} calls={calls} /> },
  { id: "first", label: text.detail.first, numeric: true, cell: ({ firstPartMs }) => time(firstPartMs?.p95) },
  { id: "total", label: text.detail.total, numeric: true, cell: ({ totalMs }) => time(totalMs?.p95) },
];

const ERRORS: readonly Column<Errors[number]>[] = [
  {
    id: "code",
    label: text.detail.code,
    cell: ({ code, message }) => (
      <>
        <span className="font-mono text-xs">{code}</span>
        <span className="block text-xs text-ink-soft">{message}</span>
      </>
    ),
  },
  { id: "count", label: text.detail.count, numeric: true, cell: ({ count }) => formatCount(count) },
  {
    id: "last",
    label: text.detail.lastError,
    numeric: true,
    cell: ({ lastAt }) => <time title={formatMoment(lastAt)}>{formatAgo(lastAt)}</time>,
  },
];

/** Why calls failed, most first. */
export const ErrorTable = ({ errors }: { readonly errors: Errors }) => (
  <DataTable label={text.detail.errors} columns={ERRORS} rows={errors} rowKey={({ code }) => code} />
);
