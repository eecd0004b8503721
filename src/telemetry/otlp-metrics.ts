import type { Family, Labels } from "./exposition.ts";
import { toNanos, toResource, type Resource } from "./otlp-json.ts";

/** Sums since the process began: one that is lost on the way costs nothing, because the next has it all. */
const CUMULATIVE = 2;

/** The moments of what is sent, in epoch milliseconds. */
export type Period = { readonly startMs: number; readonly nowMs: number };

/** Metrics in OTLP's JSON form. Their names are those of `/metrics`, so that one dashboard reads either. */
export function toMetricsJson(families: readonly Family[], resource: Resource, { startMs, nowMs }: Period): string {
  const times = { startTimeUnixNano: toNanos(startMs), timeUnixNano: toNanos(nowMs) };
  const metrics = families
    .filter(({ points }) => points.length > 0)
    .map((family) => ({ name: family.name, description: family.help, unit: unitOf(family.name), ...toData(family, times) }));
  return JSON.stringify({ resourceMetrics: [{ resource: toResource(resource), scopeMetrics: [{ scope: { name: "weir" }, metrics }] }] });
}

type Times = { readonly startTimeUnixNano: string; readonly timeUnixNano: string };

function toData(family: Family, times: Times) {
  if (family.kind === "histogram") {
    const dataPoints = family.points.map(({ labels, counts, sum, count }) => {
      const above = count - counts.reduce((all, one) => all + one, 0);
      const bucketCounts = [...counts, above].map(String);
      return { ...times, attributes: toAttributes(labels), count: String(count), sum, bucketCounts, explicitBounds: family.bounds };
    });
    return { histogram: { aggregationTemporality: CUMULATIVE, dataPoints } };
  }
  const dataPoints = family.points.map(({ labels, value }) => ({ ...times, attributes: toAttributes(labels), asDouble: value }));
  return family.kind === "gauge"
    ? { gauge: { dataPoints } }
    : { sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
}

const toAttributes = (labels: Labels) => labels.map(([key, value]) => ({ key, value: { stringValue: value } }));

/** In UCUM's words, by the name's end. */
function unitOf(name: string): string {
  if (name.endsWith("_seconds")) return "s";
  return name.endsWith("_bytes") ? "By" : "1";
}
