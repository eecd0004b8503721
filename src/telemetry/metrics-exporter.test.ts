import { test } from "bun:test";
import assert from "node:assert/strict";
import { createExposition } from "./exposition.ts";
import { createMetricsExporter } from "./metrics-exporter.ts";

type Point = Record<string, unknown>;
type Sent = {
  resourceMetrics: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] };
    scopeMetrics: { metrics: { name: string; unit: string; [kind: string]: unknown }[] }[];
  }[];
};

const START_MS = 1_800_000_000_000;

function setUp(answer: () => Promise<Response> = () => Promise.resolve(new Response("{}"))) {
  const all = createExposition();
  const calls = all.counter("weir_calls_total", "Calls.", ["model", "outcome"]);
  const seconds = all.histogram("weir_call_seconds", "Time.", ["model"], [0.1, 1]);
  all.gauge("weir_journal_backlog_bytes", "Bytes.", () => 7);
  all.counter("weir_refusals_total", "Refusals.", ["code"]);
  const sent: { url: string; headers: Headers; body: Sent }[] = [];
  const failures: (number | undefined)[] = [];
  const time = { ms: START_MS };
  const exporter = createMetricsExporter(
    {
      fetch(url, init) {
        sent.push({ url, headers: new Headers(init.headers), body: JSON.parse(init.body as string) as Sent });
        return answer();
      },
      nowMs: () => time.ms,
      collect: all.collect,
      onFailure: (status) => failures.push(status),
    },
    { endpoint: "http://collector:4318", headers: { "x-token": "t" }, everyMs: 60_000, serviceName: "weir", instanceId: "proc_1" },
  );
  return { calls, seconds, sent, failures, exporter, time };
}

test("counters, gauges and histograms go out as OTLP has them: sums since the start, every bucket, 64-bit counts as text", async () => {
  const { calls, seconds, sent, exporter, time } = setUp();
  calls.series("m", "finished").value += 3;
  calls.series('m"2', "failed").value++;
  for (const value of [0.05, 0.5, 0.7, 30]) seconds.observe(seconds.series("m"), value);
  time.ms += 1_500;
  await exporter.flush();
  const [first] = sent;
  assert.deepEqual([first?.url, first?.headers.get("x-token")], ["http://collector:4318/v1/metrics", "t"]);
  const [resource] = first?.body.resourceMetrics ?? [];
  assert.deepEqual(
    resource?.resource.attributes.map(({ key, value }) => [key, value.stringValue]),
    [
      ["service.name", "weir"],
      ["service.instance.id", "proc_1"],
    ],
  );
  const times = { startTimeUnixNano: "1800000000000000000", timeUnixNano: "1800000001500000000" };
  const attributes = (labels: Record<string, string>) =>
    Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: value } }));
  assert.deepEqual(resource?.scopeMetrics[0]?.metrics, [
    {
      name: "weir_calls_total",
      description: "Calls.",
      unit: "1",
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: [
          { ...times, attributes: attributes({ model: "m", outcome: "finished" }), asDouble: 3 },
          { ...times, attributes: attributes({ model: 'm"2', outcome: "failed" }), asDouble: 1 },
        ] satisfies Point[],
      },
    },
    {
      name: "weir_call_seconds",
      description: "Time.",
      unit: "s",
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [
          {
            ...times,
            attributes: attributes({ model: "m" }),
            count: "4",
            sum: 31.25,
            bucketCounts: ["1", "2", "1"],
            explicitBounds: [0.1, 1],
          },
        ],
      },
    },
    {
      name: "weir_journal_backlog_bytes",
      description: "Bytes.",
      unit: "By",
      gauge: { dataPoints: [{ ...times, attributes: [], asDouble: 7 }] },
    },
  ]);
});

test("what a collector does not take is in the next sending, and a failure is told, never thrown", async () => {
  const answers = [() => Promise.reject(new Error("away")), () => Promise.resolve(new Response("", { status: 503 })), undefined];
  const { calls, sent, failures, exporter } = setUp(() => answers.shift()?.() ?? Promise.resolve(new Response("{}")));
  for (let at = 0; at < 3; at++) {
    calls.series("m", "finished").value++;
    await exporter.flush();
  }
  assert.deepEqual(failures, [undefined, 503]);
  const values = sent.map(({ body }) => JSON.stringify(body).match(/"asDouble":(\d+)/)?.[1]);
  assert.deepEqual(values, ["1", "2", "3"]);
});

test("closing sends what came after the sending under way", async () => {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const { calls, sent, exporter } = setUp(async () => {
    await gate;
    return new Response("{}");
  });
  const early = exporter.flush();
  calls.series("m", "finished").value = 9;
  const closed = exporter.close();
  open();
  await Promise.all([early, closed]);
  assert.equal(sent.length, 2);
  assert.match(JSON.stringify(sent[1]?.body), /"asDouble":9/);
});
