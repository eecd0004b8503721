import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { systemClock } from "../kernel/clock.ts";
import { createFakeUpstream, prose, type FakeUpstream } from "../../test/upstream/index.ts";
import { createDeadlines } from "./deadlines.ts";
import { createProviders } from "./providers.ts";
import type { Provider } from "./spec.ts";
import { askedOf, chatOf, configOf, gather, oneByOne, textOfParts } from "./testing.ts";
import { createTransport, toReply } from "./transport.ts";

const KINDS = ["openai", "anthropic"] as const;
let upstream: FakeUpstream;
let providers: ReadonlyMap<string, Provider>;
beforeAll(async () => {
  upstream = await createFakeUpstream({ apiKey: "test-key" });
  const configs = [configOf("openai", upstream.openaiBaseUrl), configOf("anthropic", upstream.anthropicBaseUrl)];
  providers = createProviders(configs, { clock: systemClock, cacheSalt: () => "salt" });
});
afterAll(() => upstream.close());

function provider(kind: string): Provider {
  const found = providers.get(kind);
  assert.ok(found);
  return found;
}
const forever = new AbortController().signal;

test("a caller who goes away closes the upstream's connection, streamed or not, and is told what was used", async () => {
  const latencies: number[] = [];
  const abortOne = async (kind: (typeof KINDS)[number], stream: boolean, name: string): Promise<void> => {
    const controller = new AbortController();
    const words = stream ? `fault=stall;at=middle;parts=8;call=${name}` : `fault=slow-first-byte;call=${name}`;
    const done = gather(provider(kind).stream(askedOf(kind, chatOf(words, { stream })), controller.signal));
    const call = () => upstream.calls.findLast((each) => each.name === name);
    await upstream.until(() => call() !== undefined && (!stream || call()?.outputTokens === 4));
    const abortedMs = performance.now();
    controller.abort();
    const { parts, fault } = await done;
    assert.equal(fault?.code, "client_gone");
    assert.equal(fault.detail.spent, true);
    const usage = parts.at(-1);
    assert.ok(usage?.type === "usage" && usage.usage.source === "counted" && usage.usage.inputTokens > 0);
    assert.ok(!parts.some((part) => part.type === "finish"));
    await upstream.until(() => call()?.state === "aborted");
    latencies.push((call()?.changedAtMs ?? Number.NaN) - abortedMs);
  };
  const cases: Promise<void>[] = [];
  for (let i = 0; i < 25; i++)
    for (const kind of KINDS) for (const stream of [true, false]) cases.push(abortOne(kind, stream, `gone-${kind}-${stream}-${i}`));
  await Promise.all(cases);
  latencies.sort((one, other) => one - other);
  const p99 = latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
  console.log(`${latencies.length} aborts, upstream closed after p50 ${latencies[50]?.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
  assert.ok(p99 <= 1000, `p99 ${p99} ms`);
});

test("a caller who is gone before the call is sent costs nothing", async () => {
  const before = upstream.calls.length;
  for (const stream of [true, false]) {
    const { parts, fault } = await gather(provider("openai").stream(askedOf("openai", chatOf("hi", { stream })), AbortSignal.abort()));
    assert.equal(fault?.code, "client_gone");
    assert.notEqual(fault.detail.spent, true);
    assert.deepEqual(parts, []);
  }
  assert.equal(upstream.calls.length, before);
});

test("a consumer that lets go of a stream closes the upstream's connection", async () => {
  const stream = provider("openai").stream(askedOf("openai", chatOf("gate=let-go;parts=50;call=let-go")), forever);
  upstream.gate("let-go").step(3);
  for await (const part of oneByOne(stream)) if (part.type === "text-delta") break;
  await upstream.until(() => upstream.find("let-go").state === "aborted");
});

test("parts come one by one as the upstream says them", async () => {
  const gate = upstream.gate("step");
  const stream = provider("anthropic").stream(askedOf("anthropic", chatOf("gate=step;parts=5")), forever);
  const parts = oneByOne(stream);
  assert.equal((await parts.next()).value?.type, "usage");
  for (const word of prose(5)) {
    gate.step();
    const { value } = await parts.next();
    assert.ok(value?.type === "text-delta" && value.text === word);
  }
  for (const type of ["usage", "choice-finish", "finish"]) assert.equal((await parts.next()).value?.type, type);
  assert.equal((await parts.next()).done, true);
});

test("connections are used again after whole answers and after streams", async () => {
  const before = upstream.connections.opened;
  for (let i = 0; i < 20; i++) {
    const { fault } = await gather(provider("openai").stream(askedOf("openai", chatOf("hi", { stream: i % 2 === 0 })), forever));
    assert.equal(fault, undefined);
  }
  // The drain of a stream's last bytes may still be under way when the next call is sent.
  assert.ok(upstream.connections.opened - before <= 3, `${upstream.connections.opened - before} connections for 20 calls`);
});

test("a server that keeps the connection open after [DONE] is not waited for", async () => {
  const encoder = new TextEncoder();
  let cancelled = false;
  const open = new ReadableStream<Uint8Array>({
    start: (controller) =>
      controller.enqueue(
        encoder.encode('data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'),
      ),
    cancel: () => {
      cancelled = true;
    },
  });
  const ticks: (() => void)[] = [];
  let nowMs = 0;
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  let aborted = false;
  const connect = () => ({
    request: () => ({
      reply: Promise.resolve(toReply(new Response(open))),
      abort: () => {
        aborted = true;
      },
    }),
    close: () => undefined,
  });
  const every = (_: number, task: () => void) => {
    ticks.push(task);
    return () => undefined;
  };
  const made = createProviders([configOf("openai", "http://127.0.0.1/v1")], { clock, cacheSalt: () => "salt", every, connect });
  const { parts, fault } = await gather(made.get("openai")?.stream(askedOf("openai", chatOf("hi")), forever) ?? []);
  assert.equal(fault, undefined);
  assert.equal(parts.at(-1)?.type, "finish");
  assert.equal(aborted, false);
  for (; nowMs < 1200; nowMs += 100) for (const tick of ticks) tick();
  assert.equal(aborted || cancelled, true, "its connection is closed a second later");
});

const replying = (response: () => Response) => ({
  request: () => ({ reply: Promise.resolve(toReply(response())), abort: () => undefined }),
  close: () => undefined,
});

test("a whole answer of the most bytes allowed is read, one byte more is broken, told beforehand or not", async () => {
  const bodyOf = (bytes: number, told: boolean): Response => {
    const body = new Blob(["{}", " ".repeat(bytes - 2)]);
    return new Response(told ? body : body.stream(), told ? { headers: { "content-length": String(bytes) } } : {});
  };
  const deadlines = createDeadlines({ clock: systemClock, every: () => () => undefined });
  const transport = (bytes: number, told: boolean) => {
    const connection = replying(() => bodyOf(bytes, told));
    return createTransport({ clock: systemClock, deadlines, connection }, 5000);
  };
  const ask = { url: "http://127.0.0.1/", headers: new Headers(), body: "{}", timeouts: { firstByteMs: 1e4, idleMs: 1e4, totalMs: 1e4 } };
  for (const told of [true, false]) {
    assert.deepEqual(await transport(5000, told).json(ask, forever), {});
    await assert.rejects(transport(5000 + 1, told).json(ask, forever), { name: "Fault", code: "target_broken" });
  }
});

test("what is sent is plain HTTP with the key, uncompressed, to the paths of the protocol and no other", async () => {
  for (const kind of KINDS) {
    await gather(provider(kind).stream(askedOf(kind, chatOf(`call=plain-${kind}`)), forever));
    const { headers, path } = upstream.find(`plain-${kind}`);
    assert.equal(path, kind === "openai" ? "/v1/chat/completions" : "/v1/messages");
    assert.equal(headers.get("accept-encoding"), "identity");
    assert.equal(headers.get("content-type"), "application/json");
    assert.equal(headers.get(kind === "openai" ? "authorization" : "x-api-key"), kind === "openai" ? "Bearer test-key" : "test-key");
    if (kind === "anthropic") assert.equal(headers.get("anthropic-version"), "2023-06-01");
    await provider(kind).probe(forever);
  }
  assert.deepEqual(upstream.unexpectedPaths, []);
});

test("a probe with a wrong key says so, and one to nobody does too", async () => {
  const configs = [configOf("openai", upstream.openaiBaseUrl, { apiKey: "wrong" }), configOf("anthropic", "http://127.0.0.1:9")];
  const made = createProviders(configs, { clock: systemClock, cacheSalt: () => "salt" });
  await assert.rejects(made.get("openai")?.probe(forever) ?? Promise.resolve(), { code: "target_denied" });
  await assert.rejects(made.get("anthropic")?.probe(forever) ?? Promise.resolve(), { code: "target_down" });
});

test("a key that no header can carry is not told in the error", () => {
  const configs = [configOf("openai", "http://127.0.0.1/v1", { apiKey: "sk-secret\nkey" })];
  assert.throws(
    () => createProviders(configs, { clock: systemClock, cacheSalt: () => "salt" }),
    (error) => error instanceof TypeError && !error.message.includes("secret") && error.message.includes("openai"),
  );
});

test("a compressed answer is broken, and so is a stream of JSON", async () => {
  const answer = '{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}';
  const make = (response: () => Response) => {
    const connect = () => replying(response);
    const made = createProviders([configOf("openai", "http://127.0.0.1/v1")], { clock: systemClock, cacheSalt: () => "salt", connect });
    return (stream: boolean) => gather(made.get("openai")?.stream(askedOf("openai", chatOf("hi", { stream })), forever) ?? []);
  };
  const zipped = make(() => new Response(Bun.gzipSync(answer), { headers: { "content-encoding": "gzip" } }));
  assert.equal((await zipped(true)).fault?.code, "target_broken");
  assert.equal((await zipped(false)).fault?.code, "target_broken");
  const json = make(() => new Response(answer, { headers: { "content-type": "application/json" } }));
  assert.equal((await json(true)).fault?.code, "target_broken");
  assert.equal(textOfParts((await json(false)).parts), "a");
});
