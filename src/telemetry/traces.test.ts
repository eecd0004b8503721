import { test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeClock } from "../kernel/clock.ts";
import { GENAI, toAttributes } from "./genai.ts";
import { toTracesJson } from "./otlp-json.ts";
import { createSpanExporter, QUEUE_MAX } from "./span-exporter.ts";
import type { Span } from "./span.ts";
import { isInRatio, parseTraceparent, randomId, toTraceparent } from "./trace-context.ts";
import { createTracer } from "./tracer.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

test("a traceparent is read as W3C says, and what is none is none", () => {
  const read = { traceId: TRACE, spanId: SPAN, sampled: true };
  assert.deepEqual(parseTraceparent(`00-${TRACE}-${SPAN}-01`), read);
  assert.deepEqual(parseTraceparent(` 00-${TRACE}-${SPAN}-00 `), { ...read, sampled: false });
  assert.deepEqual(parseTraceparent(`cc-${TRACE}-${SPAN}-09-what-comes-later`), read);
  const bad = [
    undefined,
    "",
    "hello",
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-0g`,
    `00-${TRACE}-${SPAN}-01\r\nx: y`,
  ];
  for (const header of bad) assert.equal(parseTraceparent(header), undefined, String(header));
  assert.equal(toTraceparent(read), `00-${TRACE}-${SPAN}-01`);
});

test("a ratio takes its part of the traces, and the caller's own decision goes before it", () => {
  const taken = (ratio: number): number => Array.from({ length: 4000 }, () => randomId(16)).filter((id) => isInRatio(id, ratio)).length;
  assert.equal(taken(0), 0);
  assert.equal(taken(1), 4000);
  const tenth = taken(0.1);
  assert.ok(tenth > 280 && tenth < 520, String(tenth));
  const begin = (sampleRatio: number, header?: string) =>
    createTracer({ clock: createFakeClock(1), add: () => undefined }, { sampleRatio }).begin(header, "x", 1);
  assert.notEqual(begin(0, `00-${TRACE}-${SPAN}-01`), undefined);
  assert.equal(begin(1, `00-${TRACE}-${SPAN}-00`), undefined);
  assert.equal(begin(0, "no trace context"), undefined);
});

test("a call's spans hang together under the caller's, end once, and are handed over together", () => {
  const clock = createFakeClock(1_800_000_000_000);
  const got: Span[][] = [];
  const trace = createTracer({ clock, add: (spans) => void got.push([...spans]) }, { sampleRatio: 0 }).begin(
    `00-${TRACE}-${SPAN}-01`,
    "POST /x",
    clock.nowMs() - 5,
  );
  assert.ok(trace !== undefined);
  const attempt = trace.begin("chat m", "client", { requestModel: "m" });
  clock.advance(20);
  attempt.note({ inputTokens: 3 });
  attempt.end("target_down");
  attempt.end();
  trace.begin("left open", "internal");
  trace.end("target_down");
  trace.end();
  assert.equal(got.length, 1);
  const [first, second, root] = got[0] ?? [];
  assert.deepEqual(
    [first?.name, first?.parentId, first?.error, first?.attributes],
    ["chat m", root?.spanId, "target_down", { [GENAI.requestModel]: "m", [GENAI.inputTokens]: 3, "error.type": "target_down" }],
  );
  assert.deepEqual([(first?.endMs ?? 0) - (first?.startMs ?? 0), (root?.endMs ?? 0) - (root?.startMs ?? 0)], [20, 25]);
  assert.equal(second?.name, "left open");
  assert.deepEqual([root?.parentId, root?.traceId, root?.kind], [SPAN, TRACE, "server"]);
  assert.match(attempt.traceparent, new RegExp(`^00-${TRACE}-${first?.spanId}-01$`));
});

test("OTLP's JSON has times to the nanosecond as text, ids in hex and numbers by their kind", () => {
  const span: Span = {
    traceId: TRACE,
    spanId: SPAN,
    parentId: undefined,
    name: "chat m",
    kind: "client",
    startMs: 1_800_000_000_000.25,
    endMs: 1_800_000_000_001,
    attributes: { a: "x", b: 3, c: 0.5, d: true, e: ["stop"], f: undefined },
    error: "target_down",
  };
  const json = JSON.parse(toTracesJson([span], { serviceName: "weir", instanceId: "proc_1" })) as {
    resourceSpans: { scopeSpans: { spans: unknown[] }[] }[];
  };
  assert.deepEqual(json.resourceSpans[0]?.scopeSpans[0]?.spans, [
    {
      traceId: TRACE,
      spanId: SPAN,
      name: "chat m",
      kind: 3,
      startTimeUnixNano: "1800000000000250000",
      endTimeUnixNano: "1800000000001000000",
      attributes: [
        { key: "a", value: { stringValue: "x" } },
        { key: "b", value: { intValue: "3" } },
        { key: "c", value: { doubleValue: 0.5 } },
        { key: "d", value: { boolValue: true } },
        { key: "e", value: { arrayValue: { values: [{ stringValue: "stop" }] } } },
      ],
      status: { code: 2, message: "target_down" },
    },
  ]);
  assert.deepEqual(toAttributes({ operation: "chat", tenantId: "ten_1" }), { "gen_ai.operation.name": "chat", "weir.tenant.id": "ten_1" });
});

const spanOf = (): Span => ({
  traceId: TRACE,
  spanId: SPAN,
  parentId: undefined,
  name: "x",
  kind: "internal",
  startMs: 1,
  endMs: 2,
  attributes: {},
  error: undefined,
});
const spansOf = (count: number): Span[] => Array.from({ length: count }, spanOf);

function exporterOn(statuses: readonly (number | "broken")[], body = "{}") {
  const sent: number[] = [];
  const left = [...statuses];
  const failures: (number | undefined)[] = [];
  const exporter = createSpanExporter(
    {
      fetch: async (url, init) => {
        assert.equal(url, "http://collector:4318/v1/traces");
        sent.push(((typeof init.body === "string" ? init.body : "").match(/"traceId"/g) ?? []).length);
        const status = left.shift() ?? 200;
        if (status === "broken") throw new TypeError("reset");
        return new Response(body, { status });
      },
      wait: async () => undefined,
      onFailure: (status) => void failures.push(status),
    },
    { endpoint: "http://collector:4318", headers: {}, serviceName: "weir", instanceId: "p" },
  );
  return { exporter, sent, failures };
}

test("spans go in batches, and those of a collector that does not take them are counted, not kept", async () => {
  const good = exporterOn([]);
  good.exporter.add(spansOf(511));
  assert.equal(good.sent.length, 0);
  good.exporter.add(spansOf(600));
  await good.exporter.flush();
  assert.deepEqual([good.sent, good.exporter.exported, good.exporter.dropped], [[512, 512, 87], 1111, 0]);

  const slow = exporterOn(["broken", 503, 200]);
  slow.exporter.add(spansOf(2));
  await slow.exporter.flush();
  assert.deepEqual([slow.sent.length, slow.exporter.exported], [3, 2]);

  const away = exporterOn(["broken", "broken", "broken", 400]);
  away.exporter.add(spansOf(2));
  await away.exporter.flush();
  away.exporter.add(spansOf(3));
  await away.exporter.flush();
  assert.deepEqual([away.sent.length, away.exporter.exported, away.exporter.dropped, away.failures], [4, 0, 5, [undefined, 400]]);

  const partial = exporterOn([200], '{"partialSuccess":{"rejectedSpans":"4"}}');
  partial.exporter.add(spansOf(10));
  await partial.exporter.flush();
  assert.deepEqual([partial.exporter.exported, partial.exporter.dropped], [6, 4]);
});

test("the queue takes as many spans as its limit and not one more", async () => {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const exporter = createSpanExporter(
    { fetch: () => gate.then(() => new Response("{}")), wait: async () => undefined, onFailure: () => undefined },
    { endpoint: "http://c", headers: {}, serviceName: "weir", instanceId: "p" },
  );
  exporter.add(spansOf(512));
  exporter.add(spansOf(QUEUE_MAX));
  exporter.add(spansOf(1));
  assert.equal(exporter.dropped, 1);
  open();
  await exporter.close();
  assert.deepEqual([exporter.exported, exporter.dropped], [512 + QUEUE_MAX, 1]);
});
