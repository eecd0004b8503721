/** Counters, gauges and histograms that cost an addition each, as data and in Prometheus' text format, version 0.0.4. */

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export type Series = { value: number };
export type HistogramSeries = { readonly counts: number[]; sum: number; count: number };

export type CounterFamily = { series(...labels: string[]): Series };
export type HistogramFamily = { series(...labels: string[]): HistogramSeries; observe(series: HistogramSeries, value: number): void };

/** Label and value, in the family's order. */
export type Labels = readonly (readonly [string, string])[];
/** All that is known under one name at one moment. Counters only grow; a histogram's counts are of each bucket alone, without the last. */
export type Family = { readonly name: string; readonly help: string } & (
  | { readonly kind: "counter" | "gauge"; readonly points: readonly { readonly labels: Labels; readonly value: number }[] }
  | {
      readonly kind: "histogram";
      readonly bounds: readonly number[];
      readonly points: readonly ({ readonly labels: Labels } & Readonly<HistogramSeries>)[];
    }
);

export type Exposition = {
  counter(name: string, help: string, labels: readonly string[]): CounterFamily;
  histogram(name: string, help: string, labels: readonly string[], buckets: readonly number[]): HistogramFamily;
  /** Read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void;
  /** Several under one name, by the value of a label. Read when they are asked for. */
  gauges(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void;
  /** Counters that somebody else keeps, in the same way. */
  counts(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void;
  /** A counter that somebody else keeps. */
  count(name: string, help: string, read: () => number): void;
  collect(): readonly Family[];
};

export function createExposition(): Exposition {
  const families: (() => Family)[] = [];
  const single = (name: string, help: string, kind: "counter" | "gauge", read: () => number): void =>
    void families.push(() => ({ name, help, kind, points: [{ labels: [], value: read() }] }));
  const several = (
    kind: "counter" | "gauge",
    name: string,
    help: string,
    label: string,
    read: () => Readonly<Record<string, number>>,
  ): void =>
    void families.push(() => {
      const points = Object.entries(read()).map(([value, number]) => ({ labels: [[label, value] as const], value: number }));
      return { name, help, kind, points };
    });

  return {
    counter(name, help, labels) {
      const children = createChildren(labels, (): Series => ({ value: 0 }));
      families.push(() => ({ name, help, kind: "counter", points: children.all() }));
      return children;
    },
    histogram(name, help, labels, bounds) {
      const children = createChildren(labels, (): HistogramSeries => ({ counts: bounds.map(() => 0), sum: 0, count: 0 }));
      families.push(() => ({ name, help, kind: "histogram", bounds, points: children.all() }));
      return {
        series: children.series,
        observe(series, value) {
          series.sum += value;
          series.count++;
          const at = bounds.findIndex((bound) => value <= bound);
          if (at >= 0) series.counts[at] = (series.counts[at] ?? 0) + 1;
        },
      };
    },
    gauge: (name, help, read) => single(name, help, "gauge", read),
    gauges: (...given) => several("gauge", ...given),
    counts: (...given) => several("counter", ...given),
    count: (name, help, read) => single(name, help, "counter", read),
    collect: () => families.map((read) => read()),
  };
}

/** One child for each combination of label values, in the order of their first use. */
function createChildren<S>(names: readonly string[], make: () => S) {
  const children = new Map<string, { readonly labels: Labels; readonly child: S }>();
  return {
    /** Keep what comes back where it is used often: finding it again builds its key. */
    series(...values: string[]): S {
      const labels = names.map((name, at) => [name, values[at] ?? ""] as const);
      const key = JSON.stringify(values);
      let found = children.get(key);
      if (found === undefined) children.set(key, (found = { labels, child: make() }));
      return found.child;
    },
    all: (): ({ readonly labels: Labels } & S)[] => [...children.values()].map(({ labels, child }) => ({ labels, ...child })),
  };
}

export const toText = (families: readonly Family[]): string => families.map(toLines).join("");

function toLines(family: Family): string {
  const { name, help, kind } = family;
  const head = `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`;
  if (family.kind !== "histogram") return head + family.points.map(({ labels, value }) => `${name}${wrap(labels)} ${value}\n`).join("");
  return head + family.points.map(({ labels, ...series }) => toBuckets(name, labels, family.bounds, series)).join("");
}

function toBuckets(name: string, labels: Labels, bounds: readonly number[], { counts, sum, count }: Readonly<HistogramSeries>): string {
  let below = 0;
  const lines = bounds.map((bound, at) => {
    below += counts[at] ?? 0;
    return `${name}_bucket${wrap([...labels, ["le", String(bound)]])} ${below}\n`;
  });
  return `${lines.join("")}${name}_bucket${wrap([...labels, ["le", "+Inf"]])} ${count}\n${name}_sum${wrap(labels)} ${sum}\n${name}_count${wrap(labels)} ${count}\n`;
}

const wrap = (labels: Labels): string =>
  labels.length === 0 ? "" : `{${labels.map(([name, value]) => `${name}="${escapeLabel(value)}"`).join(",")}}`;
const escapeLabel = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
