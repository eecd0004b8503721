import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { usageText as text } from "#text/usage.ts";
import { get } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Chart, type Series as Line } from "../../ui/chart.tsx";
import { SelectField } from "../../ui/field.tsx";
import { EmptyState, Loaded, Skeleton, SkeletonRows } from "../../ui/states.tsx";
import { Breakdown, useTop } from "./breakdown.tsx";
import { formatMeasure, formatTick, isUsed, nameOf, valueOf } from "./format.ts";
import { ticksOf } from "./range.ts";
import { queryOf, WORDS, type UsageState } from "./state.ts";
import { Totals, TotalsSkeleton } from "./totals.tsx";
import type { Group, Series } from "./types.ts";

/** Colours that can be told apart; the others are drawn together. */
const LINES_MAX = 5;

type Props = { readonly state: UsageState; readonly keys: ReadonlyMap<string, string> };

export function CostTab({ state, keys }: Props) {
  const { view, span } = state;
  const [top, showMore] = useTop();
  const query = queryOf(view, span, { group: view.group, by: span.by, order: view.measure, top: String(top) });
  const asked = useQuery({
    queryKey: ["/admin/v1/usage/series", query],
    queryFn: ({ signal }) => get<Series>(`/admin/v1/usage/series?${query}`, undefined, signal),
    placeholderData: keepPreviousData,
    enabled: state.isKnown,
  });
  return (
    <Loaded of={asked} skeleton={<CostSkeleton />}>
      {(series) => (
        // What is shown while another view is fetched belongs to the one before: it says so, and keeps its place.
        <div
          className="grid gap-4 transition-opacity [&>*]:min-w-0"
          aria-busy={asked.isPlaceholderData || undefined}
          style={{ opacity: asked.isPlaceholderData ? 0.6 : 1 }}
        >
          <Totals now={series.totals} before={series.previous.totals} />
          {!isUsed(series.totals) ? <NoUsage /> : <Figures series={series} state={state} keys={keys} top={top} onTop={showMore} />}
        </div>
      )}
    </Loaded>
  );
}

function Figures({ series, state: asked, keys, top, onTop }: Props & { readonly series: Series; readonly top: number; onTop(): void }) {
  const { group, isMeasured } = asked.view;
  // Where every call was free, calls say more than nothing.
  const measure = !isMeasured && series.totals.costMicroUsd === 0 ? "calls" : asked.view.measure;
  const state = { ...asked, view: { ...asked.view, measure } };
  // The view may be ahead of what has come: what is drawn goes by the answer.
  const told = WORDS.find((word) => word === series.group) ?? group;
  const word = text.words[told].toLowerCase();
  return (
    <>
      <Card title={text.chartTitle(text.measures[measure], word)} actions={<ViewFields state={state} />}>
        {valueOf(series.totals, measure) === 0 ? (
          <EmptyState title={text.nothing[measure]} />
        ) : (
          <UsageChart series={series} state={state} keys={keys} />
        )}
      </Card>
      <Card flush>
        <Breakdown of={series} state={{ ...state, view: { ...state.view, group: told } }} keys={keys} top={top} onTop={onTop} />
      </Card>
    </>
  );
}

function ViewFields({ state: { view, change, own } }: { readonly state: UsageState }) {
  const words = WORDS.filter((word) => word !== "tenant" || own === undefined);
  return (
    <div className="flex gap-2 max-sm:basis-full">
      <SelectField
        label={text.group}
        hideLabel
        value={view.group}
        className="w-32"
        onChange={(event) => change({ group: words.find((word) => word === event.target.value) ?? "model" })}
      >
        {words.map((word) => (
          <option key={word} value={word}>
            {text.words[word]}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={text.measure}
        hideLabel
        value={view.measure}
        className="w-28"
        onChange={({ target: { value } }) => change({ measure: value === "calls" || value === "tokens" ? value : "cost" })}
      >
        {(["cost", "calls", "tokens"] as const).map((measure) => (
          <option key={measure} value={measure}>
            {text.measures[measure]}
          </option>
        ))}
      </SelectField>
    </div>
  );
}

function UsageChart({ series, state, keys }: Props & { readonly series: Series }) {
  const { measure } = state.view;
  const word = WORDS.find((one) => one === series.group) ?? state.view.group;
  const times = useMemo(() => ticksOf(series), [series]);
  const lines = useMemo(() => {
    const ofGroup = (group: Group): number[] => valuesOf(group, times, measure);
    const shown = series.groups.filter(({ value }) => value !== null).slice(0, LINES_MAX);
    const rest = series.groups.filter((group) => !shown.includes(group)).map(ofGroup);
    const named: Line[] = shown.map((group) => ({ label: nameOf(word, group.value ?? "", keys), values: ofGroup(group) }));
    const count = series.values - shown.length;
    if (count <= 0) return named;
    return [
      ...named,
      { label: text.others(String(count)), values: times.map((_, at) => rest.reduce((sum, values) => sum + (values[at] ?? 0), 0)) },
    ];
  }, [series, times, measure, keys, word]);
  const format = useCallback((value: number) => formatMeasure(value, measure), [measure]);
  const formatTime = formatTick[series.by];
  const label = text.chart(
    text.measures[measure],
    text.words[word].toLowerCase(),
    `${series.from.slice(0, 10)} – ${series.to.slice(0, 10)}`,
  );
  return <Chart label={label} kind="bars" times={times} series={lines} format={format} formatTime={formatTime} height={220} />;
}

/** One for each time; nothing is 0, for every bucket of the span is known. */
function valuesOf(group: Group, times: readonly number[], measure: UsageState["view"]["measure"]): number[] {
  const known = new Map(group.points.map((point) => [Date.parse(point.at) / 1000, valueOf(point, measure)]));
  return times.map((time) => known.get(time) ?? 0);
}

const NoUsage = () => (
  <Card>
    <EmptyState
      title={text.emptyTitle}
      action={
        <Button asChild>
          <Link to="/playground">{text.emptyAction}</Link>
        </Button>
      }
    >
      {text.empty}
    </EmptyState>
  </Card>
);

const CostSkeleton = () => (
  <div className="grid gap-4">
    <TotalsSkeleton />
    <Skeleton className="h-[22.5rem] w-full rounded-lg" />
    <Card flush>
      <SkeletonRows rows={8} />
    </Card>
  </div>
);
