import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";

type Value = { stringValue?: string; intValue?: string; doubleValue?: number; boolValue?: boolean; arrayValue?: { values: Value[] } };
type SentSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Value }[];
  status: { code?: number; message?: string };
};

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const CANARY = "trace-canary-9182";

let collector: Server;
let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
const bodies: string[] = [];
beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      bodies.push(`${request.headers["authorization"]} ${body}`);
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  upstream = await createFakeUpstream();
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const models = oneModel(upstream.openaiBaseUrl).replace(
    "models:\n",
    "models:\n  vectors: { kind: embedding, provider: up, upstream: mock, price: { inputPerMTok: 1 } }\n",
  );
  const yaml = `${models}telemetry: { traces: { endpoint: "${endpoint}", sampleRatio: 0, headers: { authorization: "Bearer collector-secret" } } }\n`;
  weir = await startWeir({ yaml });
  ({ key } = await weir.tenant("acme"));
});
afterAll(async () => {
  await weir.close().catch(() => undefined);
  await upstream.close();
  collector.close();
});

const spans = (): SentSpan[] =>
  bodies.flatMap((body) =>
    (JSON.parse(body.slice(body.indexOf("{"))) as { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] }).resourceSpans.flatMap(
      (one) => one.scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
const has = (span: SentSpan | undefined, name: string): Value | undefined =>
  span?.attributes.find((attribute) => attribute.key === name)?.value;

test("a call that its caller traces is one tree of spans with GenAI's names, and the model's server gets its place in it", async () => {
  const call = (header: string, body: Record<string, unknown>) =>
    weir.chat(key, { model: "m", messages: [{ role: "user", content: CANARY }], ...body }, { headers: { traceparent: header } });
  for (const stream of [false, true]) await (await call(`00-${TRACE}-${PARENT}-01`, { stream })).text();
  await (await call(`00-${TRACE}-${PARENT}-00`, {})).text();
  await (await weir.chat(key, { model: "m", messages: [{ role: "user", content: "x" }] })).text();
  const unknown = await call(`00-${"1".repeat(32)}-${PARENT}-01`, { model: "nowhere" });
  assert.equal(unknown.status, 404);
  const vectors = await fetch(`${weir.url}/v1/embeddings`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", traceparent: `00-${"2".repeat(32)}-${PARENT}-01` },
    body: JSON.stringify({ model: "vectors", input: CANARY }),
  });
  assert.equal(vectors.status, 200, await vectors.text());
  const seen = upstream.calls.map((asked) => asked.headers.get("traceparent"));
  await weir.stop();

  const all = spans();
  const roots = all.filter((span) => span.parentSpanId === PARENT && span.traceId === TRACE);
  assert.equal(roots.length, 2, "only what the caller sampled is told");
  for (const root of roots) {
    const children = all.filter((span) => span.parentSpanId === root.spanId);
    assert.deepEqual(
      children.map((span) => span.name),
      ["admit", "chat mock", "record"],
    );
    const [, attempt] = children;
    assert.deepEqual([root.kind, attempt?.kind], [2, 3]);
    assert.deepEqual(has(attempt, "gen_ai.operation.name"), { stringValue: "chat" });
    assert.deepEqual(has(attempt, "gen_ai.provider.name"), { stringValue: "openai" });
    assert.deepEqual(has(attempt, "gen_ai.request.model"), { stringValue: "mock" });
    assert.ok(Number(has(attempt, "gen_ai.usage.input_tokens")?.intValue) > 0);
    assert.ok(Number(has(attempt, "gen_ai.usage.output_tokens")?.intValue) > 0);
    assert.equal(has(attempt, "gen_ai.response.finish_reasons")?.arrayValue?.values[0]?.stringValue, "stop");
    assert.deepEqual(has(root, "weir.outcome"), { stringValue: "finished" });
    assert.match(has(root, "weir.request_id")?.stringValue ?? "", /^req_/);
    assert.ok(seen.includes(`00-${TRACE}-${attempt?.spanId}-01`), "the attempt's own id goes upstream");
    for (const span of [root, ...children]) assert.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano));
  }
  assert.equal(seen.filter((header) => header === `00-${TRACE}-${PARENT}-00`).length, 1, "what is not sampled is passed on as it came");
  assert.equal(seen.filter((header) => header === undefined).length, 1);
  const refused = all.find((span) => span.traceId === "1".repeat(32) && span.parentSpanId === PARENT);
  assert.deepEqual(refused?.status, { code: 2, message: "model_unknown" });

  const embedding = all.filter((span) => span.traceId === "2".repeat(32));
  assert.deepEqual(
    embedding.map((span) => span.name),
    ["admit", "embeddings mock", "record", "POST /v1/embeddings"],
  );
  assert.ok(Number(has(embedding[1], "gen_ai.usage.input_tokens")?.intValue) > 0);

  const told = bodies.join("\n");
  assert.ok(bodies.every((body) => body.startsWith("Bearer collector-secret ")));
  for (const secret of [CANARY, key, "upstream-secret"]) assert.ok(!told.includes(secret), "no content, no keys");
  assert.ok(!weir.logged.join("").includes("collector-secret"));
  console.log(`# traces: ${roots.length} sampled chats of 5 told, 1 of embeddings, ${all.length} spans, 0 with content`);
});
