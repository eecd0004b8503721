import { useMemo } from "react";
import { operationsText as text } from "#text/operations.ts";
import { Card, Stat } from "../../ui/card.tsx";
import { Chart } from "../../ui/chart.tsx";
import { formatClock, formatCount, formatDuration, formatPercent } from "../../ui/format.ts";
import { Sparkline } from "../../ui/meter.tsx";
import type { Live, OperationsView } from "./types.ts";

const WINDOW_MINUTES = 15;
const RATE_SECONDS = 10;
const minuteOf = (seconds: number): string => formatClock(seconds).slice(0, 5);

/** The figures that somebody looks at first. */
export function LiveStats({ view: { live, service } }: { readonly view: OperationsView }) {
  const window = live.windows.find(({ minutes }) => minutes === WINDOW_MINUTES);
  const recent = live.perSecond.slice(-RATE_SECONDS).reduce((sum, count) => sum + count, 0) / RATE_SECONDS;
  const share = window?.errorShare ?? null;
  const levelTone = { full: "good", reduced: "warn", emergency: "bad" } as const;
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-5">
      <Stat
        label={text.rate}
        value={
          <span className="flex items-end justify-between gap-2">
            {recent.toFixed(recent < 10 ? 1 : 0)}
            <span className="max-sm:hidden">
              <Sparkline label={text.rateTrend} values={live.perSecond} width={72} />
            </span>
          </span>
        }
        note={text.rateNote}
      />
      <Time label={text.firstPart} of={window?.firstPartMs ?? null} />
      <Time label={text.wholeAnswer} of={window?.totalMs ?? null} />
      <Stat
        label={text.errors}
        value={share === null ? "–" : formatPercent(share)}
        note={text.errorsNote(formatCount(window?.failed ?? 0), formatCount(window?.calls ?? 0))}
        {...(share !== null && share > 0 ? { tone: "bad" } : {})}
      />
      <Stat
        label={text.level}
        value={text.levels[service.level]}
        note={text.refusedCount(formatCount(window?.refused ?? 0))}
        tone={levelTone[service.level]}
      />
    </div>
  );
}

const Time = ({ label, of }: { readonly label: string; readonly of: Live["windows"][number]["totalMs"] }) => (
  <Stat
    label={label}
    value={of === null ? "–" : formatDuration(of.p95)}
    note={of === null ? "" : text.p(formatDuration(of.p50), formatDuration(of.p99))}
  />
);

/** Calls and times of the last hour, by the minute. */
export function LiveCharts({ live }: { readonly live: Live }) {
  const { times, calls, firstPart } = useMemo(() => toCharts(live), [live]);
  return (
    <div className="grid gap-4 lg:grid-cols-2 [&>*]:min-w-0">
      <Card title={text.callsChart}>
        <Chart label={text.callsChart} times={times} series={calls} format={formatCount} formatTime={minuteOf} kind="bars" />
      </Card>
      <Card title={text.timesChart}>
        <Chart label={text.timesChart} times={times} series={firstPart} format={formatDuration} formatTime={minuteOf} />
      </Card>
    </div>
  );
}

function toCharts({ series }: Live) {
  return {
    times: series.map(({ at }) => Date.parse(at) / 1000),
    calls: [
      { label: text.answered, values: series.map(({ calls, failed }) => calls - failed) },
      { label: text.failed, values: series.map(({ failed }) => failed) },
      { label: text.refusedSeries, values: series.map(({ refused }) => refused) },
    ],
    firstPart: [
      { label: text.half, values: series.map(({ firstPartMs }) => firstPartMs?.p50 ?? null) },
      { label: text.most, values: series.map(({ firstPartMs }) => firstPartMs?.p95 ?? null) },
      { label: text.worst, values: series.map(({ firstPartMs }) => firstPartMs?.p99 ?? null) },
    ],
  };
}
