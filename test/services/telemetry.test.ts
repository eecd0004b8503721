import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../tools/suite/port.ts";
import { eventually } from "../e2e/eventually.ts";
import { oneModel, startWeir } from "../e2e/server.ts";
import { createFakeUpstream } from "../upstream/index.ts";
import { programOf, startProgram, type Program } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-telemetry-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const collector = programOf("OTELCOL");
const prometheus = programOf("PROMETHEUS");
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const CANARY = "collector-canary-2718";

/** A collector that prints what it is told. */
async function startCollector(): Promise<Program & { readonly endpoint: string }> {
  const port = await freePort();
  const config = join(folder, `otelcol-${port}.yaml`);
  writeFileSync(
    config,
    `receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${port}" } } } }
exporters: { debug: { verbosity: detailed } }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { traces: { receivers: [otlp], exporters: [debug] }, metrics: { receivers: [otlp], exporters: [debug] } }
`,
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const ready = () => fetch(`${endpoint}/`);
  return { ...(await startProgram([collector ?? "", "--config", `file:${config}`], { ready })), endpoint };
}

test.skipIf(collector === undefined)("a call's trace is seen in an OpenTelemetry collector, under its caller's span", async () => {
  const program = await startCollector();
  const upstream = await createFakeUpstream();
  const weir = await startWeir({
    yaml: `${oneModel(upstream.openaiBaseUrl)}telemetry: { traces: { endpoint: "${program.endpoint}", sampleRatio: 1 } }\n`,
  });
  try {
    const { key } = await weir.tenant("acme");
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
    const response = await weir.chat(key, { model: "m", stream: true, messages: [{ role: "user", content: CANARY }] }, { headers });
    await response.text();
    for (let at = 0; at < 20; at++) await (await weir.chat(key, { model: "m", messages: [{ role: "user", content: CANARY }] })).text();
    await weir.stop();
    await eventually(async () => assert.equal((program.output().match(/Name +: POST \/v1\/chat\/completions/g) ?? []).length, 21));
    const spans = program
      .output()
      .split(/^Span #\d+/m)
      .slice(1)
      .filter((span) => span.includes(TRACE));
    assert.equal(spans.length, 4);
    const root = spans.find((span) => new RegExp(`Parent ID +: ${PARENT}`).test(span)) ?? "";
    const rootId = /^ +ID +: ([0-9a-f]{16})/m.exec(root)?.[1] ?? "none";
    const attempt = spans.find((span) => /Name +: chat mock/.test(span)) ?? "";
    assert.match(attempt, new RegExp(`Parent ID +: ${rootId}`));
    for (const expected of [
      /Kind +: Client/,
      /gen_ai\.operation\.name: Str\(chat\)/,
      /gen_ai\.request\.model: Str\(mock\)/,
      /gen_ai\.usage\.input_tokens: Int\(\d+\)/,
      /gen_ai\.usage\.output_tokens: Int\(\d+\)/,
      /gen_ai\.response\.finish_reasons: Slice\(\["stop"\]\)/,
    ])
      assert.match(attempt, expected);
    assert.match(root, new RegExp(`weir\\.request_id: Str\\(${response.headers.get("x-weir-request-id") ?? "none"}\\)`));
    for (const secret of [CANARY, key]) assert.ok(!program.output().includes(secret));
    const all = program.output().match(/^Span #\d+/gm)?.length ?? 0;
    console.log(`# OpenTelemetry collector: 21 calls seen, ${all} spans, the caller's trace ${TRACE} whole, 0 with content`);
  } finally {
    await weir.close().catch(() => undefined);
    await upstream.close();
    await program.stop();
  }
});

test.skipIf(collector === undefined)("metrics are seen in an OpenTelemetry collector, as the model's server counted", async () => {
  const program = await startCollector();
  const upstream = await createFakeUpstream();
  const weir = await startWeir({
    yaml: `${oneModel(upstream.openaiBaseUrl)}telemetry: { metrics: { endpoint: "${program.endpoint}", everySeconds: 3600 } }\n`,
  });
  try {
    const { key } = await weir.tenant("acme");
    for (let at = 0; at < 25; at++) await (await weir.chat(key, { model: "m", messages: [{ role: "user", content: CANARY }] })).text();
    // A server that ends sends what stands.
    await weir.stop();
    /** The printed points of one metric. */
    const pointsOf = (name: string): string[] =>
      program
        .output()
        .split(/^Metric #\d+/m)
        .filter((metric) => new RegExp(`Name: ${name}$`, "m").test(metric))
        .flatMap((metric) => metric.split(/^(?:Number|Histogram)DataPoints #\d+/m).slice(1));
    await eventually(async () => assert.equal(pointsOf("weir_call_seconds").length, 1));
    const sumOf = (name: string): number =>
      pointsOf(name).reduce((sum, point) => sum + Number(/^Value: ([\d.e+]+)/m.exec(point)?.[1] ?? Number.NaN), 0);
    const tokens = upstream.calls.reduce((sum, call) => sum + (call.reported?.inputTokens ?? 0) + (call.reported?.outputTokens ?? 0), 0);
    assert.equal(sumOf("weir_calls_total"), 25);
    assert.equal(sumOf("weir_tokens_total"), tokens);
    assert.match(pointsOf("weir_call_seconds")[0] ?? "", /^Count: 25$/m);
    assert.match(program.output(), /AggregationTemporality: Cumulative/);
    for (const secret of [CANARY, key, "acme"]) assert.ok(!program.output().includes(secret));
    console.log(`# OpenTelemetry collector: metrics of 25 calls and ${tokens} tokens, as many as the model's server counted`);
  } finally {
    await weir.close().catch(() => undefined);
    await upstream.close();
    await program.stop();
  }
});

test.skipIf(prometheus === undefined)("Prometheus scrapes /metrics and counts every call and token", async () => {
  const upstream = await createFakeUpstream();
  const weir = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl) });
  const port = await freePort();
  const config = join(folder, "prometheus.yaml");
  writeFileSync(
    config,
    `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: weir, static_configs: [{ targets: ["${new URL(weir.url).host}"] }] }]\n`,
  );
  const address = `http://127.0.0.1:${port}`;
  const ready = async (): Promise<void> => assert.equal((await fetch(`${address}/-/ready`)).status, 200);
  const flags = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "tsdb")}`, `--web.listen-address=127.0.0.1:${port}`];
  const program = await startProgram([prometheus ?? "", ...flags], { ready });
  const ask = async (query: string): Promise<number> => {
    const response = await fetch(`${address}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(data.result[0]?.value[1] ?? Number.NaN);
  };
  try {
    const { key } = await weir.tenant("acme");
    for (let at = 0; at < 25; at++) await (await weir.chat(key, { model: "m", messages: [{ role: "user", content: "x" }] })).text();
    await eventually(async () => assert.equal(await ask('sum(weir_calls_total{model="m"})'), 25));
    const tokens = upstream.calls.reduce((sum, call) => sum + (call.reported?.inputTokens ?? 0) + (call.reported?.outputTokens ?? 0), 0);
    assert.equal(await ask("sum(weir_tokens_total)"), tokens);
    assert.equal(await ask("weir_call_seconds_count"), 25);
    const response = await fetch(`${address}/api/v1/targets`);
    const { data } = (await response.json()) as { data: { activeTargets: { health: string; lastError: string }[] } };
    assert.deepEqual(
      data.activeTargets.map(({ health, lastError }) => [health, lastError]),
      [["up", ""]],
    );
    console.log(`# Prometheus: scraped 25 calls and ${tokens} tokens, as many as the model's server counted`);
  } finally {
    await weir.close();
    await upstream.close();
    await program.stop();
  }
});
