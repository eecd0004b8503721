import { useEffect, useId, useMemo, useRef } from "react";
import uPlot from "uplot";
import { uiText as text } from "#text/ui.ts";
import { useIsDark } from "../app/theme.ts";

export type Series = {
  readonly label: string;
  /** One for each time; null where nothing is known. */
  readonly values: readonly (number | null)[];
};
type ChartProps = {
  /** What the chart shows, in words: its name for whoever does not see it. */
  readonly label: string;
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  format(value: number): string;
  formatTime(seconds: number): string;
  readonly height?: number;
  /** `bars` are stacked on each other in the order of the series; lines are not. */
  readonly kind?: "lines" | "bars";
  /** Marks a moment: a rollout's step, a limit. */
  readonly rule?: { readonly value: number; readonly label: string };
};

const COLOURS = 6;
/** Reads the theme's colours as they are now. */
function palette() {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink-faint"),
    line: read("--line"),
    series: Array.from({ length: COLOURS }, (_, index) => read(`--series-${index + 1}`)),
  };
}

/** Values that no line reaches, because nothing is known before and after: they are drawn as points. */
const aloneIn = (values: readonly (number | null)[]) => (): number[] =>
  values.flatMap((value, at) => (value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null ? [at] : []));

/** Steps of an axis of whole numbers, so that no label stands for a part of one: 1, 2, 5, 10 … */
const WHOLE_STEPS = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
const areWhole = (series: readonly Series[]): boolean =>
  series.every(({ values }) => values.every((value) => Number.isInteger(value ?? 0)));

/** Each series on top of those before it, as the bars are drawn. */
function stacked(series: readonly Series[]): (number | null)[][] {
  const sums: number[] = [];
  return series.map(({ values }) => values.map((value, at) => (sums[at] = (sums[at] ?? 0) + (value ?? 0))));
}

type Drawn = Omit<ChartProps, "label" | "series" | "height" | "kind" | "rule"> & {
  readonly element: HTMLElement;
  readonly readout: HTMLElement | null;
  readonly shown: readonly Series[];
  readonly height: number;
  readonly kind: "lines" | "bars";
  readonly rule: ChartProps["rule"] | undefined;
};

/** What uPlot is given: options, columns, place. */
function plotOf(drawn: Drawn): [uPlot.Options, uPlot.AlignedData, HTMLElement] {
  const { element, times, shown, format, formatTime, height, kind, rule } = drawn;
  const colours = palette();
  const isBars = kind === "bars";
  // The lowest is drawn last, so that each bar shows its own part.
  const columns = isBars ? stacked(shown).toReversed() : shown.map(({ values }) => [...values]);
  const order = shown.map((_, index) => (isBars ? shown.length - 1 - index : index));
  const axis = { stroke: colours.ink, font: "11px system-ui", grid: { stroke: colours.line, width: 1 }, ticks: { show: false } };
  const paths = isBars ? uPlot.paths.bars?.({ size: [0.75, 48] }) : undefined;
  const bars = paths === undefined ? {} : { paths, points: { show: false } };
  const lines = order.map((at) => {
    const colour = colours.series[at % COLOURS] ?? colours.ink;
    return {
      label: shown[at]?.label ?? "",
      stroke: colour,
      width: isBars ? 0 : 1.75,
      spanGaps: false,
      points: { show: true, size: 4, width: 0, fill: colour, filter: aloneIn(shown[at]?.values ?? []) },
      ...(isBars ? { fill: colour } : {}),
      ...bars,
    };
  });
  const options: uPlot.Options = {
    width: Math.max(element.clientWidth, 100),
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !isBars } },
    scales: {
      x: { time: true, ...(isBars ? { range: wholeBars } : {}) },
      y: { range: (_plot, _low, high) => [0, Math.max(high, rule?.value ?? 0) * 1.08 || 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, values: (_plot, ticks) => ticks.map(formatTime), space: 70 },
      { ...axis, size: 62, values: (_plot, ticks) => ticks.map(format), ...(areWhole(shown) ? { incrs: WHOLE_STEPS } : {}) },
    ],
    series: [{}, ...lines],
    hooks: {
      setCursor: [(plot) => tellValues(drawn, plot.cursor.idx ?? undefined)],
      draw: rule === undefined ? [] : [(plot) => drawRule(plot, rule, colours.ink)],
    },
  };
  return [options, [[...times], ...columns], element];
}

