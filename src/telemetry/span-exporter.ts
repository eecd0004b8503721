import type { Fetch } from "../kernel/outbound.ts";
import { toTracesJson, type Resource } from "./otlp-json.ts";
import type { Span } from "./span.ts";

export type SpanExporter = {
  /** The spans of one call; taken whole, or dropped whole where too many wait. */
  add(spans: readonly Span[]): void;
  /** Sends what waits. Never rejects. */
  flush(): Promise<void>;
  start(): void;
  close(): Promise<void>;
  readonly exported: number;
  readonly dropped: number;
};

export type SpanExporterOptions = Resource & {
  /** `/v1/traces` is added. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
};
export type SpanExporterDeps = {
  readonly fetch: Fetch;
  wait(ms: number): Promise<void>;
  onFailure(status: number | undefined): void;
};

/** About a second of a busy server that traces everything: a collector that stalls longer costs traces, never memory. */
export const QUEUE_MAX = 8192;
/** OpenTelemetry's own default for a batch. */
const BATCH_MAX = 512;
const EVERY_MS = 2000;
const TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;
const WAIT_MS = 1000;
/** What OTLP calls retryable. */
const RETRYABLE = new Set([429, 502, 503, 504]);

/** Sends spans to a collector in batches, one at a time, by OTLP over HTTP in JSON. A call never waits for it. */
export function createSpanExporter(deps: SpanExporterDeps, options: SpanExporterOptions): SpanExporter {
  const url = `${options.endpoint}/v1/traces`;
  const headers = { ...options.headers, "content-type": "application/json" };
  let waiting: Span[] = [];
  let exported = 0;
  let dropped = 0;
  let sending: Promise<void> | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;

  const post = async (body: string): Promise<Response | undefined> => {
    for (let attempt = 1; ; attempt++) {
      const response = await deps
        .fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) })
        .catch(() => undefined);
      const final = response !== undefined && !RETRYABLE.has(response.status);
      if (final || attempt === ATTEMPTS) return response;
      await deps.wait(WAIT_MS * attempt);
    }
  };
  const sendAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_MAX);
      const response = await post(toTracesJson(batch, options));
      const rejected = response?.ok === true ? await readRejected(response) : batch.length;
      exported += batch.length - rejected;
      dropped += rejected;
      if (rejected > 0) deps.onFailure(response?.status);
    }
  };
  const flush = (): Promise<void> => (sending ??= sendAll().finally(() => (sending = undefined)));
  return {
    get exported() {
      return exported;
    },
    get dropped() {
      return dropped;
    },
    add(spans) {
      if (waiting.length + spans.length > QUEUE_MAX) dropped += spans.length;
      else waiting.push(...spans);
      if (waiting.length >= BATCH_MAX) void flush();
    },
    flush,
    start() {
      timer = setInterval(() => void flush(), EVERY_MS);
      timer.unref();
    },
    async close() {
      clearInterval(timer);
      await flush();
      waiting = [];
    },
  };
}

/** A collector may take a part of a batch only, and says so in a good answer. */
async function readRejected(response: Response): Promise<number> {
  const value: unknown = await response.json().catch(() => undefined);
  const partial: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "partialSuccess") : undefined;
  const rejected: unknown = typeof partial === "object" && partial !== null ? Reflect.get(partial, "rejectedSpans") : 0;
  return Number(rejected ?? 0) || 0;
}
