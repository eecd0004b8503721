import { Fault } from "../kernel/fault.ts";
import { createSseParser, SseBroken } from "../kernel/sse.ts";
import type { Part, Usage } from "../domain/chat.ts";
import type { Provider, ProviderCall } from "./spec.ts";
import { createTally } from "./tally.ts";
import type { Ask, ByteStream, Transport } from "./transport.ts";
import type { StreamReader, Wire } from "./wire.ts";

/** A probe must answer in seconds, whatever a model may take. */
const PROBE_TIMEOUTS = { firstByteMs: 5000, idleMs: 5000, totalMs: 10_000 };

/** Some hundred kilobytes are usual for many engines in one server. */
const METRICS_BYTES_MAX = 4 * 1024 * 1024;

/** Of a chunk that waited for a slow reader, only so much is turned into parts at a time: as parts it is many times larger. */
const SLICE_BYTES = 16 * 1024;

type Upstream = { readonly wire: Wire; readonly transport: Transport; askFor(asked: ProviderCall): Ask };

/**
 * A provider over HTTP. Where an answer breaks off after something was spent, its last part before the Fault is a `usage` that counts
 * what came, and the Fault says `spent`: so a broken or abandoned call is billed like any other.
 */
export function createWireProvider(name: string, baseUrl: string, wire: Wire, transport: Transport): Provider {
  const plain = { ...wire.headers, accept: "application/json, text/event-stream", "accept-encoding": "identity" };
  const probeHeaders = checkedHeaders(name, plain);
  const headers = checkedHeaders(name, { ...plain, "content-type": "application/json" });
  const url = baseUrl + wire.path;
  const askFor = (asked: ProviderCall): Ask => ({
    url,
    headers: asked.traceparent === undefined ? headers : withTraceparent(headers, asked.traceparent),
    body: wire.writeRequest(asked),
    timeouts: asked.target.timeouts,
  });
  const upstream: Upstream = { wire, transport, askFor };
  return {
    name,
    stream(asked, signal) {
      return asked.chat.stream ? readStream(upstream, asked, signal) : readWhole(upstream, asked, signal);
    },
    async probe(signal) {
      const ask = { url: baseUrl + wire.probePath, headers: probeHeaders, body: undefined, timeouts: PROBE_TIMEOUTS };
      wire.readProbe(await transport.json(ask, signal));
    },
    ...(wire.metricsUrl === undefined ? {} : { metrics: createMetrics(wire.metricsUrl, probeHeaders, transport) }),
    close: () => transport.close(),
  };
}

function createMetrics(url: string, headers: Headers, transport: Transport): NonNullable<Provider["metrics"]> {
  return (signal) => transport.text({ url, headers, body: undefined, timeouts: PROBE_TIMEOUTS }, signal, METRICS_BYTES_MAX);
}

function withTraceparent(headers: Headers, traceparent: string): Headers {
  const traced = new Headers(headers);
  traced.set("traceparent", traceparent);
  return traced;
}

/** A key with a line break in it would otherwise be told whole by the runtime's own error. */
function checkedHeaders(name: string, headers: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw new TypeError(`the API key of provider ${name} holds characters that a header cannot carry`);
  }
}

async function* readWhole(upstream: Upstream, asked: ProviderCall, signal: AbortSignal): AsyncGenerator<readonly Part[]> {
  const parts: Part[] = [];
  try {
    upstream.wire.readAnswer(await upstream.transport.json(upstream.askFor(asked), signal), parts);
    const usage = correctionOf(parts, asked);
    if (usage !== undefined) parts.splice(-1, 0, { type: "usage", usage });
    yield parts;
  } catch (error) {
    const said = faultOf(error);
    // An answer that came was paid for, though it cannot be used; an error in its place was not.
    const fault = said.code === "target_broken" ? said.with({ spent: true }) : said;
    const usage = fault.detail.spent === true ? (correctionOf(parts, asked) ?? reportedIn(parts)) : undefined;
    if (usage !== undefined) yield [{ type: "usage", usage }];
    throw fault;
  }
}

const reportedIn = (parts: readonly Part[]): Usage | undefined => parts.find((part) => part.type === "usage")?.usage;

/** Counts only where the upstream's word is not enough: that costs more than reading the answer. */
function correctionOf(parts: readonly Part[], asked: ProviderCall): Usage | undefined {
  const said = reportedIn(parts);
  if (said !== undefined && said.inputTokens > 0 && said.outputTokens > 0) return undefined;
  const tally = createTally(asked.chat);
  for (const part of parts) tally.see(part);
  return tally.correction();
}

async function* readStream(upstream: Upstream, asked: ProviderCall, signal: AbortSignal): AsyncGenerator<readonly Part[]> {
  const tally = createTally(asked.chat);
  const reader = upstream.wire.createStreamReader(asked);
  const { parts } = reader;
  const events = createEvents(reader);
  let bytes: ByteStream | undefined;
  try {
    bytes = await upstream.transport.stream(upstream.askFor(asked), signal);
    while (!reader.isEnded()) {
      const chunk = await bytes.next();
      if (chunk === undefined) break;
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        events.push(chunk.length <= SLICE_BYTES ? chunk : chunk.subarray(at, at + SLICE_BYTES));
        for (const part of parts) tally.see(part);
        if (parts.length > 0) yield parts.splice(0);
        events.check();
      }
    }
    const finish = reader.finish();
    bytes.finish();
    const usage = tally.correction();
    yield usage === undefined ? [finish] : [{ type: "usage", usage }, finish];
  } catch (error) {
    const fault = faultOf(error);
    if (!events.anyCame() && fault.detail.spent !== true) throw fault;
    const usage = tally.correction();
    if (usage !== undefined) yield [{ type: "usage", usage }];
    throw fault.with({ spent: true });
  } finally {
    bytes?.cancel();
  }
}

/** Feeds a reader. An error waits for `check`, so that what came before it in the same chunk is still passed on. */
function createEvents(reader: StreamReader) {
  let came = false;
  let failed = false;
  let failure: unknown;
  const parser = createSseParser((name, data) => {
    if (reader.isEnded()) return;
    reader.event(name, data);
    came = true;
  });
  return {
    push(chunk: Uint8Array): void {
      try {
        parser.push(chunk);
      } catch (error) {
        failed = true;
        failure = error;
      }
    },
    check(): void {
      if (failed) throw failure;
    },
    /** An upstream that has begun to answer has been paid for the prompt. */
    anyCame: () => came,
  };
}

function faultOf(error: unknown): Fault {
  return error instanceof SseBroken ? new Fault("target_broken") : Fault.from(error);
}
