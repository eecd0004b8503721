import type { Attributes, Span } from "./span.ts";

/** OTLP in its JSON form, as https://github.com/open-telemetry/opentelemetry-proto says: ids in hex, 64-bit numbers as text, enums as numbers. */

const KINDS = { internal: 1, server: 2, client: 3 } as const;
const STATUS_ERROR = 2;

export type Resource = { readonly serviceName: string; readonly instanceId: string };

export function toTracesJson(spans: readonly Span[], resource: Resource): string {
  const scope = { name: "weir" };
  return JSON.stringify({ resourceSpans: [{ resource: toResource(resource), scopeSpans: [{ scope, spans: spans.map(toSpan) }] }] });
}

/** Whose spans or metrics these are. */
export const toResource = ({ serviceName, instanceId }: Resource) => ({
  attributes: toAttributes({ "service.name": serviceName, "service.instance.id": instanceId }),
});

function toSpan(span: Span) {
  const { traceId, spanId, parentId, name, kind, startMs, endMs, attributes, error } = span;
  return {
    traceId,
    spanId,
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: toNanos(startMs),
    endTimeUnixNano: toNanos(Math.max(startMs, endMs)),
    attributes: toAttributes(attributes),
    status: error === undefined ? {} : { code: STATUS_ERROR, message: error },
  };
}

/** Nanoseconds of now are beyond what a number holds exactly. */
export const toNanos = (ms: number): string => {
  const whole = Math.floor(ms);
  return `${String(whole)}${String(Math.floor((ms - whole) * 1e6)).padStart(6, "0")}`;
};

function toAttributes(attributes: Attributes) {
  return Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: toValue(value) }]));
}

function toValue(value: string | number | boolean | readonly string[]) {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value !== "number") return { arrayValue: { values: value.map((text) => ({ stringValue: text })) } };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