/** Half a bar of room at both ends, so that the first and the last are as wide as the others. */
function wholeBars({ data }: uPlot, low: number, high: number): [number, number] {
  const [times] = data;
  const half = times.length > 1 ? ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1) / 2 : 1;
  return [low - half, high + half];
}

/** The figures under the pointer. */
function tellValues({ readout, times, shown, format, formatTime }: Drawn, index: number | undefined): void {
  if (readout === null) return;
  const time = index === undefined ? undefined : times[index];
  const valueOf = ({ values }: Series): string => {
    const value = index === undefined ? undefined : values[index];
    return value === null || value === undefined ? "–" : format(value);
  };
  readout.textContent = time === undefined ? "" : [formatTime(time), ...shown.map((one) => `${one.label} ${valueOf(one)}`)].join(" · ");
}

/** Values over time, drawn on a canvas, with the same figures as a table beside it for whoever cannot see or point. */
export function Chart({ label, times, series, format, formatTime, height = 200, kind = "lines", rule }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLDivElement>(null);
  const dark = useIsDark();
  const id = useId();
  const shown = useMemo(() => series.slice(0, COLOURS), [series]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const plot = new uPlot(...plotOf({ element, readout: readout.current, times, shown, format, formatTime, height, kind, rule }));
    const resized = new ResizeObserver(() => plot.setSize({ width: Math.max(element.clientWidth, 100), height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [dark, format, formatTime, height, kind, rule, shown, times]);
  return (
    <figure aria-labelledby={id} className="min-w-0">
      <figcaption id={id} className="sr-only">
        {label}
      </figcaption>
      <div ref={box} aria-hidden style={{ height }} className="min-w-0 overflow-hidden" />
      <Legend series={shown} />
      <div ref={readout} aria-hidden className="min-h-4 truncate text-xs text-ink-faint tabular-nums" />
      <details className="mt-1 text-xs text-ink-faint">
        <summary>{text.chartTable}</summary>
        <FigureTable label={label} times={times} series={shown} format={format} formatTime={formatTime} />
      </details>
    </figure>
  );
}

function drawRule(plot: uPlot, rule: { readonly value: number; readonly label: string }, colour: string): void {
  const y = plot.valToPos(rule.value, "y", true);
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.setLineDash([6, 4]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.fillText(rule.label, bbox.left + 6, y - 4);
  ctx.restore();
}

const SWATCHES = ["bg-series-1", "bg-series-2", "bg-series-3", "bg-series-4", "bg-series-5", "bg-series-6"];
const Legend = ({ series }: { readonly series: readonly Series[] }) =>
  series.length < 2 ? null : (
    <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-soft">
      {series.map(({ label }, index) => (
        <li key={label} className="foreign inline-flex items-center gap-1.5">
          <span aria-hidden className={`size-2.5 rounded-xs ${SWATCHES[index % COLOURS] ?? ""}`} />
          {label}
        </li>
      ))}
    </ul>
  );

/** More rows than this help nobody; the page offers an export. */
const ROWS_MAX = 400;
function FigureTable({
  label,
  times,
  series,
  format,
  formatTime,
}: Pick<ChartProps, "label" | "times" | "series" | "format" | "formatTime">) {
  return (
    <div className="mt-1 max-h-64 overflow-auto rounded border border-line" tabIndex={0} role="region" aria-label={label}>
      <table className="w-full border-collapse text-xs">
        <thead>
          <tr className="border-b border-line text-left">
            <th scope="col" className="px-2 py-1">
              {text.time}
            </th>
            {series.map((one) => (
              <th key={one.label} scope="col" className="px-2 py-1 text-right">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.slice(-ROWS_MAX).map((time, row) => (
            <tr key={time}>
              <td className="px-2 py-0.5">{formatTime(time)}</td>
              {series.map((one) => {
                const value = one.values[Math.max(0, times.length - ROWS_MAX) + row];
                return (
                  <td key={one.label} className="px-2 py-0.5 text-right tabular-nums">
                    {value === null || value === undefined ? "–" : format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
