/** Prometheus' text format, version 0.0.4: counters, gauges and histograms that cost an addition each. */

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export type Series = { value: number };
export type HistogramSeries = { readonly counts: number[]; sum: number; count: number };

export type CounterFamily = { series(...labels: string[]): Series };
export type HistogramFamily = { series(...labels: string[]): HistogramSeries; observe(series: HistogramSeries, value: number): void };

export type Exposition = {
  counter(name: string, help: string, labels: readonly string[]): CounterFamily;
  histogram(name: string, help: string, labels: readonly string[], buckets: readonly number[]): HistogramFamily;
  /** Read when the text is asked for. */
  gauge(name: string, help: string, read: () => number): void;
  /** A counter that somebody else keeps. */
  count(name: string, help: string, read: () => number): void;
  text(): string;
};

export function createExposition(): Exposition {
  const families: (() => string)[] = [];

  return {
    counter(name, help, labels) {
      const children = createChildren(labels, (): Series => ({ value: 0 }));
      families.push(() => head(name, help, "counter") + children.render((at, { value }) => `${name}${wrap(at)} ${value}\n`));
      return children;
    },
    histogram(name, help, labels, buckets) {
      const children = createChildren(labels, (): HistogramSeries => ({ counts: buckets.map(() => 0), sum: 0, count: 0 }));
      families.push(() => head(name, help, "histogram") + children.render((at, series) => renderHistogram(name, at, buckets, series)));
      return {
        series: children.series,
        observe(series, value) {
          series.sum += value;
          series.count++;
          const at = buckets.findIndex((bound) => value <= bound);
          if (at >= 0) series.counts[at] = (series.counts[at] ?? 0) + 1;
        },
      };
    },
    gauge(name, help, read) {
      families.push(() => `${head(name, help, "gauge")}${name} ${read()}\n`);
    },
    count(name, help, read) {
      families.push(() => `${head(name, help, "counter")}${name} ${read()}\n`);
    },
    text: () => families.map((render) => render()).join(""),
  };
}

const head = (name: string, help: string, type: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
const wrap = (labels: string): string => (labels === "" ? "" : `{${labels}}`);

function renderHistogram(name: string, labels: string, buckets: readonly number[], { counts, sum, count }: HistogramSeries): string {
  const more = labels === "" ? "" : `${labels},`;
  let below = 0;
  const lines = buckets.map((bound, at) => {
    below += counts[at] ?? 0;
    return `${name}_bucket{${more}le="${bound}"} ${below}\n`;
  });
  return `${lines.join("")}${name}_bucket{${more}le="+Inf"} ${count}\n${name}_sum${wrap(labels)} ${sum}\n${name}_count${wrap(labels)} ${count}\n`;
}

/** One child for each combination of label values, in the order of their first use. */
function createChildren<S>(labels: readonly string[], make: () => S) {
  const children = new Map<string, S>();
  return {
    /** Keep what comes back where it is used often: finding it again builds its label text. */
    series(...values: string[]): S {
      const key = labels.map((label, at) => `${label}="${escapeLabel(values[at] ?? "")}"`).join(",");
      let child = children.get(key);
      if (child === undefined) children.set(key, (child = make()));
      return child;
    },
    render: (line: (labels: string, child: S) => string): string => [...children].map(([key, child]) => line(key, child)).join(""),
  };
}

const escapeLabel = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
